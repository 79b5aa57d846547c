"""Read quizzes in Markdown as people keep them in repositories."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from questions.formats import limits
from questions.formats.drafts import (
    ALL_OR_NOTHING,
    MULTIPLE,
    OPEN,
    PARTIAL,
    PLACES,
    SINGLE,
    WARNING,
    WHOLE_FILE,
    FileRefused,
    Parsed,
    ParsedOption,
    ParsedQuestion,
    Problem,
    Where,
)
from questions.formats.gathering import Fault, Gathering
from questions.formats.markdown.below import below_options, directive_in
from questions.formats.markdown.facts import Facts, without_comments
from questions.formats.markdown.lines import Line, lines_of
from questions.formats.markdown.options import BRACKETS, LETTERS_TELL, Item, items_of
from questions.formats.markdown.sections import Section, sections_of
from questions.formats.names import MARKDOWN
from questions.formats.text import read_text

MODEL_ANSWER = "**Model answer**"

# A heading, or a number, without which no section begins.
_BEGINS = re.compile(r"^ {0,3}(?:#|\*{0,2}(?:Q|\d))", re.IGNORECASE | re.MULTILINE)
_LETTER = re.compile(r"\b[A-Z]\b")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# text2qti: a line of underscores asks for an essay, "=" for a number, and "*" for a word.
_ESSAY = re.compile(r"\s{0,3}_{3,}\s*")
_NUMBER = re.compile(r"\s{0,3}=\s+\S.*")
_WORD = re.compile(r"\s{0,3}\*\s{2,}\S.*")
_RUN = re.compile(r"\s*[`~]{3,}\s*\{[^}]*\.run\b.*")
_PICTURE_TAG = re.compile(r"<img\b[^<>]{0,2000}>", re.IGNORECASE)
_REMOTE_PICTURE = re.compile(r"!\[[^\[\]\n]{0,300}\]\(\s{0,3}(?:[a-z]{2,10}:|//)", re.IGNORECASE)


def read_markdown(data: bytes) -> Parsed:
    """Return what a quiz in Markdown holds. Raises `FileRefused` when it is no text or asks nothing."""
    text = read_text(data)
    if not _BEGINS.search(text.text):
        raise FileRefused("nothing_found", like=MARKDOWN)
    lines = lines_of(text.text)
    unclosed = next((line for line in lines if line.is_unclosed), None)
    remarks = list(text.remarks)
    if unclosed:
        remarks.append(Problem(Where(line=unclosed.number), WARNING, "unclosed_fence"))
    gathering = Gathering(MARKDOWN, remarks)
    sections = sections_of(lines)
    if len(sections) > limits.QUESTIONS:
        raise FileRefused("too_many_questions", like=MARKDOWN, most=limits.QUESTIONS)
    for section in sections:
        _read_section(section, gathering)
    parsed = gathering.parsed()
    return replace(parsed, problems=[*parsed.problems, *_directives(sections, lines)])


def _directives(sections: Sequence[Section], lines: Sequence[Line]) -> Iterator[Problem]:
    """Yield what was left out of what text2qti says beside questions, also before the first one."""
    if not sections or sections[0].level:
        return
    before = [directive_in(line) for line in lines if line.number < sections[0].line]
    found = [word for word in before if word] + [word for section in sections for word in section.directives]
    if found:
        names = ", ".join(dict.fromkeys(found))
        yield Problem(WHOLE_FILE, WARNING, "directives_dropped", {"count": len(found), "names": names})


def _read_section(section: Section, gathering: Gathering) -> None:
    where = Where(line=section.line)
    if len(section.body) > limits.LINES:
        gathering.error(where, "too_many_lines", count=len(section.body), most=limits.LINES)
        return
    kind = _unsupported(section)
    if kind:
        gathering.skip(where, kind)
        return
    question = ParsedQuestion(
        OPEN,
        "",
        external_id=section.facts.text("id"),
        name=section.facts.text("name"),
        category=section.facts.text("category"),
        tags=section.facts.texts("tags"),
        level=section.facts.text("level"),
        difficulty=section.facts.difficulty(),
        skills=section.facts.texts("skills"),
        source=section.facts.text("source"),
        where=where,
    )
    if section.style is None and (section.facts.is_open or _asks_for_essay(section)):
        question, warnings = _cleared(_open(question, section))
        gathering.take(question, warnings)
        return
    fault, question = _choice(question, section)
    if fault:
        gathering.error(where, fault[0], **fault[1])
        return
    question, warnings = _cleared(question)
    gathering.take(question, warnings)


def _unsupported(section: Section) -> str:
    if any(line.opens and _RUN.fullmatch(line.text) for line in section.body):
        return "code_run"
    if section.level or section.style is not None:
        return ""
    texts = [line.text for line in section.body if not line.is_code]
    if any(_NUMBER.fullmatch(text) for text in texts):
        return "numerical"
    return "shortanswer" if any(_WORD.fullmatch(text) for text in texts) else ""


def _asks_for_essay(section: Section) -> bool:
    return not section.level and any(_ESSAY.fullmatch(line.text) for line in section.body)


def _open(question: ParsedQuestion, section: Section) -> ParsedQuestion:
    lines = without_comments(section.body)
    if not section.level and not section.facts.said:
        ends = next((at for at, line in enumerate(lines) if _is_essay(line)), len(lines))
        section.directives += [word for word in map(directive_in, lines[ends:]) if word]
        lines = [*lines[:ends], *(line for line in lines[ends:] if not directive_in(line))]
    lines = [line for line in lines if not _is_essay(line)]
    at = next((at for at, line in enumerate(lines) if line.text.strip() == MODEL_ANSWER), len(lines))
    answer = "\n".join(line.text for line in lines[at + 1 :])
    return replace(question, stem=_stem(section.title, lines[:at])[0], model_answer=answer)


def _is_essay(line: Line) -> bool:
    return not line.is_code and bool(_ESSAY.fullmatch(line.text))


def _choice(question: ParsedQuestion, section: Section) -> tuple[Fault | None, ParsedQuestion]:
    """Return the question with its options, or what is wrong with it."""
    style, facts = section.style, section.facts
    if style is None:
        return None, replace(question, kind=SINGLE, stem=_stem(section.title, section.body)[0])
    items, rest = items_of(section.body, style)
    right = {number for number, item in enumerate(items) if item.is_right}
    has_letters = style.pattern in LETTERS_TELL and not right
    below = below_options(rest, has_letters=has_letters, has_directives=section.level == 0 and not facts.said)
    section.directives += below.directives
    if has_letters:
        right = {_LETTERS.index(letter) for letter in _LETTER.findall(below.letters.upper())}
        if not right:
            return ("letter_missing", {}), question
        if max(right) >= len(items):
            return ("unknown_letter", {"letter": below.letters, "line": section.line}), question
    stem, said = _stem(section.title, without_comments(section.body[: style.first]))
    kind = facts.text("kind") or (MULTIPLE if len(right) > 1 or style.pattern is BRACKETS else SINGLE)
    try:
        shares = facts.shares() or _shares(len(items), right, kind)
    except ValueError as error:
        return ("bad_share", {"share": str(error), "line": section.line}), question
    return None, replace(
        question,
        kind=SINGLE if kind == SINGLE else MULTIPLE,
        stem=stem,
        options=_options(items, shares, facts),
        explanation=below.explanation or said,
        source=question.source or below.source,
        marking=PARTIAL if facts.text("marking") == PARTIAL else ALL_OR_NOTHING,
    )


def _shares(count: int, right: set[int], kind: str) -> list[Fraction]:
    each = Fraction(1) if kind == SINGLE or not right else Fraction(1, len(right))
    return [each if number in right else Fraction(0) for number in range(count)]


def _options(items: Sequence[Item], shares: Sequence[Fraction], facts: Facts) -> tuple[ParsedOption, ...]:
    places = facts.places()
    options = []
    for number, item in enumerate(items):
        text, feedback = item.content()
        share = shares[number] if number < len(shares) else Fraction(0)
        said = places[number] if number < len(places) else ""
        place = said if said in PLACES else ""
        options.append(ParsedOption(text, share, feedback, place))
    return tuple(options)


def _stem(title: str, lines: Sequence[Line]) -> tuple[str, str]:
    """Return the text of a question, and what text2qti has to say once it is answered."""
    said: list[str] = []
    kept: list[str] = []
    for line in lines:
        if line.text.startswith("...") and not line.is_code:
            said.append(line.text.removeprefix("...").strip())
        else:
            kept.append(line.text)
    body = "\n".join(kept).strip("\n")
    stem = f"{title}\n\n{body}" if title and body.strip() else title or body
    return stem, "\n".join(said)


def _cleared(question: ParsedQuestion) -> tuple[ParsedQuestion, list[Fault]]:
    """Return the question without pictures that would be fetched from elsewhere, and a word about them."""
    texts = [question.stem, question.explanation, *(option.text for option in question.options)]
    remote = any(_REMOTE_PICTURE.search(text) for text in texts)
    if not any("<img" in text.casefold() for text in texts):
        return question, [("picture_remote", {})] if remote else []
    options = [replace(option, text=_PICTURE_TAG.sub("", option.text)) for option in question.options]
    cleared = replace(
        question,
        stem=_PICTURE_TAG.sub("", question.stem),
        explanation=_PICTURE_TAG.sub("", question.explanation),
        options=tuple(options),
    )
    return cleared, [("picture_remote", {})]
