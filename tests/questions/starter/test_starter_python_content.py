"""What the Python bank holds: its skills, its cells, its levels, and that every key is proven."""

from __future__ import annotations

from collections import Counter
from itertools import product

from questions.formats.starter import LEVEL_DIFFICULTIES
from tests.questions.starter.stems import bank

QUESTIONS = bank("python").questions
CHOICES = [question for question in QUESTIONS if question.kind != "open"]
OPEN = [question for question in QUESTIONS if question.kind == "open"]
SKILLS = ("python-language", "python-functions-objects", "python-standard-library")
CELLS = {
    (skill, level, difficulty)
    for skill, (level, difficulties) in product(SKILLS, LEVEL_DIFFICULTIES.items())
    for difficulty in difficulties
}


def test_python_bank_has_the_three_skills():
    assert bank("python").slug == "python"
    assert tuple(skill.slug for skill in bank("python").skills) == SKILLS


def test_python_bank_has_three_choices_in_every_cell():
    cells = Counter((question.skills[0], question.level, question.difficulty) for question in CHOICES)

    assert set(cells) == CELLS
    assert min(cells.values()) >= 3


def test_python_bank_keys_are_all_proven():
    assert [question.external_id for question in CHOICES if not question.proof] == []


def test_python_bank_has_thirty_open_questions_with_a_topic_each():
    topics = [tag for question in OPEN for tag in question.tags if tag.startswith("topic-")]

    assert Counter(question.level for question in OPEN) == {
        "fresher": 7,
        "junior": 8,
        "intermediate": 8,
        "experienced": 7,
    }
    assert len(topics) == len(set(topics)) == len(OPEN)
    assert {question.skills[0] for question in OPEN} == set(SKILLS)
