from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.enums import Scope
from accounts.models import Actor
from candidates.models import Candidate, CandidateEmail
from hiring import operations
from hiring.enums import ApplicationStatus, Source
from hiring.models import Application, ApplicationTransition, Job
from hiring.operations import ApplyRefused, JobRefused
from outbox.models import Event
from tests.factories.accounts import NOW, actor, make_api_key, make_recruiter
from tests.factories.hiring import make_application, make_job, make_manager, set_status
from tests.servers.parallel import run_parallel


def apply(job, **fields):
    return operations.apply(
        **{
            "job": job,
            "full_name": "Ana Díaz",
            "email": "ana@example.com",
            "by": Actor.system(),
            "now": NOW,
            **fields,
        }
    )


@pytest.mark.django_db
def test_a_new_person_is_added_with_application_transition_and_event():
    job = make_job()

    application, is_new = apply(
        job, phone="+34 600 000 000", source=Source.API, applied_at=NOW - timedelta(days=2)
    )

    first = ApplicationTransition.objects.get(application=application)
    assert is_new
    assert (application.candidate.full_name, application.stage.name) == ("Ana Díaz", "Applied")
    assert (application.source, application.applied_at) == (Source.API, NOW - timedelta(days=2))
    assert (first.number, first.from_stage, first.from_status, first.cause) == (1, None, "", "applied")
    assert Event.objects.get(kind="application.added").about_id == application.pk


@pytest.mark.django_db
def test_the_same_address_in_another_spelling_is_the_same_person():
    first, _new = apply(make_job())

    second, is_new = apply(make_job(), email=" ANA@Example.COM", full_name="A. Diaz")

    assert is_new
    assert second.candidate == first.candidate
    assert Candidate.objects.count() == 1


@pytest.mark.django_db
def test_a_live_application_is_returned_instead_of_a_second():
    job = make_job()
    first, _new = apply(job)

    again, is_new = apply(job)

    assert (again, is_new) == (first, False)
    assert Application.objects.count() == 1


@pytest.mark.django_db
def test_after_a_final_status_the_person_may_apply_again_some_time_later():
    job = make_job()
    Job.objects.update(apply_again_days=30)
    first, _new = apply(Job.objects.get())
    over = NOW + timedelta(days=5)
    set_status(first, ApplicationStatus.REJECTED, now=over)
    job.refresh_from_db()

    with pytest.raises(ApplyRefused) as refused:
        apply(job, now=over + timedelta(days=29))
    second, is_new = apply(job, now=over + timedelta(days=30))

    assert (refused.value.code, refused.value.allowed_at) == ("too_early", over + timedelta(days=30))
    assert is_new
    assert second.previous == first
    assert ApplicationTransition.objects.get(application=second).comment == ""


@pytest.mark.django_db
def test_a_colleague_adds_somebody_again_too_early_with_a_reason_that_stays():
    job = make_job()
    first, _new = apply(job)
    set_status(first, ApplicationStatus.WITHDRAWN)

    second, is_new = apply(job, again_reason=" Changed their mind ")
    with pytest.raises(ValidationError) as long:
        apply(job, again_reason="x" * 301)

    assert is_new
    assert second.previous == first
    assert ApplicationTransition.objects.get(application=second).comment == "Changed their mind"
    assert list(long.value.message_dict) == ["again_reason"]


@pytest.mark.django_db
def test_a_job_without_such_a_rule_and_another_job_take_people_at_once():
    job, other = make_job(), make_job()
    Job.objects.filter(pk=job.pk).update(apply_again_days=0)
    job.refresh_from_db()
    for one in (job, other):
        set_status(apply(one)[0], ApplicationStatus.REJECTED)

    second, is_new = apply(job)
    elsewhere, _new = apply(make_job())

    assert is_new
    assert second.previous is not None
    assert elsewhere.previous is None


@pytest.mark.django_db
def test_a_closed_job_takes_nobody():
    job = operations.close_job(job=make_job(), by=Actor.system(), now=NOW)

    with pytest.raises(JobRefused):
        apply(job)

    assert Candidate.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "a@b@c"),
        ("email", ""),
        ("full_name", " "),
        ("phone", "call me"),
        ("applied_at", NOW + timedelta(days=1)),
    ],
)
@pytest.mark.django_db
def test_bad_input_names_its_field_and_writes_nothing(field, value):
    with pytest.raises(ValidationError) as refused:
        apply(make_job(), **{field: value})

    assert list(refused.value.message_dict) == [field]
    assert Candidate.objects.count() == 0


@pytest.mark.django_db
def test_case_83_api_token_scope_a_key_needs_the_scope_and_the_job():
    recruiter = make_recruiter()
    job, other = make_job(recruiter=recruiter), make_job(recruiter=recruiter)
    reader, _token = make_api_key(recruiter, Scope.READ)
    writer, _token = make_api_key(recruiter, Scope.CANDIDATES_WRITE)
    operations.limit_key(key=writer, jobs=[job], by=actor(recruiter), now=NOW)

    with pytest.raises(PermissionDenied):
        apply(job, by=Actor.of_key(reader))
    with pytest.raises(PermissionDenied):
        apply(other, by=Actor.of_key(writer))
    _application, is_new = apply(job, by=Actor.of_key(writer))

    assert is_new


@pytest.mark.django_db
def test_a_hiring_manager_adds_nobody():
    job = make_job()

    with pytest.raises(PermissionDenied):
        apply(job, by=actor(make_manager(job)))


@pytest.mark.django_db(transaction=True)
def test_twenty_at_one_moment_are_one_person_with_one_application():
    job = make_job()

    outcomes = run_parallel(lambda: apply(job), 20)

    assert [str(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert {application.pk for application, _new in outcomes} == {Application.objects.get().pk}
    assert sum(is_new for _application, is_new in outcomes) == 1
    assert CandidateEmail.objects.count() == 1
    assert make_application(job, email="other@example.com").pk
