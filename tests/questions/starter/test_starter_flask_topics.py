"""Which topics the questions on Flask cover: each has its interview question, each of a shorter list its choices."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.questions.starter.flask_stems import flask_bank
from tests.questions.starter.topics import FLASK_CHOICE_TOPICS, FLASK_TOPICS

OPEN = [question for question in flask_bank().questions if question.kind == "open"]
CHOICES = [question for question in flask_bank().questions if question.kind != "open"]
# Asked beside the topics of the list.
BESIDE = {"flask-open-contexts"}


def _topics(question):
    return [tag.removeprefix("topic-") for tag in question.tags if tag.startswith("topic-")]


def _at(level):
    return [question for question in OPEN if question.level == level]


def test_flask_topics_are_97_and_unique():
    assert [len(topics) for topics in FLASK_TOPICS.values()] == [22, 26, 26, 23]
    assert len({topic for topics in FLASK_TOPICS.values() for topic in topics}) == 97


@pytest.mark.parametrize("level", FLASK_TOPICS)
def test_flask_interviews_ask_known_topics_of_their_level_once(level):
    asked = Counter(topic for question in _at(level) for topic in _topics(question))

    assert set(asked) <= set(FLASK_TOPICS[level])
    assert set(asked.values()) == {1}


@pytest.mark.parametrize("level", FLASK_TOPICS)
def test_flask_interviews_ask_every_topic_of_their_level(level):
    asked = [topic for question in _at(level) for topic in _topics(question)]

    assert sorted(asked) == sorted(FLASK_TOPICS[level])


def test_flask_interviews_have_one_topic_each_but_for_those_beside_the_list():
    assert {question.external_id for question in OPEN if len(_topics(question)) != 1} == BESIDE


def test_flask_choices_ask_each_of_their_25_topics():
    asked = {topic for question in CHOICES for topic in _topics(question)}

    assert len(FLASK_CHOICE_TOPICS) == 25
    assert asked == set(FLASK_CHOICE_TOPICS)
