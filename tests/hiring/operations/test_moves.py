from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.enums import Scope
from accounts.models import Actor
from hiring import operations
from hiring.enums import ApplicationStatus, TransitionCause
from hiring.models import Application, ApplicationTransition
from hiring.operations import MoveRefused, StaleMove
from outbox.models import Event
from tests.factories.accounts import NOW, actor, make_administrator, make_api_key, make_recruiter, make_user
from tests.factories.hiring import (
    make_application,
    make_interviewer,
    make_job,
    make_manager,
    make_reason,
    move,
    set_status,
    stages,
)
from tests.servers.parallel import run_all

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_a_move_writes_stage_transition_and_event_together():
    recruiter = make_recruiter()
    application = make_application(make_job(recruiter=recruiter))

    moved = operations.move_to_stage(
        application=application,
        to_stage=stages(application.job)["Screen"],
        seen_version=1,
        by=actor(recruiter),
        now=NOW + HOUR,
        comment="Strong letter",
    )

    stored = Application.objects.get(pk=application.pk)
    transition = ApplicationTransition.objects.get(application=application, number=2)
    event = Event.objects.get(kind="application.moved")
    assert moved == stored
    assert (stored.stage.name, stored.version, stored.stage_entered_at) == ("Screen", 2, NOW + HOUR)
    assert (transition.from_stage.name, transition.to_stage.name) == ("Applied", "Screen")
    assert (transition.by, transition.comment, transition.cause) == (recruiter, "Strong letter", "person")
    assert (event.about, event.about_id, event.actor_user) == (
        "hiring.application",
        application.pk,
        recruiter,
    )
    assert "Strong letter" not in str(event.data)


@pytest.mark.django_db
def test_a_move_to_the_stage_where_they_stand_changes_nothing():
    application = make_application()

    same = move(application, "Applied", seen_version=99)

    assert same.version == 1
    assert ApplicationTransition.objects.filter(application=application).count() == 1


@pytest.mark.django_db
def test_a_move_from_an_old_page_is_told_what_happened_meanwhile():
    recruiter = make_recruiter(full_name="Ida Sørensen")
    application = make_application(make_job(recruiter=recruiter), full_name="Bao Tran")
    move(application, "Interview", by=actor(recruiter))

    with pytest.raises(StaleMove) as refused:
        move(application, "Screen", seen_version=1, now=NOW + 2 * HOUR)

    assert "Bao Tran" in str(refused.value)
    assert "Interview" in str(refused.value)
    assert "Ida Sørensen" in str(refused.value)
    assert "2 hours ago" in str(refused.value)
    assert Application.objects.get(pk=application.pk).stage.name == "Interview"


@pytest.mark.django_db
def test_a_stage_of_another_job_is_refused():
    application = make_application()
    elsewhere = stages(make_job())["Screen"]

    with pytest.raises(MoveRefused) as refused:
        operations.move_to_stage(
            application=application, to_stage=elsewhere, seen_version=1, by=Actor.system(), now=NOW
        )

    assert refused.value.code == "wrong_job"


@pytest.mark.django_db
def test_a_retired_stage_is_refused():
    application = make_application()
    screen = stages(application.job)["Screen"]
    screen.retired_at = NOW
    screen.save()

    with pytest.raises(MoveRefused) as refused:
        operations.move_to_stage(
            application=application, to_stage=screen, seen_version=1, by=Actor.system(), now=NOW
        )

    assert refused.value.code == "retired"


@pytest.mark.django_db
def test_a_rejection_needs_a_reason_in_use():
    application = make_application()
    old = operations.save_rejection_reason(
        reason=make_reason("Unloved"), name="Unloved", is_active=False, by=Actor.system(), now=NOW
    )

    for reason in (None, old):
        with pytest.raises(ValidationError) as refused:
            set_status(application, ApplicationStatus.REJECTED, reason=reason)
        assert list(refused.value.message_dict) == ["reason"]

    assert Application.objects.get(pk=application.pk).status == ApplicationStatus.ACTIVE


@pytest.mark.django_db
def test_a_rejected_person_is_restored_where_they_were_and_waits_from_now():
    application = move(make_application(), "Interview")
    set_status(application, ApplicationStatus.REJECTED)

    restored = set_status(application, ApplicationStatus.ACTIVE, now=NOW + HOUR)

    history = ApplicationTransition.objects.filter(application=application).order_by("number")
    assert (restored.stage.name, restored.status, restored.stage_entered_at) == (
        "Interview",
        "active",
        NOW + HOUR,
    )
    assert [(step.number, step.to_status) for step in history] == [
        (1, "active"),
        (2, "active"),
        (3, "rejected"),
        (4, "active"),
    ]


@pytest.mark.django_db
def test_nobody_is_restored_beside_another_live_application():
    job = make_job()
    first = set_status(make_application(job, email="a@example.com"), ApplicationStatus.WITHDRAWN)
    second = make_application(job, email="a@example.com", again_reason="Asked to")

    with pytest.raises(MoveRefused) as refused:
        set_status(first, ApplicationStatus.ACTIVE)

    assert refused.value.code == "other_live"
    assert second.pk != first.pk


