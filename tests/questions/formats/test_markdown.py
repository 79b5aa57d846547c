"""Quizzes in Markdown, in the three ways that people write them: texts of ours, in the shapes of public ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings

from questions.formats.drafts import FileRefused, Parsed, ParsedOption, ParsedQuestion
from questions.formats.markdown import read_markdown, write_markdown
from tests.questions.formats import strategies
from tests.questions.formats.round_trip import alike


def read(text: str) -> Parsed:
    return read_markdown(text.encode())


def only(text: str) -> ParsedQuestion:
    parsed = read(text)
    assert len(parsed.questions) == 1, (parsed.skipped, parsed.problems)
    return parsed.questions[0]


def options(question: ParsedQuestion) -> list[tuple[str, Fraction]]:
    return [(option.text, option.share) for option in question.options]


def faults(text: str) -> list[tuple[str, str, int | None]]:
    return [(problem.level, problem.code, problem.where.line) for problem in read(text).problems]


def test_task_list_below_a_heading_is_a_question() -> None:
    parsed = read(
        """\
# A quiz

Some words.

#### Q1. What does this print?

```python
# no heading
#### Q9. nor this
- [x] nor an option
```

- [ ] 2
- [x] `1`
* [ ] 3

**Explanation:** it counts.

[Reference](https://example.org/a)

### Q2. Which are even?
+ [X] 2
+ [ x ] 4
+ [] 5

## The end
- a list
"""
    )
    first, second = parsed.questions
    assert (first.kind, first.where.line) == ("single", 5)
    assert first.stem == (
        "What does this print?\n\n```python\n# no heading\n#### Q9. nor this\n- [x] nor an option\n```"
    )
    assert options(first) == [("2", 0), ("`1`", 1), ("3", 0)]
    assert (first.explanation, first.source) == ("it counts.", "https://example.org/a")
    assert (second.kind, second.marking, second.where.line) == ("multiple", "all_or_nothing", 21)
    assert options(second) == [("2", Fraction(1, 2)), ("4", Fraction(1, 2)), ("5", 0)]
    assert (parsed.skipped, parsed.problems) == ([], [])


def test_code_belongs_to_its_option_within_it_and_below_it() -> None:
    within = only(
        "#### Q1. Which?\n- [x] this:\n  ```js\n  x = {\n    y: 1\n\n  }\n  ```\n"
        "- [ ] :\n\n      ```js\n      z\n      ```\n"
    )
    assert options(within) == [("this:\n```js\nx = {\n  y: 1\n\n}\n```", 1), ("```js\nz\n```", 0)]
    below = only("#### Q1. Which?\n\n- [ ] A\n\n```python\na\n```\n\n- [x] B\n\n```python\nb\n```\n")
    assert options(below) == [("```python\na\n```", 0), ("```python\nb\n```", 1)]


def test_code_below_options_of_one_line_is_the_explanation() -> None:
    question = only("#### Q1. Which?\n\n- [ ] a\n- [x] b\n\n```python\nexample\n```\n")
    assert (options(question), question.explanation) == ([("a", 0), ("b", 1)], "```python\nexample\n```")
    question = only("#### Q1. Which?\n\n- [ ] a\n- [x] b\n\n**example**\n\n```python\nexample\n```\n")
    assert question.explanation == "**example**\n\n```python\nexample\n```"


@pytest.mark.parametrize(
    "label",
    [
        "**Explanation:** ",
        "**Explanation** - ",
        "**Explanation**: ",
        "Explanation: ",
        "**Explanation**\n\n",
        "",
    ],
)
def test_explanation_is_what_stands_behind_its_label(label: str) -> None:
    question = only(f"#### Q1. Which?\n\n- [ ] a\n- [x] b\n\n{label}It is so.")
    assert question.explanation == "It is so."


def test_lettered_list_is_right_where_the_hidden_answer_says() -> None:
    parsed = read(
        """\
###### 1. What comes out?

```javascript
call();
```

- A: `1`
- B: `2`
- C:`3`

<details><summary><b>Answer</b></summary>
<p>

#### Answer: C

It is called once.

<img src="https://example.org/a.png" width="200">

</p>
</details>

---

###### 2. And now?

- A. `1`
- B. `2`

**Answer: A and B**
"""
    )
    first, second = parsed.questions
    assert options(first) == [("`1`", 0), ("`2`", 0), ("`3`", 1)]
    assert first.stem == "What comes out?\n\n```javascript\ncall();\n```"
    assert first.explanation == "It is called once."
    assert (second.kind, options(second)) == ("multiple", [("`1`", Fraction(1, 2)), ("`2`", Fraction(1, 2))])
    assert [(problem.code, problem.where.line) for problem in parsed.problems] == [("picture_remote", 1)]


def test_text2qti_says_which_is_right_with_a_star() -> None:
    parsed = read(
        """\
Quiz title: Sums

Title: Addition
Points: 2
1.  What is 2+3?
... Count on your fingers.
a)  6
... Too many
*b) 5

