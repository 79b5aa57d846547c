"""What the Flask bank holds: its skills, its cells, its levels, and how many of its keys are proven."""

from __future__ import annotations

from collections import Counter
from itertools import product

from questions.formats.starter import LEVEL_DIFFICULTIES
from tests.questions.starter.flask_stems import flask_bank

QUESTIONS = flask_bank().questions
CHOICES = [question for question in QUESTIONS if question.kind != "open"]
OPEN = [question for question in QUESTIONS if question.kind == "open"]
SKILLS = ("flask-fundamentals", "flask-templating", "flask-extensions")
CELLS = [
    (skill, level, difficulty)
    for skill, (level, difficulties) in product(SKILLS, LEVEL_DIFFICULTIES.items())
    for difficulty in difficulties
]


def test_flask_bank_has_the_three_skills():
    assert flask_bank().slug == "flask"
    assert tuple(skill.slug for skill in flask_bank().skills) == SKILLS


def test_flask_bank_has_four_choices_in_every_cell():
    cells = Counter(
        (skill, question.level, question.difficulty) for question in CHOICES for skill in question.skills
    )

    assert len(CELLS) == 24
    assert set(cells) == set(CELLS)
    assert min(cells.values()) >= 4
    assert len(CHOICES) >= 100


def test_flask_bank_has_five_open_questions_a_level_or_more():
    levels = Counter(question.level for question in OPEN)

    assert set(levels) == set(LEVEL_DIFFICULTIES)
    assert min(levels.values()) >= 5
    assert {question.skills[0] for question in OPEN} == set(SKILLS)


def test_flask_bank_keys_are_proven_but_for_two():
    # The rest is a judgement that no program can make; its source says what it rests on.
    assert {question.external_id for question in CHOICES if not question.proof} == {
        "flask-dev-server-not-production",
        "flask-slow-work-queue",
    }
