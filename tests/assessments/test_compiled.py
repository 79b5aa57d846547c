"""Statements that are written once: they find and change what the ORM would, whatever they are asked."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection

from assessments import queries
from assessments.models import AnswerRevision, Attempt, AttemptQuestion, Invitation
from assessments.queries.compiled import (
    CompiledInsert,
    CompiledRead,
    CompiledUpdate,
    CompiledValues,
    can_chain,
    run_chain,
)
from outbox.rules import link_token
from tests.factories.assessments import make_attempt, make_invitation
from tests.factories.questions import NOW

pytestmark = pytest.mark.django_db


def values(made):
    return {field.attname: getattr(made, field.attname) for field in made._meta.concrete_fields}


def test_compiled_read_makes_the_objects_that_the_orm_makes(django_assert_num_queries):
    attempts = [make_attempt(now=NOW), make_attempt(now=NOW)]
    read = CompiledRead(
        lambda pk, position: AttemptQuestion.objects.filter(attempt=pk, position=position).select_related(
            "attempt__invitation__version__assessment", "question_version__question"
        ),
        int,
        int,
    )

    for attempt in attempts:
        for position in (1, 3):
            found = read.first(attempt.pk, position)
            usual = AttemptQuestion.objects.get(attempt=attempt, position=position)
            with django_assert_num_queries(0):
                joined = [
                    found.attempt,
                    found.attempt.invitation,
                    found.attempt.invitation.version.assessment,
                ]
            assert values(found) == values(usual)
            assert values(joined[0]) == values(attempt)
            assert values(joined[1]) == values(Invitation.objects.get(pk=attempt.invitation_id))
            assert found.question_version.options == usual.question_version.options


def test_compiled_read_of_nothing_is_none():
    read = CompiledRead(lambda pk: Attempt.objects.filter(pk=pk), int)

    assert read.first(2**40) is None


def test_compiled_read_of_all_gives_every_object_in_order(django_assert_num_queries):
    attempt, other = make_attempt(now=NOW), make_attempt(now=NOW)
    read = CompiledRead(
        lambda pk: AttemptQuestion.objects.filter(attempt=pk).select_related("rule").order_by("-position"),
        int,
    )

    with django_assert_num_queries(2):
        found, others = read.all(attempt.pk), read.all(other.pk)

    usual = AttemptQuestion.objects.filter(attempt=attempt).order_by("-position")
    assert [values(each) for each in found] == [values(each) for each in usual]
    assert {each.attempt_id for each in others} == {other.pk}
    assert read.first(attempt.pk).position == found[0].position
    assert read.all(2**40) == []


def test_compiled_values_are_those_of_the_orm(django_assert_num_queries):
    attempt = make_attempt(now=NOW)

    def places(pk):
        rows = AttemptQuestion.objects.filter(attempt=pk).order_by("-position")
        return rows.values_list("position", "option_order", "page_id", "attempt__started_at", "is_flagged")

    read = CompiledValues(places, int)
    with django_assert_num_queries(1):
        found = read.all(attempt.pk)

    assert [tuple(row) for row in found] == list(places(attempt.pk))
    assert len(found) == 3
    assert read.all(2**40) == []


def test_compiled_insert_of_many_adds_each_as_it_is(django_assert_num_queries):
    attempt = make_attempt(now=NOW)
    rows = list(AttemptQuestion.objects.filter(attempt=attempt).order_by("position"))
    rows[1].answer, rows[1].page_id, rows[2].is_flagged = ["b"], uuid.uuid4(), True
    AttemptQuestion.objects.filter(attempt=attempt).delete()
    insert = CompiledInsert(AttemptQuestion)

    with django_assert_num_queries(2):
        insert.run_all(rows[:2])
        insert.run_all(rows[2:])

    stored = AttemptQuestion.objects.filter(attempt=attempt).order_by("position")
    assert [values(row) for row in stored] == [values(row) for row in rows]


def test_compiled_update_changes_what_it_is_asked_and_nothing_else():
    one, other = make_attempt(now=NOW), make_attempt(now=NOW)
    change = CompiledUpdate(
        lambda pk, position, since: AttemptQuestion.objects.filter(
            attempt=pk, position=position, attempt__in=Attempt.objects.filter(started_at__gte=since)
        ),
        int,
        int,
        datetime,
        fields=["answer", "page_id", "seconds"],
    )
    page = uuid.uuid4()

    assert change.run(one.pk, 2, NOW, to=[["b", "c"], page, None]) == 1
    assert change.run(one.pk, 3, NOW, to=[["a"], None, 7]) == 1
    assert change.run(one.pk, 1, NOW + timedelta(microseconds=1), to=[["a"], None, 7]) == 0
    assert change.run(one.pk, 9, NOW, to=[["a"], None, 7]) == 0

    rows = AttemptQuestion.objects.filter(attempt__in=[one, other]).order_by("attempt", "position")
    assert list(rows.values_list("answer", "page_id", "seconds")) == [
        ([], None, None),
        (["b", "c"], page, None),
        (["a"], None, 7),
        *[([], None, None)] * 3,
    ]


def test_sitting_of_finds_by_the_right_token_alone(django_assert_num_queries):
    attempt = make_attempt(now=NOW)
    token = link_token(attempt.invitation.link)
    queries.sitting_of(token)

    with django_assert_num_queries(1):
        sitting = queries.sitting_of(token)

    assert (sitting.attempt, sitting.invitation) == (attempt, attempt.invitation)
    assert queries.sitting_of(token[:-1] + ("a" if token[-1] != "a" else "b")) is None
    assert queries.sitting_of("nonsense") is None


def test_sitting_of_an_invitation_that_nobody_started_has_no_attempt():
    invitation = make_invitation(now=NOW)

    sitting = queries.sitting_of(link_token(invitation.link))

    assert (sitting.attempt, sitting.invitation) == (None, invitation)


@pytest.mark.parametrize("position", [0, 4, 32_768, 2**40])
def test_places_that_a_test_does_not_have_are_none(position):
    attempt = make_attempt(now=NOW)

    assert queries.place_behind(link_token(attempt.invitation.link), position) is None
    assert queries.question_page(attempt, position) is None


def test_place_behind_is_the_place_of_the_latest_attempt():
    attempt = make_attempt(now=NOW)

    sitting, row = queries.place_behind(link_token(attempt.invitation.link), 2)

    assert (sitting.attempt, row.attempt, row.position) == (attempt, attempt, 2)


def test_compiled_insert_adds_the_row_that_the_orm_adds(django_assert_num_queries):
    attempt = make_attempt(now=NOW)
    insert = CompiledInsert(AnswerRevision)
    answers = [["b", "a"], [], ["c"]]

    for number, answer in enumerate(answers, start=1):
        row = AnswerRevision(
            attempt=attempt,
            position=2,
            number=number,
            answer=answer,
            save_id=uuid.UUID(int=number),
            based_on=number - 1,
            received_at=NOW + timedelta(microseconds=number),
        )
        with django_assert_num_queries(1):
            insert.run(row)

    added = AnswerRevision.objects.order_by("number")
    assert [values(row) for row in added] == [
        {
            "attempt_id": attempt.pk,
            "position": 2,
            "number": number,
            "answer": answer,
            "save_id": uuid.UUID(int=number),
            "based_on": number - 1,
            "received_at": NOW + timedelta(microseconds=number),
        }
        for number, answer in enumerate(answers, start=1)
    ]


def test_changes_in_a_chain_are_one_statement_and_stop_at_the_first_that_changes_nothing(
    django_assert_num_queries,
):
    if connection.vendor != "postgresql":
        assert not can_chain()
        pytest.skip("this database takes one change at a time")
    attempt = make_attempt(now=NOW)
    touch = CompiledUpdate(
        lambda pk, since: Attempt.objects.filter(pk=pk, started_at__gte=since),
        int,
        datetime,
        fields=["notes_seen"],
    )
    put = CompiledUpdate(
        lambda pk, position, version: AttemptQuestion.objects.filter(
            attempt=pk, position=position, answer_version=version
        ),
        int,
        int,
        int,
        fields=["answer", "answer_version"],
    )
    insert = CompiledInsert(AnswerRevision)

    def chained(*, since=NOW, version=0, notes=1):
        row = AnswerRevision(
            attempt=attempt,
            position=1,
            number=version + 1,
            answer=["b", "a"],
            save_id=uuid.uuid4(),
            based_on=version,
            received_at=NOW,
        )
        changes = [
            touch.written(attempt.pk, since, to=[notes]),
            put.written(attempt.pk, 1, version, to=[["b", "a"], version + 1]),
        ]
        with django_assert_num_queries(1):
            return run_chain(changes, insert.written(row))

    def stored():
        attempt.refresh_from_db()
        row = AttemptQuestion.objects.get(attempt=attempt, position=1)
        return attempt.notes_seen, row.answer, row.answer_version, AnswerRevision.objects.count()

    assert not chained(since=NOW + timedelta(seconds=1))
    assert stored() == (0, [], 0, 0)
    assert not chained(version=7, notes=2)
    assert stored() == (2, [], 0, 0)
    assert chained(notes=3)
    assert stored() == (3, ["b", "a"], 1, 1)
    assert not chained(notes=4)
    assert stored() == (4, ["b", "a"], 1, 1)
    assert values(AnswerRevision.objects.get())["answer"] == ["b", "a"]
