"""The banks of the bench are some that could be, and their lists answer within their statements."""

from __future__ import annotations

import pytest
from django.test import Client

from questions.enums import FindingKind, FindingState
from questions.models import Question, QuestionFinding
from questions.queries.finding_words import finding_words
from tests.load import question_bank
from tests.load.asking import measured
from tests.load.asking_questions import limits, lists, queues

pytestmark = pytest.mark.django_db
COUNT = 400


@pytest.fixture
def there():
    return question_bank.make(COUNT)


def test_banks_of_the_bench_have_every_kind_of_finding_in_every_state(there):
    found = QuestionFinding.objects.all()

    assert Question.objects.count() == COUNT
    assert question_bank.find() == there
    assert set(found.values_list("kind", flat=True)) == set(FindingKind.values)
    assert set(found.values_list("state", flat=True)) == set(FindingState.values)
    assert found.filter(question=None).count() == 2 * question_bank.BANKS
    assert 0.3 * COUNT < found.exclude(question=None).values("question").distinct().count() < 0.5 * COUNT
    # Their words need what their values hold.
    assert all(finding_words(each).mend for each in found)


def test_lists_of_the_bench_answer_within_their_statements(there):
    client = Client()
    client.force_login(there.author)
    pages = [*lists(there, COUNT), *queues(there, COUNT), *limits(there, COUNT)]

    asked = [measured(client, page, times=0) for page in pages]

    assert {each.page.name: each.statements for each in asked if each.takes_too_many} == {}
