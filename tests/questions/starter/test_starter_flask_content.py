"""What holds for the Flask bank as a whole: coverage, fairness of the options, proofs, code that compiles."""

from __future__ import annotations

import ast
import re
from collections import Counter
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from flask import Flask

from questions.formats.starter import LEVEL_DIFFICULTIES
from tests.questions.starter.flask_stems import FENCE, blocks, flask_bank, load_source

QUESTIONS = flask_bank().questions
CHOICES = [question for question in QUESTIONS if question.kind != "open"]
OPEN = [question for question in QUESTIONS if question.kind == "open"]
SKILLS = ("flask-fundamentals", "flask-templating", "flask-extensions")
CELLS = [
    (skill, level, difficulty)
    for skill, (level, difficulties) in product(SKILLS, LEVEL_DIFFICULTIES.items())
    for difficulty in difficulties
]
# Packages that answers import and these tests do not have: an imagined one, and PyJWT.
NOT_INSTALLED = ("shop", "jwt")
LANGUAGES = {"python", "jinja", "html", "bash", "sql", "json"}


def _by_id(questions):
    return [pytest.param(question, id=question.external_id) for question in questions]


def _all_texts(question):
    return [
        question.stem,
        question.explanation,
        question.model_answer,
        *(option.text for option in question.options),
        *(option.feedback for option in question.options),
        *question.look_fors,
        *question.warning_signs,
        *question.follow_ups,
    ]


def _plain_length(option):
    """What the eye sees: without the signs of Markdown."""
    return len(re.sub(r"```[a-z]*\n|```|[`*]", "", option.text).strip())


def _at_least(successes, chances):
    """P(that many or more) when each question gives its own chance: the exact Poisson-binomial tail.

    With equal chances this is the binomial distribution. The questions are convolved one after the other.
    """
    distribution = [Fraction(1)]
    for chance in chances:
        shifted = [Fraction(0), *(weight * chance for weight in distribution)]
        kept = [*(weight * (1 - chance) for weight in distribution), Fraction(0)]
        distribution = [left + right for left, right in zip(shifted, kept, strict=True)]
    return float(sum(distribution[successes:]))


def _extreme_keys(extreme):
    """How often the option of extreme length is a key, and the chance of that by luck, question by question."""
    hits, chances = 0, []
    for question in CHOICES:
        lengths = [_plain_length(option) for option in question.options]
        if lengths.count(extreme(lengths)) != 1:
            continue
        hits += question.options[lengths.index(extreme(lengths))].is_key
        chances.append(Fraction(len(question.keys), len(question.options)))
    return hits, chances


def test_flask_bank_has_the_three_skills():
    assert flask_bank().slug == "flask"
    assert tuple(skill.slug for skill in flask_bank().skills) == SKILLS


def test_flask_bank_fills_every_cell():
    cells = Counter(
        (skill, question.level, question.difficulty) for question in CHOICES for skill in question.skills
    )

    assert len(CELLS) == 24
    assert set(cells) == set(CELLS)
    assert min(cells.values()) >= 2
    assert sum(count >= 3 for count in cells.values()) >= 8
    assert len(CHOICES) >= 56


def test_flask_bank_has_one_skill_a_question():
    """So that a question belongs to one cell and cannot be drawn for two."""
    assert [question.external_id for question in QUESTIONS if len(question.skills) != 1] == []


def test_flask_bank_has_five_open_questions_a_level():
    assert Counter(question.level for question in OPEN) == dict.fromkeys(LEVEL_DIFFICULTIES, 5)
    assert {question.skills[0] for question in OPEN} == set(SKILLS)