@pytest.mark.parametrize(
    ("before", "wanted", "code"),
    [
        ("on_hold", "hired", "no_edge"),
        ("rejected", "hired", "no_edge"),
        ("rejected", "on_hold", "no_edge"),
        ("withdrawn", "rejected", "no_edge"),
        ("active", "hired", "not_last_stage"),
    ],
)
@pytest.mark.django_db
def test_case_81_stage_skip_only_edges_of_the_table_are_open(before, wanted, code):
    application = make_application()
    if before != "active":
        set_status(application, ApplicationStatus(before))

    with pytest.raises(MoveRefused) as refused:
        set_status(application, ApplicationStatus(wanted))

    assert refused.value.code == code
    assert Application.objects.get(pk=application.pk).status == before


@pytest.mark.django_db
def test_case_81_stage_skip_a_closed_application_does_not_move():
    application = set_status(make_application(), ApplicationStatus.REJECTED)

    with pytest.raises(MoveRefused) as refused:
        move(application, "Offer")

    assert refused.value.code == "not_live"


@pytest.mark.django_db
def test_people_are_hired_from_the_last_stage():
    application = move(make_application(), "Offer")

    hired = set_status(application, ApplicationStatus.HIRED)

    assert hired.status == ApplicationStatus.HIRED


@pytest.mark.parametrize("who", ["outsider", "manager", "interviewer", "recruiter elsewhere", "key"])
@pytest.mark.django_db
def test_only_recruiters_of_the_job_and_administrators_move(who):
    recruiter = make_recruiter()
    application = make_application(make_job(recruiter=recruiter))
    actors = {
        "outsider": lambda: actor(make_user()),
        "manager": lambda: actor(make_manager(application.job)),
        "interviewer": lambda: actor(make_interviewer(application.job)),
        "recruiter elsewhere": lambda: actor(make_job(recruiter=make_recruiter()).members.get().user),
        "key": lambda: Actor.of_key(make_api_key(recruiter, *Scope)[0]),
    }

    by = actors[who]()

    with pytest.raises(PermissionDenied):
        move(application, "Screen", by=by)
    with pytest.raises(PermissionDenied):
        set_status(application, ApplicationStatus.REJECTED, by=by)
    assert Application.objects.get(pk=application.pk).version == 1


@pytest.mark.django_db
def test_administrators_move_on_every_job():
    application = make_application()

    moved = move(application, "Screen", by=actor(make_administrator()))

    assert moved.stage.name == "Screen"


@pytest.mark.django_db
def test_case_66_self_approve_nobody_decides_about_their_own_application():
    administrator = make_administrator(email="kim@example.org")
    application = make_application(email="Kim@Example.org")

    with pytest.raises(PermissionDenied):
        move(application, "Offer", by=actor(administrator))
    with pytest.raises(PermissionDenied):
        set_status(application, ApplicationStatus.ON_HOLD, by=actor(administrator))


@pytest.mark.django_db
def test_a_candidate_withdraws_their_own_application_only():
    mine, other = make_application(), make_application()
    me = Actor.of_link(link_id=1, person_ref=mine.candidate.public_id)

    set_status(mine, ApplicationStatus.WITHDRAWN, by=me, cause=TransitionCause.CANDIDATE)

    assert Application.objects.get(pk=mine.pk).status == ApplicationStatus.WITHDRAWN
    with pytest.raises(PermissionDenied):
        set_status(other, ApplicationStatus.WITHDRAWN, by=me, cause=TransitionCause.CANDIDATE)


def _race(rounds):
    one, two = make_recruiter(), make_recruiter()
    job = make_job(recruiter=one)
    operations.add_member(job=job, user=two, role="recruiter", by=Actor.system(), now=NOW)
    for round_number in range(rounds):
        application = make_application(job)

        def to_interview(application=application):
            return move(application, "Interview", seen_version=1, by=actor(one))

        def to_screen(application=application):
            return move(application, "Screen", seen_version=1, by=actor(two))

        outcomes = run_all([to_interview, to_screen])

        stored = Application.objects.get(pk=application.pk)
        won = [outcome for outcome in outcomes if isinstance(outcome, Application)]
        lost = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        numbers = application.transitions.order_by("number").values_list("number", flat=True)
        assert len(won) == 1, (round_number, outcomes)
        assert [type(error) for error in lost] == [StaleMove], (round_number, lost)
        assert stored.stage_id == won[0].stage_id
        assert list(numbers) == [1, 2]
        assert Event.objects.filter(kind="application.moved", about_id=application.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_case_80_stage_race_one_wins_and_the_other_is_told(race_rounds):
    _race(race_rounds)


@pytest.mark.stress
@pytest.mark.django_db(transaction=True)
def test_case_80_stage_race_two_hundred_rounds():
    _race(200)
