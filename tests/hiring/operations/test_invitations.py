from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Actor
from assessments import operations as tests_of
from assessments.models import Invitation
from candidates.models import CandidateEmail
from hiring import operations, queries
from hiring.enums import ApplicationStatus
from hiring.models import Application, ApplicationAssessment
from hiring.operations import InviteRefused, inviting
from hiring.operations.bulk_inviting import do_bulk_invite
from hiring.rules import BULK_LIMIT
from outbox.enums import MessageState, WorkState
from outbox.models import Message, Work
from outbox.operations import run_due_work
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.assessments import make_draft
from tests.factories.hiring import (
    SYSTEM,
    invite,
    make_application,
    make_interviewer,
    make_job,
    make_manager,
    make_test_job,
    move,
    set_status,
    sit,
)


def queue(job, assessment, ids, *, by=SYSTEM, intent="form-1", now=NOW):
    return operations.queue_bulk_invite(
        job=job, assessment=assessment, application_ids=ids, intent=intent, by=by, now=now
    )


@pytest.mark.django_db
def test_an_invitation_is_tied_to_the_application_at_its_stage_and_mailed():
    job, assessment = make_test_job()
    application = make_application(job)

    invitation = invite(application, assessment)

    tie = ApplicationAssessment.objects.get(invitation=invitation)
    message = Message.objects.get(about="assessments.invitation", about_id=invitation.pk)
    assert (tie.application, tie.stage.name, tie.outcome) == (application, "Test", "pending")
    assert message.state == MessageState.QUEUED


@pytest.mark.django_db
def test_whoever_is_invited_stands_at_the_stage_that_asks_for_the_test():
    job, assessment = make_test_job()
    before, beyond = make_application(job), move(make_application(job), "Interview")

    invite(before, assessment)
    invite(beyond, assessment)
    do_bulk_invite(
        queue(job, assessment, [make_application(job).pk]), SYSTEM, lambda done, total: None, now=NOW
    )

    names = list(Application.objects.order_by("pk").values_list("stage__name", "version"))
    assert names == [("Test", 2), ("Interview", 2), ("Test", 2)]
    assert before.transitions.order_by("number").last().to_stage.name == "Test"


@pytest.mark.django_db
@pytest.mark.parametrize("commits", ["before the number is read", "after it"])
def test_an_invitation_that_somebody_else_commits_meanwhile_is_not_doubled(monkeypatch, commits):
    job, assessment = make_test_job()
    application = make_application(job)
    read_numbers = inviting.invitation_numbers

    def numbers_while_somebody_else_invites(ids, assessment):
        monkeypatch.setattr(inviting, "invitation_numbers", read_numbers)
        if commits == "after it":
            numbers = read_numbers(ids, assessment)
            invite(application, assessment)
            return numbers
        invite(application, assessment)
        return read_numbers(ids, assessment)

    monkeypatch.setattr(inviting, "invitation_numbers", numbers_while_somebody_else_invites)

    with pytest.raises(InviteRefused) as refused:
        invite(application, assessment)

    # The other one stood in the same transaction here, and went with it.
    assert refused.value.code == "already_invited"


@pytest.mark.django_db
def test_an_open_invitation_is_not_doubled():
    job, assessment = make_test_job()
    application = make_application(job)
    invite(application, assessment)

    with pytest.raises(InviteRefused) as refused:
        invite(application, assessment)

    assert refused.value.code == "already_invited"
    assert Invitation.objects.count() == 1


@pytest.mark.django_db
def test_after_it_ran_out_a_person_is_invited_again():
    job, assessment = make_test_job()
    application = make_application(job)
    first = invite(application, assessment)

    second = invite(application, assessment, now=NOW + timedelta(days=15))

    assert second != first
    assert second.intent.endswith(":2")


@pytest.mark.django_db
def test_a_finished_test_is_not_asked_for_twice():
    job, assessment = make_test_job()
    application = make_application(job)
    sit(invite(application, assessment), right=5)

    with pytest.raises(InviteRefused) as refused:
        invite(application, assessment)

    assert refused.value.code == "already_finished"


@pytest.mark.django_db
def test_a_test_without_a_published_version_takes_nobody():
    application = make_application()

    with pytest.raises(InviteRefused) as refused:
        invite(application, make_draft())

    assert refused.value.code == "not_published"


@pytest.mark.parametrize("make", [make_manager, make_interviewer])
@pytest.mark.django_db
def test_only_recruiters_invite(make):
    job, assessment = make_test_job()
    application = make_application(job)
    by = actor(make(job))

    with pytest.raises(PermissionDenied):
        operations.invite_to_test(application=application, assessment=assessment, by=by, now=NOW)
    with pytest.raises(PermissionDenied):
        queue(job, assessment, [application.pk], by=by)


