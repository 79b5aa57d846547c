"""What holds for every starter bank: fairness of the options, reading load, proofs, code that compiles."""

from __future__ import annotations

import ast
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask

from questions.formats.starter import LEVEL_DIFFICULTIES
from tests.questions.starter.stems import BANKS, FENCE, bank, blocks, load_source

QUESTIONS = [question for name in BANKS for question in bank(name).questions]
CHOICES = [question for question in QUESTIONS if question.kind != "open"]
OPEN = [question for question in QUESTIONS if question.kind == "open"]
# Packages that answers import and these tests do not have: an imagined one, and PyJWT.
NOT_INSTALLED = ("shop", "jwt")
# Questions about choosing and telling, whose good answers are words.
WITHOUT_CODE = {
    "flask-open-challenging-project",
    "flask-open-flask-or-django",
    "flask-open-microframework",
    "flask-open-plain-words",
    "flask-open-routing-analogy",
}
# Questions about the very signs, which a person who listens spells out.
ABOUT_SIGNS = {"jinja-print-delimiter", "jinja-autoescape-limits"}
LANGUAGES = {"python", "jinja", "html", "bash", "sql", "json", "toml"}
# What a telephone shows without much scrolling, and what is read in the minute and a half that a question has.
MOST_WORDS = 120
MOST_LINES_OF_CODE = 32
MOST_LETTERS_OF_CODE = 80
# Of a line of code in an option; the rest is reached by pushing it aside.
LETTERS_ON_A_TELEPHONE = 36


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


def _choices(name):
    return [question for question in bank(name).questions if question.kind != "open"]


def _singles(name):
    return [question for question in _choices(name) if question.kind == "single"]


def _extreme_keys(name, extreme):
    """How often the option of extreme length is a key, and the chance of that by luck, question by question."""
    hits, chances = 0, []
    for question in _choices(name):
        lengths = [_plain_length(option) for option in question.options]
        if lengths.count(extreme(lengths)) != 1:
            continue
        hits += question.options[lengths.index(extreme(lengths))].is_key
        chances.append(Fraction(len(question.keys), len(question.options)))
    return hits, chances


def test_starter_bank_has_one_skill_a_question():
    """So that a question belongs to one cell and cannot be drawn for two."""
    assert [question.external_id for question in QUESTIONS if len(question.skills) != 1] == []