Points: 3
2.  Which are even?
[*] 2
[ ] 3

3.  Tell a story.
____

4.  How much?
=   1.5

5.  Who?
*   Ada

6.  Run it.
```{.python .run}
print(1)
```
*a) 1
b) 2
"""
    )
    first, second, third = parsed.questions
    assert first.options == (
        ParsedOption("6", Fraction(0), "Too many"),
        ParsedOption("5", Fraction(1)),
    )
    assert (first.stem, first.explanation) == ("What is 2+3?", "Count on your fingers.")
    assert (second.kind, options(second)) == ("multiple", [("2", 1), ("3", 0)])
    assert (third.kind, third.stem) == ("open", "Tell a story.")
    assert [(skipped.kind, skipped.where.line) for skipped in parsed.skipped] == [
        ("numerical", 19),
        ("shortanswer", 22),
        ("code_run", 25),
    ]
    [told] = parsed.problems
    assert (told.level, told.code, told.values) == (
        "warning",
        "directives_dropped",
        {"count": 4, "names": "quiz title, title, points"},
    )


def test_what_text2qti_says_below_an_open_question_is_no_part_of_it() -> None:
    parsed = read("1.  Why?\n____\n\nTitle: Next\nPoints: 2\n2.  Which?\n*a) x\nb) y\n")
    assert [question.stem for question in parsed.questions] == ["Why?", "Which?"]
    assert [problem.values for problem in parsed.problems] == [{"count": 2, "names": "title, points"}]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("#### Q1. Which?\n- [ ] a\n- [ ] b", "no_key"),
        ("#### Q1. Which?\n- [x] a", "too_few_options"),
        ("#### Q1. Which?", "too_few_options"),
        ("#### 1. Which?\n- A: a\n- B: b", "letter_missing"),
        ("#### 1. Which?\n- A: a\n- B: b\n\nAnswer: D", "unknown_letter"),
        ("#### 1. Which?\n- A: a\n- B: b\n\nThe answer is a matter of taste", "letter_missing"),
        ("#### Q1.\n- [x] a\n- [ ] b", "empty_stem"),
        ("#### Q1. Which?\n- [x] a\n- [ ]", "empty_option"),
        ("#### Q1. Which?\n<!-- shares: 1, x -->\n- [x] a\n- [ ] b", "bad_share"),
        ("#### Q1. Which?\n<!-- shares: 1e9, 0 -->\n- [x] a\n- [ ] b", "bad_share"),
    ],
)
def test_question_that_is_wrong_is_an_error_at_its_line(text: str, code: str) -> None:
    rest = "#### Q0. Fine?\n- [x] a\n- [ ] b\n\n"
    assert faults(rest + text) == [("error", code, 5)]
    assert [question.stem for question in read(rest + text).questions] == ["Fine?"]


def test_fence_that_nothing_closes_swallows_no_question() -> None:
    text = "#### Q1. One?\n```python\n- [x] a\n- [ ] b\n\n#### Q2. Two?\n- [x] a\n- [ ] b"
    assert len(read(text).questions) == 2
    assert faults(text) == [("warning", "unclosed_fence", 2)]


@pytest.mark.parametrize("mark", ["- [{}]", "[{}]"])
def test_code_that_begins_behind_the_mark_of_its_option_ends_where_it_is_closed(mark: str) -> None:
    text = (
        "#### Q1. Which?\n\n"
        f"{mark.format('x')} ```js\n  let a = 1\n\n    let b\n  ```\n\n"
        f"{mark.format(' ')} ```js\n  # Q2. no\n  ```\n\n"
        "#### Q2. What?\n\n```js\n- [x] no\n```\n\n- [x] a\n- [ ] b\n"
    )
    first, second = read(text).questions
    assert [option.text for option in first.options] == [
        "```js\nlet a = 1\n\n  let b\n```",
        "```js\n# Q2. no\n```",
    ]
    assert second.stem == "What?\n\n```js\n- [x] no\n```"
    assert faults(text) == []


def test_letters_without_a_list_are_options_as_well() -> None:
    question = only(
        "## Question 1\nWhat is it?\n\nA. `x`\nB. y\n\n"
        "<details>\n<summary>Show</summary>\n\nAnswer: B\n\nSince it is.\n</details>\n"
    )
    assert (question.stem, options(question)) == ("What is it?", [("`x`", Fraction(0)), ("y", Fraction(1))])
    assert question.explanation == "Since it is."


def test_section_of_more_lines_than_anybody_writes_is_an_error_and_the_next_is_read() -> None:
    long = "# Q1. Long\n\n" + "line\n" * 5_000 + "- [x] a\n- [ ] b\n"
    parsed = read_markdown(f"{long}\n# Q2. Short\n\n- [x] a\n- [ ] b\n".encode())
    assert [question.stem for question in parsed.questions] == ["Short"]
    assert [(problem.code, problem.where.line) for problem in parsed.problems] == [("too_many_lines", 1)]


def test_case_32_import_path_read_pictures_of_elsewhere_are_named_and_left() -> None:
    text = "#### Q1. See ![a map](file:///etc/passwd)\n- [x] ![x](http://127.0.0.1/)\n- [ ] b"
    assert faults(text) == [("warning", "picture_remote", 1)]


def test_file_that_asks_nothing_is_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        read("# A title\n\n- a list\n- of words\n")
    assert refused.value.code == "nothing_found"


@given(strategies.several())
@settings(max_examples=40)
def test_questions_are_read_back_as_they_were_written(questions: Sequence[ParsedQuestion]) -> None:
    _read_back(questions)


@pytest.mark.stress
@given(strategies.several())
@settings(max_examples=2_000)
def test_many_questions_are_read_back_as_they_were_written(questions: Sequence[ParsedQuestion]) -> None:
    _read_back(questions)


def _read_back(questions: Sequence[ParsedQuestion]) -> None:
    written = write_markdown(questions)
    if sum(loss.is_left_out for loss in written.losses) < len(questions):
        assert alike(read_markdown(written.content).questions, questions, written)


def test_whole_question_with_code_and_shares_is_held() -> None:
    question = ParsedQuestion(
        "multiple",
        "Which?\n\n```jinja\n{% if x %}\n\n  #### {{ x }}\n{% endif %}\n```",
        (
            ParsedOption("one\n\ntwo", Fraction(1, 3), "Right.\nIndeed.", "last"),
            ParsedOption("    code", Fraction(2, 3)),
            ParsedOption("`x` \\ # = ~ {}", Fraction(-1, 7)),
        ),
        external_id="q7",
        name="Name",
        explanation="Because:\n\n```\nx\n```",
        category="a/b",
        tags=("one", "two words"),
        marking="partial",
        level="junior",
        difficulty=3,
        skills=("flask", "python"),
        source="https://example.org/",
    )
    written = write_markdown([question])
    assert written.losses == []
    assert list(read_markdown(written.content).questions) == [question]


def test_question_that_reads_as_two_is_left_out_and_told() -> None:
    fine = ParsedQuestion("single", "Fine?", (ParsedOption("a", Fraction(1)), ParsedOption("b")))
    written = write_markdown(
        [replace(fine, stem="One?\n\n#### Q2. Two?"), fine, replace(fine, tags=("a, b",))]
    )
    assert [(loss.question, loss.code, loss.field, loss.is_left_out) for loss in written.losses] == [
        (0, "not_told_apart", "", True),
        (2, "not_held", "tags", False),
    ]
    assert list(read_markdown(written.content).questions) == [fine, fine]