@pytest.fixture
def mixed_selection():
    """One of each kind that is skipped, and two who are invited."""
    job, assessment = make_test_job()
    chosen = {
        name: make_application(job)
        for name in ("first", "second", "invited", "finished", "held", "no address", "erased")
    }
    chosen["elsewhere"] = make_application(make_job())
    invite(chosen["invited"], assessment)
    sit(invite(chosen["finished"], assessment), right=10)
    set_status(chosen["held"], ApplicationStatus.ON_HOLD)
    CandidateEmail.objects.filter(candidate=chosen["no address"].candidate).delete()
    erased = chosen["erased"].candidate
    erased.full_name, erased.name_key, erased.erased_at = "", "", NOW
    erased.save()
    return job, assessment, chosen


EXPECTED_SKIPS = {
    "invited": "already_invited",
    "finished": "already_finished",
    "held": "not_active",
    "no address": "no_address",
    "erased": "erased",
    "elsewhere": "not_yours",
}


@pytest.mark.django_db
def test_the_preview_says_who_is_invited_and_who_not_and_why(mixed_selection):
    job, assessment, chosen = mixed_selection
    before = Invitation.objects.count()

    preview = queries.preview_invites(
        job=job,
        application_ids=[row.pk for row in chosen.values()],
        assessment=assessment,
        actor=SYSTEM,
        now=NOW,
    )

    names = {row.pk: name for name, row in chosen.items()}
    assert [names[row.pk] for row in preview.will] == ["first", "second"]
    assert {names[skip.application_id]: skip.code for skip in preview.skipped} == EXPECTED_SKIPS
    assert all(skip.text for skip in preview.skipped)
    assert Invitation.objects.count() == before


@pytest.mark.django_db
def test_a_selection_is_invited_by_a_worker_and_the_rest_is_named(mixed_selection, freeze):
    freeze(NOW)
    job, assessment, chosen = mixed_selection
    before = Invitation.objects.count()

    work = queue(job, assessment, [row.pk for row in chosen.values()])
    run_due_work(now=NOW)

    work.refresh_from_db()
    skipped = {row["code"] for row in work.result["skipped"]}
    assert (work.state, work.done, work.total) == (WorkState.DONE, 8, 8)
    assert work.result["created"] == 2
    assert skipped == set(EXPECTED_SKIPS.values())
    assert Invitation.objects.count() == before + 2
    assert Message.objects.filter(kind="test_invitation", state="queued").count() == before + 2


@pytest.mark.django_db
def test_work_that_runs_again_invites_nobody_twice_and_says_the_same():
    job, assessment = make_test_job()
    ids = [make_application(job).pk for _ in range(3)]
    work = queue(job, assessment, ids)

    first = do_bulk_invite(work, SYSTEM, lambda done, total: None, now=NOW)
    second = do_bulk_invite(work, SYSTEM, lambda done, total: None, now=NOW)

    assert first == second
    assert first["created"] == 3
    assert Invitation.objects.count() == 3
    assert Message.objects.filter(kind="test_invitation").count() == 3


@pytest.mark.django_db
def test_a_double_click_is_one_piece_of_work():
    job, assessment = make_test_job()
    application = make_application(job)

    first = queue(job, assessment, [application.pk])
    second = queue(job, assessment, [application.pk])

    assert first == second


@pytest.mark.django_db
def test_case_82_bulk_limit_too_many_are_refused_and_doubles_count_once(freeze):
    freeze(NOW)
    job, assessment = make_test_job()
    application = make_application(job)

    with pytest.raises(ValidationError) as refused:
        queue(job, assessment, range(1, BULK_LIMIT + 2))
    with pytest.raises(ValidationError):
        queue(job, assessment, [])
    work = queue(job, assessment, [application.pk] * 3)
    run_due_work(now=NOW)

    work.refresh_from_db()
    assert list(refused.value.message_dict) == ["applications"]
    assert (work.total, work.result["created"]) == (1, 1)


@pytest.mark.django_db
def test_case_82_bulk_limit_rights_are_those_at_the_time_of_the_work():
    recruiter = make_recruiter()
    job, assessment = make_test_job(recruiter=recruiter)
    application = make_application(job)
    work = queue(job, assessment, [application.pk], by=actor(recruiter))
    job.members.all().delete()

    run_due_work(now=NOW)

    work.refresh_from_db()
    assert (work.state, bool(work.reason)) == (WorkState.FAILED, True)
    assert Invitation.objects.count() == 0


@pytest.mark.django_db
def test_thousands_take_a_bounded_number_of_statements(django_assert_max_num_queries):
    job, assessment = make_test_job()
    ids = [make_application(job).pk for _ in range(60)]
    work = queue(job, assessment, ids)

    # Two parts of up to 50 people; each asks whether the stage needs an approval, and what waits for one.
    with django_assert_max_num_queries(86):
        do_bulk_invite(work, SYSTEM, lambda done, total: None, now=NOW)

    assert Work.objects.count() == 1
    assert Invitation.objects.count() == 60


@pytest.mark.django_db
def test_a_withdrawn_invitation_may_be_followed_by_another():
    job, assessment = make_test_job()
    application = make_application(job)
    tests_of.revoke_invitation(invitation=invite(application, assessment), by=Actor.system(), now=NOW)

    assert invite(application, assessment).intent.endswith(":2")
