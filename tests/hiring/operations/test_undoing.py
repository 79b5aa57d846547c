from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from accounts.queries import organisation
from hiring import operations
from hiring.enums import ApplicationStatus, TransitionCause
from hiring.models import Application, Interview, StageAction
from hiring.operations import MoveRefused
from hiring.operations.bulk import rejection_due, rejection_mail
from outbox.enums import MessageState
from outbox.models import Event, Message
from outbox.operations import queue_messages
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import (
    SYSTEM,
    make_application,
    make_busy_job,
    make_job,
    make_reason,
    move,
    set_status,
)
from tests.servers.parallel import run_all

pytestmark = pytest.mark.django_db

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
ACTIVE, HELD = ApplicationStatus.ACTIVE, ApplicationStatus.ON_HOLD
REJECTED, WITHDRAWN = ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN
LATER = NOW + HOUR


@pytest.fixture
def recruiter() -> User:
    return make_recruiter()


@pytest.fixture
def application(recruiter: User) -> Application:
    return make_application(make_job(recruiter=recruiter))


def undo(application: Application, by: User, *, after: timedelta = 5 * SECOND) -> Application:
    return operations.undo_last(
        application=application, number=application.version, by=actor(by), now=LATER + after
    )


def actions_of(application: Application) -> list[tuple[str, str, str]]:
    rows = StageAction.objects.filter(application=application).order_by("transition_number", "pk")
    return list(rows.values_list("kind", "state", "code"))


def state_of(application: Application) -> tuple[object, ...]:
    stored = Application.objects.get(pk=application.pk)
    return stored.stage.name, stored.status, stored.stage_entered_at, stored.furthest_stage.name


def test_a_move_is_undone_as_if_it_had_not_been(application: Application, recruiter: User) -> None:
    before = state_of(application)
    moved = move(application, "Interview", by=actor(recruiter), now=LATER)

    undone = undo(moved, recruiter)

    last = undone.transitions.get(number=3)
    assert state_of(application) == before
    assert (last.cause, last.undoes, last.by) == (
        TransitionCause.UNDONE,
        undone.transitions.get(number=2),
        recruiter,
    )
    assert Event.objects.filter(kind="application.undone", about_id=application.pk).count() == 1


@pytest.mark.parametrize("status", [HELD, WITHDRAWN, REJECTED])
def test_a_status_is_undone_and_the_stay_goes_on(
    application: Application, recruiter: User, status: ApplicationStatus
) -> None:
    before = state_of(application)
    changed = set_status(application, status, by=actor(recruiter), now=LATER)

    undo(changed, recruiter)

    assert state_of(application) == before


@pytest.mark.parametrize("status", [HELD, WITHDRAWN, REJECTED])
def test_a_restoring_is_undone_with_the_reason_that_it_had(
    application: Application, recruiter: User, status: ApplicationStatus
) -> None:
    reason = {"reason": make_reason("No garden")} if status == REJECTED else {}
    over = set_status(application, status, by=actor(recruiter), now=NOW + SECOND, **reason)
    before = state_of(application)
    restored = set_status(over, ACTIVE, by=actor(recruiter), now=LATER)

    undone = undo(restored, recruiter)

    last = undone.transitions.get(number=4)
    assert state_of(application) == before
    assert last.to_status == status
    assert (last.reason.name if last.reason else "") == ("No garden" if status == REJECTED else "")


def test_after_the_window_nothing_is_undone(application: Application, recruiter: User) -> None:
    moved = move(application, "Interview", by=actor(recruiter), now=LATER)

    with pytest.raises(MoveRefused) as late:
        undo(moved, recruiter, after=13 * SECOND)

    assert late.value.code == "too_late"
    assert Application.objects.get(pk=application.pk).stage.name == "Interview"
    assert undo(moved, recruiter, after=12 * SECOND).stage.name == "Applied"


def test_only_who_decided_undoes_it_and_only_on_their_job(application: Application, recruiter: User) -> None:
    colleague = make_recruiter()
    operations.add_member(job=application.job, user=colleague, role="recruiter", by=SYSTEM, now=NOW)
    moved = move(application, "Interview", by=actor(recruiter), now=LATER)

    with pytest.raises(MoveRefused) as theirs:
        undo(moved, colleague)
    with pytest.raises(PermissionDenied):
        undo(moved, make_recruiter())

    assert theirs.value.code == "not_undoable"


def test_what_happened_since_is_not_undone_with_it(application: Application, recruiter: User) -> None:
    moved = move(application, "Interview", by=actor(recruiter), now=LATER)
    number = moved.version
    move(moved, "Offer", by=actor(recruiter), now=LATER)

    with pytest.raises(MoveRefused) as since:
        operations.undo_last(application=moved, number=number, by=actor(recruiter), now=LATER)

    assert since.value.code == "not_last"
    assert Application.objects.get(pk=application.pk).stage.name == "Offer"


def test_hiring_applying_and_an_undoing_are_not_undone(application: Application, recruiter: User) -> None:
    codes = []
    for step in ("applied", "hired", "undone"):
        if step == "hired":
            application = move(application, "Offer", by=actor(recruiter), now=LATER)
            application = set_status(application, ApplicationStatus.HIRED, by=actor(recruiter), now=LATER)
        if step == "undone":
            held = set_status(make_application(application.job), HELD, by=actor(recruiter), now=LATER)
            application = undo(held, recruiter)
        with pytest.raises(MoveRefused) as refused:
            undo(application, recruiter)
        codes.append(refused.value.code)

    assert codes == ["not_undoable"] * 3


