"""What readers and writers of files found, in words. Formats know codes alone."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from questions.formats.drafts import FileRefused, Problem, Skipped, Where

_PROBLEMS = {
    # The whole file.
    "too_large": gettext_lazy("The file is larger than %(most)s MB. Split it and read the parts one by one."),
    "not_text": gettext_lazy(
        "The file is neither text nor any format that is known here. Export it again, as GIFT, CSV or XLSX."
    ),
    "nothing_found": gettext_lazy("Nothing is in the file that is a question."),
    "too_many_questions": gettext_lazy(
        "The file holds more than %(most)s questions. Split it and read the parts one by one."
    ),
    "unknown_format": gettext_lazy(
        "Nobody can tell which format the file is of. Say so, if you know: GIFT, Aiken, Markdown or CSV."
    ),
    "other_format": gettext_lazy(
        "The file is not of the format “%(wanted)s”: it looks like “%(like)s”. Leave the format to be seen from the"
        " content, or choose the other file."
    ),
    "no_reader": gettext_lazy("The file looks like “%(like)s”, which cannot be read here yet."),
    "unknown_xml": gettext_lazy(
        "The file is XML, but “%(root)s” is no format of questions that is known here."
    ),
    "is_html": gettext_lazy(
        "The file is a page of the web. Export the questions themselves from where they are."
    ),
    "old_excel": gettext_lazy(
        "The file is of a format that Excel wrote until 2003. Save it as .xlsx and take that."
    ),
    "zip_broken": gettext_lazy("The zip file is damaged. Make it again."),
    "zip_of_others": gettext_lazy("The zip file holds neither a workbook nor a package of questions."),
    "aiken_advanced": gettext_lazy(
        "Line %(line)s: the file is of the dialect “Aiken advanced”, which is not read here. Number the options with"
        " letters, end each question with ANSWER: and remove the line NUMBERING."
    ),
    "encoding_guessed": gettext_lazy(
        "The file is not UTF-8 and was read as Windows-1252. Look at its letters with accents, or save it as UTF-8."
    ),
    "markup_dropped": gettext_lazy("Left out of the text, for it would run or load something: %(names)s."),
    "signs_removed": gettext_lazy(
        "Signs that nobody sees, and that mislead, were taken out. Look at the text here."
    ),
    # Questions of any format.
    "empty_stem": gettext_lazy("The question has no text. Write it."),
    "text_too_long": gettext_lazy(
        "%(field)s: %(length)s characters are more than the %(longest)s that are kept. Shorten it."
    ),
    "too_many_tags": gettext_lazy("The question has more than %(most)s tags. Remove some."),
    "empty_option": gettext_lazy("Option %(option)s has no text. Write it or remove it."),
    "too_few_options": gettext_lazy("The question has fewer than two options. Write at least two."),
    "too_many_lines": gettext_lazy(
        "This question has %(count)s lines, and at most %(most)s are read. Shorten it, or look for a heading that is"
        " missing below it."
    ),
    "too_many_options": gettext_lazy(
        "%(count)s options are more than the %(most)s that are kept. Remove some, or look for a sign in a text that"
        " begins an option by mistake."
    ),
    "same_options": gettext_lazy("Two options read the same: “%(text)s”. Change one of them."),
    "no_key": gettext_lazy("No option is right. Mark the one that is."),
    "no_full_mark": gettext_lazy(
        "One option is asked for, but none earns the whole mark. Give it to the right one."
    ),
    "several_keys": gettext_lazy(
        "One option is asked for, and %(count)s earn the whole mark: either is taken for right."
    ),
    "shares_sum": gettext_lazy(
        "The right options earn %(sum)s %% together, not 100 %%. Look whether that is meant."
    ),
    "id_twice": gettext_lazy(
        "The id “%(id)s” stands in the file twice; first at %(first)s. Change one of them."
    ),
    "long_id": gettext_lazy("The id is longer than what is kept; a short one was made of it."),
    # GIFT.
    "unbalanced_brace": gettext_lazy(
        "Line %(line)s: a brace belongs to no pair, or to a second one. Write \\{ and \\} for braces in a text."
    ),
    "empty_answer": gettext_lazy(
        "Line %(line)s: an option has no text. Write it, or write \\= and \\~ where these signs belong to a text."
    ),
    "bad_share": gettext_lazy(
        "Line %(line)s: “%(share)s” is no percentage. Write a number between two percent signs."
    ),
    "share_range": gettext_lazy(
        "Line %(line)s: %(share)s percent is not within -100 and 100. Write a share between them."
    ),
    "looks_cut": gettext_lazy(
        "Line %(line)s: an option ends within a tag. Write \\= and \\~ where these signs belong to a text."
    ),
    "comment_in_code": gettext_lazy(
        "Line %(line)s begins with // and was left out as a comment. Write it in one line with another, joined by \\n."
    ),
    # Aiken.
    "answer_missing": gettext_lazy(
        "The question has no answer. Write ANSWER: and its letter below its options."
    ),
    "outside_question": gettext_lazy(
        "%(what)s that belongs to no question: write the question above it, in one line."
    ),
    "letter_twice": gettext_lazy(
        "Line %(line)s: the letter %(letter)s came before. Letter the options A, B, C."
    ),
    "letters_order": gettext_lazy(
        "Line %(line)s: the letter %(letter)s stands where %(expected)s is expected. Letter the options A, B, C."
    ),
    "unknown_letter": gettext_lazy(
        "Line %(line)s: “%(letter)s” is the letter of no option. Write one letter that an option has."
    ),
    "several_letters": gettext_lazy(
        "Line %(line)s: “%(answer)s” names several options, and Aiken has one right answer. Use GIFT for several."
    ),
    # Tables.
    "table": gettext_lazy("%(message)s"),
    "cell": gettext_lazy("%(message)s"),
    "no_stem_column": gettext_lazy("No column holds the questions. Call one of them “stem” or “question”."),
    "unknown_columns": gettext_lazy(
        "Nobody knows what these columns hold: %(columns)s. Remove them, or give them a name that is known."
    ),
    "column_left_out": gettext_lazy("This column was left out. %(message)s"),
    "no_such_column": gettext_lazy(
        "The file has no column “%(column)s”. Its columns are: %(known)s. Name one of them."
    ),
    "no_such_field": gettext_lazy(
        "Column “%(column)s”: “%(field_name)s” is nothing that a column can be. Write one of these: %(known)s."
    ),
    "columns_of_no_table": gettext_lazy(
        "The file is no table, so that it has no columns to name. Leave out what is said of its columns."
    ),
    "points_dropped": gettext_lazy(
        "Points were left out (questions: %(count)s): a test says what its questions are worth."
    ),
    "unknown_correct_letters": gettext_lazy(
        "“%(answer)s” is the letter of no option. Write the letters of the right ones, from A."
    ),
    "unknown_correct_numbers": gettext_lazy(
        "“%(answer)s” is the number of no option. Write the numbers of the right ones, from 1."
    ),
    "unknown_correct_from_zero": gettext_lazy(
        "“%(answer)s” is the number of no option. Write the numbers of the right ones, from 0."
    ),
    "unknown_correct_texts": gettext_lazy(
        "“%(answer)s” reads like no option. Write the right one as it stands there, several with semicolons between"
        " them."
    ),
    "columns_twice": gettext_lazy(
        "The columns “%(first)s” and “%(second)s” hold the same. Remove or rename one of them."
    ),
    "unknown_answer": gettext_lazy(
        "“%(answer)s” is no option. Write the letter or the number of the right one, from A or 1, or its text."
    ),
    "ambiguous_answer": gettext_lazy(
        "“%(answer)s” is the text of one option and the place of another. Write the letter of the right one."
    ),
    "weights_count": gettext_lazy(
        "%(count)s percentages for %(options)s options. Write one for each, with semicolons between them."
    ),
    "share_wrong": gettext_lazy("“%(share)s” is no share. Write a number or a fraction, such as 1/3."),
    "share_out": gettext_lazy("“%(share)s” is more than everything. Write a share between -1 and 1."),
    "unknown_type": gettext_lazy("“%(type)s” is no kind of question. Write single, multiple or open."),
    "unknown_marking": gettext_lazy("“%(marking)s” is no way of marking. Write all_or_nothing or partial."),
    "unknown_level": gettext_lazy("“%(level)s” is no level. Write one of these: %(known)s."),
    "unknown_difficulty": gettext_lazy("“%(difficulty)s” is no difficulty. Write a number from 1 to 5."),
    # XML.
    "wrong_encoding": gettext_lazy(
        "The file says that it is written in %(declared)s, and is not: it looks like %(found)s. Save it as UTF-8 and"
        " let it say so."
    ),
    "broken_xml": gettext_lazy(
        "Line %(line)s, column %(column)s: the XML is broken there. Look for a tag that nothing closes, or for & and <"
        " that are not written as &amp; and &lt;."
    ),
    "doctype": gettext_lazy(
        "The file declares a document type, which could read other files. Remove <!DOCTYPE …> and what belongs to it."
    ),
    "too_many_elements": gettext_lazy(
        "There are more than %(most)s tags, and values in tags, in one piece of the file. Split it into files with"
        " fewer questions each."
    ),
    "attribute_too_long": gettext_lazy("A value in a tag is longer than %(most)s characters. Shorten it."),
    "unknown_text_format": gettext_lazy(
        "Nobody knows the text format %(names)s; the text was read as HTML. Look at it."
    ),
    "picture_missing": gettext_lazy(
        "Not in the file, so that their descriptions stand there: %(names)s. Export the question with its pictures."
    ),
    "picture_refused": gettext_lazy(
        "No PNG, JPEG or WebP of 2 MB at most, so that their descriptions stand there: %(names)s. Export them as PNG."
    ),
    # Moodle XML.
    "bad_fraction": gettext_lazy(
        "Line %(line)s: the fraction “%(share)s” is no number. Write the percentage from -100 to 100."
    ),
    "true_false_count": gettext_lazy(
        "Line %(line)s: a question of true or false has %(count)s answers. Write both, and no other."
    ),
    "true_false_order": gettext_lazy(
        "The answers are called neither true nor false; the first was read as true. Look whether it is."
    ),
    "feedback_dropped": gettext_lazy(
        "What is said to everybody who is right, partly right or wrong was left out (questions: %(count)s). Write it"
        " into the explanation where it matters."
    ),
    "hints_dropped": gettext_lazy("Hints between two tries were left out: there is one try."),
    "template_dropped": gettext_lazy("The text that the answer begins with was left out."),
    "hidden": gettext_lazy("The question is hidden where it comes from; it has the tag “hidden”."),
    # QTI.
    "archive": gettext_lazy("%(message)s"),
    "item_missing": gettext_lazy("The package lists this file and does not hold it. Export it again."),
    "item_unlisted": gettext_lazy("The package does not list this question; it was read all the same."),
    "bad_mark": gettext_lazy("“%(mark)s” is no number of points. Write one, such as 0.5."),
    "rules_not_understood": gettext_lazy(
        "The rules of marking are of a kind that is not read here: what is declared as right counts. Look at it."
    ),
    "unknown_choice": gettext_lazy(
        "The answer that earns points, “%(choice)s”, is that of no option. Mark an option that is there."
    ),
    "groups_dropped": gettext_lazy(
        "Groups of which some questions are drawn were read with all their questions (groups: %(count)s)."
    ),
    "twins_dropped": gettext_lazy(
        "What stands in the package twice was read once (quizzes: %(count)s), in the form that says more."
    ),
    # JSON and YAML.
    "broken_json": gettext_lazy(
        "Line %(line)s, column %(column)s: this is no JSON. Look for a missing comma or quote."
    ),
    "wrong_json": gettext_lazy(
        "“%(what)s” is a field that stands twice, or a number that is none. Mend it in the file."
    ),
    "broken_yaml": gettext_lazy("Line %(line)s: this is no YAML. Look at the indent and the colons there."),
    "wrong_yaml": gettext_lazy("Line %(line)s: a field stands twice, or has no name. Mend it."),
    "yaml_documents": gettext_lazy(
        "Line %(line)s: a second document begins here (---). Keep all questions in the first one."
    ),
    "yaml_alias": gettext_lazy(
        "Line %(line)s: names for parts (& and *) are not read. Write the text itself."
    ),
    "too_deep": gettext_lazy("The file is nested deeper than any question is."),
    "too_many_pieces": gettext_lazy("The file holds more pieces than 20,000 questions have. Split it."),
    "not_ours": gettext_lazy("The file is no list of questions, nor fields with one called “questions”."),
    "other_version": gettext_lazy(
        "The file is of the version %(version)s, and only version 1 can be read here."
    ),
    "not_a_question": gettext_lazy(
        "This is no question with fields. Write stem, options and the others by name."
    ),
    "unknown_field": gettext_lazy("Nobody knows the field “%(name)s”. Known are %(known)s."),
    "unknown_word": gettext_lazy("%(name)s: “%(word)s” is not known. Write one of these: %(known)s."),
    "wrong_field": gettext_lazy(
        "The field “%(name)s” is of the wrong shape. Texts are texts, and lists are lists."
    ),
    # Markdown.
    "directives_dropped": gettext_lazy(
        "What text2qti says beside questions was left out (lines: %(count)s): %(names)s. A test says what its questions"
        " are worth and how many are drawn; write a title into the question where it matters."
    ),
    "letter_missing": gettext_lazy(
        "Nothing says which option is right. Write “Answer: B” below the options."
    ),
    "unclosed_fence": gettext_lazy("Nothing closes the fence here, so that it is no code. Close it."),
    "picture_remote": gettext_lazy(
        "A picture of the web is not fetched: its description stands there, or nothing. Describe what it shows."
    ),
    "several_lines": gettext_lazy("The question has several lines. Other programs read the last one alone."),
    "lower_case": gettext_lazy("The options have small letters. Other programs want capital ones."),
    "answer_spelling": gettext_lazy("Other programs want the answer as “ANSWER: B”, letter by letter."),
    "stem_like_option": gettext_lazy(
        "The question begins like an option. Other programs take it for one; write it in other words."
    ),
}

_WHAT = {"option": gettext_lazy("An option"), "answer": gettext_lazy("An answer")}

_FIELDS = {
    "stem": gettext_lazy("The question"),
    "options": gettext_lazy("An option"),
    "feedback": gettext_lazy("The feedback of an option"),
    "explanation": gettext_lazy("The explanation"),
    "model_answer": gettext_lazy("The model answer"),
    "name": gettext_lazy("The name"),
    "category": gettext_lazy("The category"),
    "tags": gettext_lazy("A tag"),
}

_KINDS = {
    "adaptive": gettext_lazy("a question that changes with what is answered"),
    "categorization": gettext_lazy("a question about what belongs where"),
    "composite": gettext_lazy("several questions in one"),
    "drag_and_drop": gettext_lazy("a question about what belongs where"),
    "drawing": gettext_lazy("a picture to draw in"),
    "dropdowns": gettext_lazy("a text with gaps to fill"),
    "external": gettext_lazy("a question that needs what lies elsewhere"),
    "hotspot": gettext_lazy("a question about a place in a picture or a text"),
    "slider": gettext_lazy("a question with a number as its answer"),
    "template": gettext_lazy("a question with other numbers each time"),
    "description": gettext_lazy("a text without a question"),
    "calculated": gettext_lazy("a question with other numbers each time"),
    "calculatedmulti": gettext_lazy("a question with other numbers each time"),
    "calculatedsimple": gettext_lazy("a question with other numbers each time"),
    "cloze": gettext_lazy("a text with gaps to fill"),
    "coderunner": gettext_lazy("a task whose code is run"),
    "ddimageortext": gettext_lazy("a question about what belongs where"),
    "ddmarker": gettext_lazy("a question about what belongs where"),
    "ddwtos": gettext_lazy("a text with gaps to fill"),
    "file_upload": gettext_lazy("a question that is answered with a file"),
    "fill_in_blanks": gettext_lazy("a text with gaps to fill"),
    "gapselect": gettext_lazy("a text with gaps to fill"),
    "ordering": gettext_lazy("a question about an order"),
    "survey": gettext_lazy("a question without a right answer"),
    "matching": gettext_lazy("a matching question"),
    "shortanswer": gettext_lazy("a question with a typed answer"),
    "code_run": gettext_lazy("code that asks to be run to make the question"),
    "numerical": gettext_lazy("a question with a number as its answer"),
}


def where_words(where: Where) -> str:
    """Return a place in words: "line 12", "row 5, column C", "question 4 (line 80)"."""
    parts = [where.part] if where.part and where.part != "file" else []
    if where.row is not None:
        parts.append(_("row %(row)d") % {"row": where.row})
    if where.column:
        parts.append(_("column %(column)s") % {"column": where.column})
    line = _("line %(line)d") % {"line": where.line} if where.line is not None else ""
    if where.question is not None:
        question = _("question %(number)d") % {"number": where.question}
        parts.append(f"{question} ({line})" if line else question)
    elif line:
        parts.append(line)
    return ", ".join(parts) or _("file")


def problem_words(problem: Problem) -> str:
    """Return what is wrong and how to mend it."""
    return _said(problem.code, problem.values)


def refusal_words(refused: FileRefused) -> str:
    """Return why a whole file cannot be read."""
    return _said(refused.code, {"like": refused.like, **refused.values})


def skip_words(skipped: Skipped) -> str:
    """Return why a question was skipped, and what can be written in its place."""
    kind = _KINDS.get(skipped.kind)
    if skipped.kind == "description":
        return _("This is a text without a question. Write answers to it, if it is one.")
    return _("This is %(kind)s, which cannot be asked here yet. Write it as single choice, if it can be.") % {
        "kind": kind or _("a question of the kind “%(kind)s”") % {"kind": skipped.kind}
    }


def _said(code: str, values: Mapping[str, object]) -> str:
    return str(_PROBLEMS[code]) % {name: _word(name, value) for name, value in values.items()}


def _word(name: str, value: object) -> str:
    if isinstance(value, Where):
        return where_words(value)
    known = {"field": _FIELDS, "what": _WHAT}.get(name, {})
    return str(known.get(str(value), value))
