"""What a list is narrowed down to, kept under a name."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from candidates.operations import erase_person
from hiring import operations, queries
from hiring.models import SavedFilter
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import SYSTEM, make_application, make_interviewer, make_job, make_manager

pytestmark = pytest.mark.django_db


def keep(job, user, name="Late ones", query="late=on", **fields):
    return operations.save_filter(
        job=job, name=name, query=query, is_shared=fields.pop("is_shared", False), by=actor(user), now=NOW
    )


def names(job, user):
    return [row.name for row in queries.saved_filters(job, actor(user))]


def test_a_filter_is_one_s_own_until_it_is_shared():
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    manager = make_manager(job)

    keep(job, recruiter, "Mine")
    keep(job, recruiter, "Ours", is_shared=True)

    assert names(job, recruiter) == ["Mine", "Ours"]
    assert names(job, manager) == ["Ours"]


def test_a_filter_of_the_same_name_is_written_over():
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)

    keep(job, recruiter, query="late=on")
    keep(job, recruiter, name="  Late ones ", query="result=below", is_shared=True)

    row = SavedFilter.objects.get()
    assert (row.query, row.is_shared) == ("result=below", True)


def test_whoever_sees_no_people_keeps_no_filter():
    job = make_job()

    for user in (make_interviewer(job), make_recruiter()):
        with pytest.raises(PermissionDenied):
            keep(job, user)


@pytest.mark.parametrize(("name", "query"), [(" ", "late=on"), ("x" * 81, "late=on"), ("Late", "")])
def test_a_filter_without_name_or_content_is_refused(name, query):
    recruiter = make_recruiter()

    with pytest.raises(ValidationError) as refused:
        keep(make_job(recruiter=recruiter), recruiter, name, query)

    assert list(refused.value.message_dict) == ["name"]


def test_a_colleague_s_filter_is_not_forgotten():
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    saved = keep(job, recruiter, is_shared=True)

    with pytest.raises(PermissionDenied):
        operations.forget_filter(saved=saved, by=actor(make_manager(job)))
    operations.forget_filter(saved=saved, by=actor(recruiter))

    assert not SavedFilter.objects.exists()


def test_case_89_erase_complete_no_kept_filter_is_called_after_the_person():
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    person = make_application(job, full_name="Ada Lovelace").candidate
    keep(job, recruiter, "Like Ada Lovelace")
    keep(job, recruiter, "Late ones")

    erase_person(candidate=person, by=SYSTEM, now=NOW)

    assert names(job, recruiter) == ["Late ones"]