def rejected_with_mail(application: Application, recruiter: User) -> Application:
    rejected = set_status(application, REJECTED, by=actor(recruiter), now=LATER)
    rejected.email = "ada@example.com"  # type: ignore[attr-defined]
    due_at = rejection_due(0, now=LATER)
    queue_messages(
        drafts=[rejection_mail(rejected, organisation(), due_at=due_at)], by=actor(recruiter), now=LATER
    )
    return rejected


def test_a_rejection_undone_takes_its_mail_back(application: Application, recruiter: User) -> None:
    rejected = rejected_with_mail(application, recruiter)

    undo(rejected, recruiter)

    mail = Message.objects.get(kind="rejection")
    assert mail.due_at > LATER + 10 * SECOND
    assert mail.state == MessageState.CANCELLED
    assert state_of(application)[1] == ACTIVE


def test_a_restoring_undone_lets_the_rejection_mail_wait_again(
    application: Application, recruiter: User
) -> None:
    rejected = rejected_with_mail(application, recruiter)
    due_at = Message.objects.get(kind="rejection").due_at
    restored = set_status(rejected, ACTIVE, by=actor(recruiter), now=LATER + 2 * SECOND)
    taken_back = Message.objects.get(kind="rejection").state

    undo(restored, recruiter)

    mail = Message.objects.get(kind="rejection")
    assert taken_back == MessageState.CANCELLED
    assert (mail.state, mail.due_at, mail.finished_at) == (MessageState.QUEUED, due_at, None)


@pytest.mark.parametrize("state", [MessageState.SENDING, MessageState.SENT, MessageState.KEPT_HERE])
def test_a_rejection_whose_mail_is_out_stays(
    application: Application, recruiter: User, state: MessageState
) -> None:
    rejected = rejected_with_mail(application, recruiter)
    Message.objects.filter(kind="rejection").update(state=state)

    with pytest.raises(MoveRefused) as refused:
        undo(rejected, recruiter)

    assert refused.value.code == "mail_is_out"
    assert state_of(application)[1] == REJECTED
    assert application.transitions.count() == 2


def test_a_withdrawal_is_not_undone_beside_a_new_application(
    application: Application, recruiter: User
) -> None:
    email = application.candidate.emails.get().address
    withdrawn = set_status(application, WITHDRAWN, by=actor(recruiter), now=LATER)
    make_application(application.job, email=email, now=LATER, again_reason="Asked to")

    with pytest.raises(MoveRefused) as refused:
        undo(withdrawn, recruiter)

    assert refused.value.code == "other_live"


@pytest.mark.parametrize("change", ["move", "reject"])
def test_what_a_change_cancelled_waits_again_once_it_is_undone_and_nothing_else_does(
    recruiter: User, change: str
) -> None:
    job, _assessment = make_busy_job(days=5, recruiter=recruiter)
    application = move(make_application(job), "Test", by=actor(recruiter), now=NOW)
    # What the stage of the test asked for is cancelled by this, the letter of the next one waits its days.
    application = move(application, "Interview", by=actor(recruiter), now=NOW + SECOND)
    operations.do_due_actions(now=NOW + 20 * SECOND)
    before = actions_of(application)
    if change == "move":
        changed = move(application, "Test", by=actor(recruiter), now=LATER)
    else:
        changed = set_status(application, REJECTED, reason=make_reason(), by=actor(recruiter), now=LATER)
    cancelled = actions_of(application)

    undo(changed, recruiter)

    assert before == [
        ("test", "cancelled", "moved_on"),
        ("mail", "waiting", ""),
        ("interview", "done", ""),
    ]
    assert cancelled[1][1] == "cancelled"
    assert actions_of(application)[:3] == before
    assert {state for _kind, state, _code in actions_of(application)[3:]} <= {"cancelled"}
    operations.do_due_actions(now=NOW + timedelta(days=6))
    assert actions_of(application)[1] == ("mail", "done", "")
    assert Message.objects.filter(about="hiring.application", kind="letter").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_once_what_an_undone_move_had_cancelled(recruiter: User) -> None:
    job, _assessment = make_busy_job(recruiter=recruiter)
    application = move(make_application(job), "Interview", by=actor(recruiter), now=NOW)
    moved = move(application, "Test", by=actor(recruiter), now=LATER)

    def work() -> int:
        return operations.do_due_actions(now=LATER + 5 * SECOND)

    results = run_all([lambda: undo(moved, recruiter), work, work])

    assert not [result for result in results if isinstance(result, Exception)]
    # Whoever looked before it was undone found nothing.
    operations.do_due_actions(now=LATER + HOUR)
    found = {kind: state for kind, state, code in actions_of(application) if code != "undone"}
    assert found == {"mail": "done", "interview": "done"}
    assert Message.objects.filter(about="hiring.application").count() == 1
    assert Interview.objects.count() == 1


def test_a_stage_that_was_retired_meanwhile_takes_nobody_back(
    application: Application, recruiter: User
) -> None:
    stage = application.stage
    moved = move(application, "Interview", by=actor(recruiter), now=LATER)
    stage.retired_at = LATER
    stage.save()

    with pytest.raises(MoveRefused) as refused:
        undo(moved, recruiter)

    assert refused.value.code == "retired"