def test_starter_ids_and_stems_are_unique():
    """Across the banks as well, so that a proof finds its question by the id alone."""
    assert len({question.external_id for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question.stem for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize("extreme", [max, min])
def test_starter_bank_key_is_not_told_by_its_length(name, extreme):
    hits, chances = _extreme_keys(name, extreme)

    assert len(chances) > 30
    assert _at_least(hits, chances) >= 0.01


def test_at_least_is_the_binomial_tail():
    quarter = [Fraction(1, 4)] * 20

    assert _at_least(0, quarter) == 1
    # 1 - BINOM.DIST(9; 20; 0.25; TRUE), as any table gives it.
    assert _at_least(10, quarter) == pytest.approx(0.013864, abs=1e-6)


@pytest.mark.parametrize("name", BANKS)
def test_starter_bank_spreads_the_keys_over_the_positions(name):
    singles = _singles(name)

    places = Counter(question.keys[0].code for question in singles)

    for code in "abcd":
        assert 0.15 <= places[code] / len(singles) <= 0.35, places


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize("level", LEVEL_DIFFICULTIES)
def test_starter_bank_spreads_the_keys_within_a_level(name, level):
    singles = [question for question in _singles(name) if question.level == level]

    places = Counter(question.keys[0].code for question in singles)

    assert set(places) == set("abcd")
    assert max(places.values()) <= len(singles) * 0.45, places


def test_starter_bank_has_no_option_about_other_options():
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


def test_starter_choices_ask_for_no_version():
    version = re.compile(r"\b(Python|Flask|Jinja|Werkzeug|SQLAlchemy|version) v?\d", re.IGNORECASE)

    found = [
        question.external_id
        for question in CHOICES
        for text in (question.stem, *(option.text for option in question.options))
        if version.search(text)
    ]

    assert found == []


def test_starter_stems_can_be_answered_before_the_options():
    """A stem that asks only which sentence is true is many questions, and hides what it is about."""
    vague = re.compile(
        r"of the following|which (one )?(is|are) (true|false|right|wrong|correct)\b|"
        r"which (statements?|sentences?|options?|answers?) (is|are)\b",
        re.IGNORECASE,
    )

    assert [question.external_id for question in CHOICES if vague.search(question.stem)] == []


def _asking_sentences(question):
    prose = re.sub(r'"[^"]*"', "", FENCE.sub("", question.stem))
    sentences = (sentence.strip() for sentence in re.split(r"(?<=[.?])\s+", prose))
    return [sentence for sentence in sentences if sentence.startswith("Which") and sentence.endswith("?")]


def test_starter_bank_emphasises_negatives():
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


def test_starter_bank_questions_of_several_keys_say_how_many():
    words = {2: "two", 3: "three"}

    for question in CHOICES:
        if question.kind == "multiple":
            assert f"**{words[len(question.keys)]}**" in question.stem, question.external_id


@pytest.mark.parametrize("question", _by_id(CHOICES))
def test_starter_choice_explains_itself(question):
    assert len(question.explanation) >= 120
    for option in question.options:
        # The reasons of wrong options teach; the explanation covers the right ones.
        assert bool(option.feedback) is not option.is_key, option.code


@pytest.mark.parametrize("question", _by_id(OPEN))
def test_starter_open_question_is_complete(question):
    assert len(question.model_answer) >= 600
    assert 3 <= len(question.look_fors) <= 5
    assert 2 <= len(question.warning_signs) <= 3
    assert 1 <= len(question.follow_ups) <= 3
    assert FENCE.search(question.model_answer) or question.external_id in WITHOUT_CODE


@pytest.mark.parametrize("question", _by_id(QUESTIONS))
def test_starter_question_code_is_well_formed(question):
    environment = Flask("starter_questions").jinja_env
    for text in _all_texts(question):
        assert set(re.findall(r"^ *```([a-z]+)", text, re.MULTILINE)) <= LANGUAGES
        assert len(re.findall(r"^ *```", text, re.MULTILINE)) == 2 * len(FENCE.findall(text))
        for code in blocks(text, "python"):
            ast.parse(code)
        for code in blocks(text, "jinja"):
            environment.parse(code)


@pytest.mark.parametrize("question", _by_id(OPEN))
def test_starter_model_answer_code_compiles_and_loads(question, tmp_path):
    for number, code in enumerate(blocks(question.model_answer, "python")):
        compile(code, f"{question.external_id}-{number}", "exec")
        if not re.search(rf"^(from|import) ({'|'.join(NOT_INSTALLED)})\b", code, re.MULTILINE):
            load_source(code, tmp_path)


@pytest.mark.parametrize("question", _by_id(CHOICES))
def test_starter_choice_is_read_in_its_time(question):
    shown = "\n".join([question.stem, *(option.text for option in question.options)])
    code = [line for match in FENCE.finditer(question.stem) for line in match["code"].splitlines()]
    all_code = [line for match in FENCE.finditer(shown) for line in match["code"].splitlines()]

    assert len(FENCE.sub("", shown).split()) <= MOST_WORDS
    assert len(code) <= MOST_LINES_OF_CODE
    assert max(map(len, all_code), default=0) <= MOST_LETTERS_OF_CODE


@pytest.mark.parametrize("question", _by_id(CHOICES))
def test_starter_options_of_code_differ_where_a_telephone_shows_them(question):
    seen = [
        "\n".join(line[:LETTERS_ON_A_TELEPHONE].rstrip() for line in match["code"].splitlines())
        for match in (FENCE.search(option.text) for option in question.options)
        if match
    ]

    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("question", _by_id(CHOICES))
def test_starter_options_differ_to_the_ear(question):
    """A screen reader speaks letters and digits, and seldom a bracket or a quotation mark."""
    heard = [" ".join(re.findall(r"\w+|[-+*/=<>%:.]+", option.text)) for option in question.options]

    assert len(set(heard)) == len(heard) or question.external_id in ABOUT_SIGNS


def test_starter_sources_are_official():
    official = {
        "docs.celeryq.dev",
        "docs.pytest.org",
        "docs.python.org",
        "docs.sqlalchemy.org",
        "flask-login.readthedocs.io",
        "flask-migrate.readthedocs.io",
        "flask-sqlalchemy.readthedocs.io",
        "flask-wtf.readthedocs.io",
        "flask.palletsprojects.com",
        "gunicorn.org",
        "jinja.palletsprojects.com",
        "packaging.python.org",
        "pip.pypa.io",
        "werkzeug.palletsprojects.com",
    }

    assert {question.source.split("/")[2] for question in QUESTIONS} <= official


def _proof_tests():
    names = []
    for path in Path(__file__).parent.glob("test_starter_*_keys.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names += [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return Counter(name for name in names if name.startswith("test_key_"))


def test_starter_proofs_name_existing_tests():
    tests = _proof_tests()
    proven = [question for question in QUESTIONS if question.proof]

    for question in proven:
        assert question.proof == "test_key_" + question.external_id.replace("-", "_")
        assert tests[question.proof] == 1, question.proof


ROOT = Path(__file__).parents[3]


def _words(*path):
    return " ".join(ROOT.joinpath(*path).read_text(encoding="utf-8").split())


@pytest.mark.parametrize("name", BANKS)
def test_handbook_says_how_many_questions_a_bank_has(name):
    kinds = Counter(question.kind == "open" for question in bank(name).questions)
    proven = sum(bool(question.proof) for question in _choices(name))

    handbook = _words("shell", "handbook", "09-questions.md")

    assert f"**{bank(name).name}**: {kinds[False]} multiple-choice and {kinds[True]} interview" in handbook
    assert f"The keys of {proven} are proven" in handbook or f"All {proven} keys are proven" in handbook


def test_readme_says_how_many_questions_the_banks_have():
    kinds = {name: Counter(question.kind == "open" for question in bank(name).questions) for name in BANKS}
    proven = sum(bool(question.proof) for question in _choices("flask"))

    readme = _words("README.md")

    for each in kinds.values():
        assert f"{each[False]} multiple-choice and {each[True]} interview questions" in readme
    assert f"{proven} of the {kinds['flask'][False]} keys are proven" in readme
