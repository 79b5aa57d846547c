"""The JSON and YAML of our own hold every field, and build nothing but texts, lists and fields."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from django.conf import settings as django_settings
from django.core.management import call_command
from hypothesis import given, settings

from questions.formats.drafts import FileRefused, Parsed, ParsedOption, ParsedQuestion, Where
from questions.formats.own import read_json, read_yaml, write_json, write_yaml
from tests.questions.formats import strategies

WHOLE = ParsedQuestion(
    "multiple",
    "Which?\n\n```python\nif x:\n\n    pass\n```",
    (
        ParsedOption("no", Fraction(1, 3), "Not so", "last"),
        ParsedOption("3.10", Fraction(2, 3)),
        ParsedOption("2024-01-01", Fraction(-1)),
        ParsedOption("null"),
    ),
    external_id="007",
    name="Name: with a colon",
    explanation="- a\n- b",
    category="a/b",
    tags=("yes", "x, y"),
    marking="partial",
    level="junior",
    difficulty=3,
    skills=("flask",),
    source="https://example.org/",
)


@pytest.mark.parametrize(("write", "read"), [(write_json, read_json), (write_yaml, read_yaml)])
def test_whole_question_is_held(write, read) -> None:
    written = write([WHOLE])
    assert written.losses == ()
    assert list(read(written.content).questions) == [WHOLE]


def test_yaml_is_written_so_that_people_can_review_it() -> None:
    text = write_yaml([WHOLE]).content.decode()
    assert "  stem: |-\n    Which?\n\n    ```python\n    if x:\n\n        pass\n    ```\n" in text
    assert text.startswith("format: shortlist-questions\nversion: 1\nquestions:\n")


@pytest.mark.parametrize(("write", "read"), [(write_json, read_json), (write_yaml, read_yaml)])
@given(questions=strategies.several())
@settings(max_examples=30)
def test_questions_are_read_back_as_they_were_written(
    write, read, questions: Sequence[ParsedQuestion]
) -> None:
    assert list(read(write(questions).content).questions) == list(questions)


@pytest.mark.stress
@pytest.mark.parametrize(("write", "read"), [(write_json, read_json), (write_yaml, read_yaml)])
@given(questions=strategies.several())
@settings(max_examples=2_000)
def test_many_questions_are_read_back_as_they_were_written(
    write, read, questions: Sequence[ParsedQuestion]
) -> None:
    assert list(read(write(questions).content).questions) == list(questions)


def test_words_of_yaml_are_texts_as_they_stand() -> None:
    (question,) = read_yaml(
        b"# A comment\n- stem: Which?\n  options:\n  - text: no\n  - text: 1.0\n    key: true\n"
        b"  - text: 0x1F\n  - {text: 'null'}\n"
    ).questions
    assert [(option.text, option.share) for option in question.options] == [
        ("no", 0),
        ("1.0", 1),
        ("0x1F", 0),
        ("null", 0),
    ]
    assert question.where == Where(question=1, line=2)


def test_level_of_the_starter_bank_is_read() -> None:
    path = Path(django_settings.BASE_DIR) / "questions" / "starter" / "flask" / "junior.yaml"
    parsed = read_yaml(path.read_bytes())
    entries = yaml.safe_load(path.read_text())
    assert [question.external_id for question in parsed.questions] == [entry["id"] for entry in entries]
    assert (parsed.skipped, parsed.problems) == ([], [])
    assert {question.level for question in parsed.questions} == {"junior"}


def test_what_parse_questions_prints_is_read_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "questions.gift"
    path.write_text("::N::Which?{~%33.33333%a#x ~%66.66667%b ~%-50%c}\n\nWhy?{}")
    call_command("parse_questions", str(path), "--json")
    first, second = read_json(capsys.readouterr().out.encode()).questions
    assert [option.share for option in first.options] == [Fraction(1, 3), Fraction(2, 3), Fraction(-1, 2)]
    assert (first.name, first.marking, second.kind) == ("N", "partial", "open")


FINE = {"stem": "Fine?", "options": [{"text": "a", "key": True}, {"text": "b"}]}


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("text", "not_a_question"),
        (FINE | {"mood": "good"}, "unknown_field"),
        (FINE | {"options": "a, b"}, "wrong_field"),
        (FINE | {"options": ["a", "b"]}, "wrong_field"),
        (FINE | {"stem": ["a"]}, "wrong_field"),
        (FINE | {"tags": "a"}, "wrong_field"),
        (FINE | {"level": "guru"}, "unknown_word"),
        (FINE | {"kind": "riddle"}, "unknown_word"),
        (FINE | {"difficulty": 6}, "unknown_word"),
        (FINE | {"difficulty": True}, "unknown_word"),
        (FINE | {"options": [{"text": "a", "share": "1/0"}]}, "share_wrong"),
        (FINE | {"options": [{"text": "a", "share": 2}]}, "share_out"),
        (FINE | {"options": [{"text": "a"}, {"text": "b"}]}, "no_key"),
        ({"options": FINE["options"]}, "empty_stem"),
    ],
)
def test_question_that_is_wrong_is_an_error_by_its_number(entry: object, code: str) -> None:
    def check(parsed: Parsed, line: int | None) -> None:
        assert [question.stem for question in parsed.questions] == ["Fine?"]
        assert [(problem.code, problem.where.question) for problem in parsed.problems] == [(code, 2)]
        assert (parsed.problems[0].where.line is None) == (line is None)

    check(read_json(json.dumps([FINE, entry]).encode()), None)
    check(
        read_yaml(yaml.safe_dump(json.loads(json.dumps([FINE, entry]))).encode()),
        None if isinstance(entry, str) else 1,
    )


def test_case_21_nul_bytes_signs_that_are_written_as_escapes_are_taken_out() -> None:
    parsed = read_json(
        b'[{"stem": "W\\u0000hi\\ud800ch?\\u202e", "options": [{"text": "a", "key": true}, {"text": "b"}]}]'
    )
    assert parsed.questions[0].stem == "Which?"
    assert [problem.code for problem in parsed.problems] == ["signs_removed"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{", "broken_json"),
        (b'{"questions": [}', "broken_json"),
        (b'{"a": 1, "a": 2}', "wrong_json"),
        (b'[{"difficulty": NaN}]', "wrong_json"),
        (b"[" + b"9" * 5_000 + b"]", "wrong_json"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
        (b"[" + b"[]," * 1_500_001 + b"[]]", "too_many_pieces"),
        (b'{"pages": []}', "not_ours"),
        (b'{"questions": {}}', "not_ours"),
        (b'"text"', "not_ours"),
        (b'{"version": 2, "questions": []}', "other_version"),
        (b"[]", "nothing_found"),
    ],
    ids=range(13),
)
def test_case_22_huge_body_json_that_is_none_of_ours_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_json(data)
    assert (refused.value.code, refused.value.like if code != "not_text" else "json") == (code, "json")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"- stem: [", "broken_yaml"),
        (b"a: b: c", "broken_yaml"),
        (b"- stem: a\n  stem: b", "wrong_yaml"),
        (b"- [a]: b", "wrong_yaml"),
        (b"[" * 100_000, "too_deep"),
        (b"- " * 100_000, "too_deep"),
        (b"a: &a [x]\nb: [*a, *a]", "yaml_alias"),
        (b"- stem: &a x", "yaml_alias"),
        (b"pages: []", "not_ours"),
        (b"- &a\n- *a", "yaml_alias"),
        (b"- stem: a\n---\n- stem: b", "yaml_documents"),
    ],
    ids=range(11),
)
def test_case_31_billion_laughs_yaml_that_is_none_of_ours_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_yaml(data)
    assert (refused.value.code, refused.value.like) == (code, "yaml")


def test_case_19_unsafe_deserialise_tags_of_yaml_build_nothing(code_as_text: list[str]) -> None:
    for text in code_as_text:
        parsed = read_yaml(
            f"- stem: !!python/object/apply:builtins.eval [{text!r}]\n- stem: !!python/name:os.system x\n".encode()
        )
        assert [problem.code for problem in parsed.problems if problem.level == "error"] == ["wrong_field"]
