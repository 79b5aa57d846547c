import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Actor
from candidates.models import CandidateEmail
from hiring import operations, queries
from hiring.enums import ApplicationStatus
from hiring.models import Application, ApplicationTransition
from hiring.operations.bulk import do_bulk_reject
from outbox.enums import WorkState
from outbox.models import Event, Message, Work
from outbox.operations import run_due_work
from outbox.rules import WORK_DELAYS
from tests.factories.accounts import NOW, actor, make_organisation, make_recruiter
from tests.factories.assessments import make_assessment
from tests.factories.hiring import (
    SYSTEM,
    make_application,
    make_job,
    make_manager,
    make_reason,
    move,
    set_status,
)
from tests.factories.outbox import make_work


def queue(job, seen, *, by=SYSTEM, **fields):
    return operations.queue_bulk_reject(
        **{
            "job": job,
            "seen": seen,
            "reason": make_reason(),
            "intent": "form-1",
            "by": by,
            "now": NOW,
            **fields,
        }
    )


@pytest.mark.django_db
def test_a_selection_is_rejected_with_reason_and_mail(freeze):
    freeze(NOW)
    make_organisation(name="Larkfield", reply_to="jobs@example.org")
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter, title="Gardener")
    applications = [make_application(job, full_name=f"Person {number}") for number in range(3)]
    reason = make_reason("No garden")
    preview = queries.preview_rejects(
        job=job, application_ids=[row.pk for row in applications], actor=actor(recruiter), now=NOW
    )

    work = queue(job, [(row.pk, row.version) for row in preview.will], reason=reason, by=actor(recruiter))
    run_due_work(now=NOW)

    work.refresh_from_db()
    mail = Message.objects.filter(kind="rejection").order_by("pk")
    transition = ApplicationTransition.objects.get(application=applications[0], number=2)
    assert (work.result["rejected"], work.result["mailed"]) == (3, 3)
    assert {row.status for row in Application.objects.all()} == {ApplicationStatus.REJECTED}
    assert (transition.reason, transition.by, transition.cause) == (reason, recruiter, "person")
    assert mail[0].to_name == "Person 0"
    assert "Gardener" in mail[0].subject
    assert "No garden" not in mail[0].body
    assert Event.objects.filter(kind="application.rejected").count() == 3


@pytest.mark.django_db
def test_without_mail_nobody_is_written_to(freeze):
    freeze(NOW)
    job = make_job()
    application = make_application(job)

    queue(job, [(application.pk, 1)], send_mail=False)
    run_due_work(now=NOW)

    assert Application.objects.get().status == ApplicationStatus.REJECTED
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_whoever_changed_meanwhile_is_left_out_and_named(freeze):
    freeze(NOW)
    job = make_job()
    changed, untouched, hired = (make_application(job) for _ in range(3))
    move(changed, "Interview")
    set_status(move(hired, "Offer"), ApplicationStatus.HIRED)

    work = queue(job, [(changed.pk, 1), (untouched.pk, 1), (hired.pk, 3)])
    run_due_work(now=NOW)

    work.refresh_from_db()
    codes = {row["application"]: row["code"] for row in work.result["skipped"]}
    assert work.result["rejected"] == 1
    assert codes == {changed.public_id: "changed", hired.public_id: "not_active"}
    assert Application.objects.get(pk=changed.pk).status == ApplicationStatus.ACTIVE


@pytest.mark.django_db
def test_work_that_runs_again_rejects_and_mails_nobody_twice():
    job = make_job()
    rows = [make_application(job) for _ in range(3)]
    work = queue(job, [(row.pk, row.version) for row in rows])

    first = do_bulk_reject(work, SYSTEM, lambda done, total: None, now=NOW)
    second = do_bulk_reject(work, SYSTEM, lambda done, total: None, now=NOW)

    assert first == second
    assert Message.objects.count() == 3
    assert ApplicationTransition.objects.filter(to_status="rejected").count() == 3


@pytest.mark.django_db
def test_the_preview_says_who_is_mailed_and_who_is_left_out():
    job = make_job()
    mailed, no_address, rejected = (make_application(job) for _ in range(3))
    elsewhere = make_application(make_job())
    CandidateEmail.objects.filter(candidate=no_address.candidate).delete()
    set_status(rejected, ApplicationStatus.REJECTED)

    preview = queries.preview_rejects(
        job=job,
        application_ids=[mailed.pk, no_address.pk, rejected.pk, elsewhere.pk],
        actor=SYSTEM,
        now=NOW,
    )

    assert preview.will == [mailed, no_address]
    assert (preview.mailed, preview.unmailed) == ([mailed], [no_address])
    assert {skip.application_id: skip.code for skip in preview.skipped} == {
        rejected.pk: "already_rejected",
        elsewhere.pk: "not_yours",
    }
    assert Application.objects.get(pk=mailed.pk).version == 1


@pytest.mark.django_db
def test_managers_reject_nobody_and_reasons_out_of_use_are_refused():
    job = make_job()
    application = make_application(job)
    old = operations.save_rejection_reason(
        reason=make_reason("Old"), name="Old", is_active=False, by=Actor.system(), now=NOW
    )

    with pytest.raises(PermissionDenied):
        queue(job, [(application.pk, 1)], by=actor(make_manager(job)))
    with pytest.raises(ValidationError) as refused:
        queue(job, [(application.pk, 1)], reason=old)

    assert list(refused.value.message_dict) == ["reason"]


@pytest.mark.django_db
def test_thousands_take_a_bounded_number_of_statements(django_assert_max_num_queries):
    job = make_job()
    rows = [make_application(job) for _ in range(50)]
    work = queue(job, [(row.pk, row.version) for row in rows])

    # One part of up to 250 people.
    with django_assert_max_num_queries(25):
        do_bulk_reject(work, SYSTEM, lambda done, total: None, now=NOW)


@pytest.mark.parametrize(
    "kind", ["hiring.hire", "hiring.invite", "hiring.move", "hiring.reject", "hiring.status", "hiring.undo"]
)
@pytest.mark.parametrize("name", ["job", "applications"])
@pytest.mark.django_db
def test_case_17_eval_input_code_in_arguments_of_work_fails_and_changes_nothing(
    kind, name, code_as_text, freeze
):
    freeze(NOW)
    application = make_application(make_job())
    arguments = {
        "job": application.job_id,
        "assessment": make_assessment().pk,
        "stage": application.stage_id,
        "reason": make_reason().pk,
        "applications": [[application.pk, 1]],
        "needs": "people.move",
        "comment": "",
        "send_mail": True,
        "status": "on_hold",
    }
    for text in code_as_text:
        bad = text if name == "job" else [[text, text]]
        make_work(kind, arguments=arguments | {name: bad}, by=SYSTEM)

    now = NOW
    while run_due_work(now=now):
        now += WORK_DELAYS[-1] * 2

    assert set(Work.objects.values_list("state", flat=True)) == {WorkState.FAILED}
    assert Application.objects.get().version == application.version
    assert not Message.objects.exists()