def test_flask_bank_ids_and_stems_are_unique():
    assert len({question.external_id for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question.stem for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("extreme", [max, min])
def test_flask_bank_key_is_not_told_by_its_length(extreme):
    hits, chances = _extreme_keys(extreme)

    assert len(chances) > 30
    assert _at_least(hits, chances) >= 0.01


def test_at_least_is_the_binomial_tail():
    quarter = [Fraction(1, 4)] * 20

    assert _at_least(0, quarter) == 1
    # 1 - BINOM.DIST(9; 20; 0.25; TRUE), as any table gives it.
    assert _at_least(10, quarter) == pytest.approx(0.013864, abs=1e-6)


def test_flask_bank_spreads_the_keys_over_the_positions():
    singles = [question for question in CHOICES if question.kind == "single"]

    places = Counter(question.keys[0].code for question in singles)

    for code in "abcd":
        assert 0.15 <= places[code] / len(singles) <= 0.35, places


@pytest.mark.parametrize("level", LEVEL_DIFFICULTIES)
def test_flask_bank_spreads_the_keys_within_a_level(level):
    singles = [question for question in CHOICES if question.kind == "single" and question.level == level]

    places = Counter(question.keys[0].code for question in singles)

    assert set(places) == set("abcd")
    assert max(places.values()) <= len(singles) * 0.45, places


def test_flask_bank_has_no_option_about_other_options():
    forbidden = re.compile(
        r"\b(all|none|both|neither|any) of (the|these|those) (above|options|answers)\b", re.IGNORECASE
    )
    about_others = re.compile(r"\b(options?|answers?) [a-e]\b|\b[a-e] and [a-e]\b", re.IGNORECASE)

    found = [
        (question.external_id, option.code)
        for question in CHOICES
        for option in question.options
        if forbidden.search(option.text) or about_others.search(option.text)
    ]

    assert found == []


def _asking_sentences(question):
    prose = re.sub(r'"[^"]*"', "", FENCE.sub("", question.stem))
    sentences = (sentence.strip() for sentence in re.split(r"(?<=[.?])\s+", prose))
    return [sentence for sentence in sentences if sentence.startswith("Which") and sentence.endswith("?")]


def test_flask_bank_emphasises_negatives():
    """A “not” in the sentence that asks is easy to miss, so it stands in bold."""
    negative = re.compile(r"\b(not|never|except|cannot)\b", re.IGNORECASE)
    missed = [
        sentence
        for question in CHOICES
        for sentence in _asking_sentences(question)
        if negative.search(re.sub(r"\*\*.+?\*\*", "", sentence))
    ]

    # “Cannot be misused” is one half of a demand, not the turn of the question.
    assert [sentence for sentence in missed if "cannot be misused" not in sentence] == []


def test_flask_bank_questions_of_several_keys_say_how_many():
    words = {2: "two", 3: "three"}

    for question in CHOICES:
        if question.kind == "multiple":
            assert f"**{words[len(question.keys)]}**" in question.stem, question.external_id


@pytest.mark.parametrize("question", _by_id(CHOICES))
def test_flask_choice_explains_itself(question):
    assert len(question.explanation) >= 120
    for option in question.options:
        # The reasons of wrong options teach; the explanation covers the right ones.
        assert bool(option.feedback) is not option.is_key, option.code


@pytest.mark.parametrize("question", _by_id(OPEN))
def test_flask_open_question_is_complete(question):
    assert len(question.model_answer) >= 600
    assert 3 <= len(question.look_fors) <= 5
    assert 2 <= len(question.warning_signs) <= 3
    assert 1 <= len(question.follow_ups) <= 3
    assert FENCE.search(question.model_answer) or question.external_id == "flask-open-microframework"


@pytest.mark.parametrize("question", _by_id(QUESTIONS))
def test_flask_question_code_is_well_formed(question):
    environment = Flask("starter_questions").jinja_env
    for text in _all_texts(question):
        assert set(re.findall(r"^ *```([a-z]+)", text, re.MULTILINE)) <= LANGUAGES
        assert len(re.findall(r"^ *```", text, re.MULTILINE)) == 2 * len(FENCE.findall(text))
        for code in blocks(text, "python"):
            ast.parse(code)
        for code in blocks(text, "jinja"):
            environment.parse(code)


@pytest.mark.parametrize("question", _by_id(OPEN))
def test_flask_model_answer_code_compiles_and_loads(question, tmp_path):
    for number, code in enumerate(blocks(question.model_answer, "python")):
        compile(code, f"{question.external_id}-{number}", "exec")
        if not re.search(rf"^(from|import) ({'|'.join(NOT_INSTALLED)})\b", code, re.MULTILINE):
            load_source(code, tmp_path)


def test_flask_sources_are_official():
    official = {
        "docs.celeryq.dev",
        "docs.python.org",
        "docs.sqlalchemy.org",
        "flask-migrate.readthedocs.io",
        "flask-sqlalchemy.readthedocs.io",
        "flask-wtf.readthedocs.io",
        "flask.palletsprojects.com",
        "gunicorn.org",
        "jinja.palletsprojects.com",
        "werkzeug.palletsprojects.com",
    }

    assert {question.source.split("/")[2] for question in QUESTIONS} <= official


def _proof_tests():
    names = []
    for path in Path(__file__).parent.glob("test_starter_flask_*_keys.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names += [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return Counter(name for name in names if name.startswith("test_key_"))


def test_flask_proofs_name_existing_tests():
    tests = _proof_tests()
    proven = [question for question in QUESTIONS if question.proof]

    for question in proven:
        assert question.proof == "test_key_" + question.external_id.replace("-", "_")
        assert tests[question.proof] == 1, question.proof
    assert len(proven) == 58
    # The rest is a judgement that no program can make; its source says what it rests on.
    assert {question.external_id for question in CHOICES if not question.proof} == {
        "flask-dev-server-not-production",
        "flask-slow-work-queue",
    }
