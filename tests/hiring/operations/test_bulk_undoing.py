"""Taking back what was done with many people at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from hiring import operations
from hiring.enums import ApplicationStatus, StageActionState, TransitionCause
from hiring.models import Application, Job, StageAction
from hiring.operations import MoveRefused
from hiring.operations.bulk_undoing import do_bulk_undo
from hiring.rules import settled_at
from outbox.enums import MessageState
from outbox.models import Message, Work
from outbox.operations import deliver_due, run_due_work
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import (
    SYSTEM,
    make_application,
    make_busy_job,
    make_job,
    make_reason,
    move,
    set_status,
    stages,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
ACTIVE, HELD = ApplicationStatus.ACTIVE, ApplicationStatus.ON_HOLD
REJECTED, WITHDRAWN = ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN
ASK = {
    "move": lambda **terms: operations.queue_bulk_move(
        to_stage=stages(terms["job"])["Interview"], now=NOW, **terms
    ),
    "reject": lambda **terms: operations.queue_bulk_reject(reason=make_reason(), now=NOW, **terms),
    "hold": lambda **terms: operations.queue_bulk_status(to_status=HELD, now=NOW, **terms),
    "withdraw": lambda **terms: operations.queue_bulk_status(to_status=WITHDRAWN, now=NOW, **terms),
    "restore": lambda **terms: operations.queue_bulk_status(to_status=ACTIVE, now=NOW, **terms),
}


@pytest.fixture
def recruiter() -> User:
    return make_recruiter()


@pytest.fixture
def now(freeze: Any) -> datetime:
    """What is done by a worker is done now."""
    freeze(NOW)
    return NOW


def done(verb: str, rows: list[Application], by: User) -> Work:
    """What somebody had done with people, a moment ago."""
    for row in rows:
        row.refresh_from_db()
    seen = [(row.pk, row.version) for row in rows]
    work = ASK[verb](job=rows[0].job, seen=seen, intent=verb, by=actor(by))
    run_due_work(now=NOW)
    work.refresh_from_db()
    return work


def undone(work: Work, by: User, *, after: timedelta = 8 * SECOND) -> Work:
    undoing = operations.queue_bulk_undo(work=work, by=actor(by), now=NOW + after)
    run_due_work(now=NOW + after)
    undoing.refresh_from_db()
    return undoing


def state_of(row: Application) -> tuple[object, ...]:
    stored = Application.objects.get(pk=row.pk)
    return stored.stage.name, stored.status, stored.stage_entered_at, stored.furthest_stage.name


def people(job: Job, count: int = 3) -> list[Application]:
    return [make_application(job, now=NOW - timedelta(days=2)) for _ in range(count)]


@pytest.mark.parametrize("verb", ["move", "reject", "hold", "withdraw", "restore"])
def test_what_was_done_with_many_is_undone_as_if_it_had_not_been(
    now: datetime, recruiter: User, verb: str
) -> None:
    rows = people(make_job(recruiter=recruiter))
    if verb == "restore":
        rows = [set_status(row, REJECTED, now=NOW - timedelta(days=1)) for row in rows]
    before = [state_of(row) for row in rows]
    work = done(verb, rows, recruiter)
    between = [state_of(row) for row in rows]

    undoing = undone(work, recruiter)

    last = rows[0].transitions.order_by("-number").first()
    assert [state_of(row) for row in rows] == before
    assert all(now != then for now, then in zip(between, before, strict=True))
    assert (undoing.result["undone"], undoing.result["skipped_count"]) == (3, 0)
    assert (last.cause, last.by, last.undoes.number) == (TransitionCause.UNDONE, recruiter, last.number - 1)


def test_whoever_was_changed_since_or_not_at_all_is_left(now: datetime, recruiter: User) -> None:
    job = make_job(recruiter=recruiter)
    moved, since, stale, there = people(job, 4)
    move(there, "Interview")
    seen = [(moved.pk, 1), (since.pk, 1), (stale.pk, 1), (there.pk, 2)]
    # Held by the same colleague after the look at it: not by the work, so that it undoes nothing of that.
    set_status(stale, HELD, by=actor(recruiter))
    work = ASK["move"](job=job, seen=seen, intent="move", by=actor(recruiter))
    run_due_work(now=NOW)
    work.refresh_from_db()
    move(since, "Offer", by=actor(recruiter))

    undoing = undone(work, recruiter)

    names = {row.pk: Application.objects.get(pk=row.pk).stage.name for row in (moved, since, stale, there)}
    assert names == {moved.pk: "Applied", since.pk: "Offer", stale.pk: "Applied", there.pk: "Interview"}
    assert Application.objects.get(pk=stale.pk).status == HELD
    assert undoing.result["skipped"] == [
        {"application": since.public_id, "code": "changed", "text": undoing.result["skipped"][0]["text"]}
    ]


def test_rejections_undone_take_their_mail_back_but_for_what_is_out(now: datetime, recruiter: User) -> None:
    rows = people(make_job(recruiter=recruiter))
    work = done("reject", rows, recruiter)
    Message.objects.filter(about_id=rows[1].pk, kind="rejection").update(state=MessageState.SENT)

    undoing = undone(work, recruiter)

    mails = dict(Message.objects.filter(kind="rejection").values_list("about_id", "state"))
    assert [state_of(row)[1] for row in rows] == [ACTIVE, REJECTED, ACTIVE]
    assert [mails[row.pk] for row in rows] == [
        MessageState.CANCELLED,
        MessageState.SENT,
        MessageState.CANCELLED,
    ]
    assert [row["code"] for row in undoing.result["skipped"]] == ["mail_is_out"]


def test_what_stages_were_asked_for_is_not_done(now: datetime, recruiter: User) -> None:
    job, _assessment = make_busy_job(recruiter=recruiter)
    rows = people(job)
    work = done("move", rows, recruiter)
    asked = StageAction.objects.filter(state=StageActionState.WAITING).count()

    undone(work, recruiter)
    operations.do_due_actions(now=NOW + timedelta(days=1))

    assert asked == 6
    assert set(StageAction.objects.values_list("state", "code")) == {(StageActionState.CANCELLED, "undone")}
    assert not Message.objects.filter(about="hiring.application").exists()


def test_nothing_goes_out_while_an_undoing_waits_for_its_worker(now: datetime, recruiter: User) -> None:
    job, _assessment = make_busy_job(recruiter=recruiter)
    rejected, moved = people(job, 2), people(job, 2)
    work, other = done("reject", rejected, recruiter), done("move", moved, recruiter)
    for each in (work, other):
        operations.queue_bulk_undo(work=each, by=actor(recruiter), now=NOW + 8 * SECOND)

    delivered = deliver_due(now=NOW + 60 * SECOND)
    operations.do_due_actions(now=NOW + 60 * SECOND)

    assert delivered == 0
    assert set(StageAction.objects.values_list("state", flat=True)) == {StageActionState.WAITING}


def test_what_many_were_sent_waits_longer(now: datetime, recruiter: User) -> None:
    rows = people(make_job(recruiter=recruiter))

    done("reject", rows, recruiter)

    due = set(Message.objects.filter(kind="rejection").values_list("due_at", flat=True))
    assert due == {settled_at(NOW, 3)}
    assert settled_at(NOW, 10_000) - settled_at(NOW) > timedelta(minutes=10)


def test_only_who_asked_undoes_it_for_ten_seconds_and_once(now: datetime, recruiter: User) -> None:
    job = make_job(recruiter=recruiter)
    colleague = make_recruiter()
    operations.add_member(job=job, user=colleague, role="recruiter", by=SYSTEM, now=NOW)
    rows = people(job)
    work = done("hold", rows, recruiter)

    with pytest.raises(PermissionDenied):
        undone(work, colleague)
    with pytest.raises(MoveRefused) as late:
        undone(work, recruiter, after=timedelta(minutes=5))
    first = undone(work, recruiter, after=11 * SECOND)
    second = operations.queue_bulk_undo(work=work, by=actor(recruiter), now=NOW + timedelta(hours=1))
    with pytest.raises(MoveRefused) as never:
        operations.queue_bulk_undo(work=first, by=actor(recruiter), now=NOW + 12 * SECOND)

    assert (late.value.code, never.value.code) == ("too_late", "not_undoable")
    assert first == second
    assert [state_of(row)[1] for row in rows] == [ACTIVE] * 3


def test_an_undoing_that_runs_again_goes_on_where_it_was(now: datetime, recruiter: User) -> None:
    rows = people(make_job(recruiter=recruiter))
    work = done("reject", rows, recruiter)
    undoing = operations.queue_bulk_undo(work=work, by=actor(recruiter), now=NOW + SECOND)

    results = [
        do_bulk_undo(undoing, actor(recruiter), lambda done, total: None, now=NOW + SECOND)
        for _again in range(2)
    ]

    assert results[0] == results[1]
    assert results[0]["undone"] == 3
    assert all(row.transitions.count() == 3 for row in rows)


def test_moving_fifty_takes_a_bounded_number_of_statements(
    recruiter: User, django_assert_max_num_queries: Any
) -> None:
    from hiring.operations.bulk_moves import do_bulk_move

    rows = people(make_job(recruiter=recruiter), 50)
    seen = [(row.pk, row.version) for row in rows]
    work = ASK["move"](job=rows[0].job, seen=seen, intent="move", by=actor(recruiter))

    with django_assert_max_num_queries(25):
        do_bulk_move(work, actor(recruiter), lambda done, total: None, now=NOW)

    assert set(Application.objects.values_list("stage__name", flat=True)) == {"Interview"}
