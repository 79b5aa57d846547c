from __future__ import annotations

import pytest

from accounts.enums import Role, Scope
from accounts.models import Actor, User
from accounts.operations import set_role_rules
from accounts.registries import may_see_field
from hiring.enums import Capability
from hiring.models import Job, JobMember
from hiring.queries import jobs_where, may, rights_on
from tests.factories.accounts import NOW, make_administrator, make_api_key, make_recruiter, make_user
from tests.factories.hiring import SYSTEM, make_interviewer, make_job, make_manager

pytestmark = pytest.mark.django_db

OF_MANAGERS = {
    Capability.SEE,
    Capability.CONTACT,
    Capability.SCORES,
    Capability.COMMENT,
    Capability.RECOMMEND,
    Capability.APPROVE,
    Capability.DOWNLOAD,
    Capability.EXPORT,
}
OF_ANALYSTS = {Capability.NUMBERS, Capability.EXPORT_NUMBERS}


def fresh(user: User) -> Actor:
    return Actor.of_user(User.objects.get(pk=user.pk))


def allow(role: str, code: Capability, *, allowed: bool = True) -> None:
    set_role_rules(allowed={(role, code): allowed}, by=SYSTEM, now=NOW)


def test_defaults_of_each_role_on_a_job_of_their_own_and_on_another() -> None:
    recruiter = make_recruiter()
    job, other = make_job(recruiter=recruiter), make_job()
    found = {
        name: (rights_on(fresh(user), job), rights_on(fresh(user), other))
        for name, user in {
            "recruiter": recruiter,
            "manager": make_manager(job),
            "interviewer": make_interviewer(job),
            "analyst": make_user(Role.ANALYST),
            "author": make_user(Role.QUESTION_AUTHOR),
            "administrator": make_administrator(),
        }.items()
    }

    everything = frozenset(Capability)
    assert found == {
        # Recruiters ask, and others approve.
        "recruiter": (everything - OF_ANALYSTS - {Capability.APPROVE}, frozenset()),
        "manager": (OF_MANAGERS, frozenset()),
        "interviewer": (frozenset(), frozenset()),
        "analyst": (OF_ANALYSTS, OF_ANALYSTS),
        "author": (frozenset(), frozenset()),
        "administrator": (everything, everything),
    }


@pytest.mark.parametrize("code", [Capability.MAIL, Capability.SALARY, Capability.DECIDE])
def test_a_rule_counts_for_its_role_on_every_job_at_once(code: Capability) -> None:
    job, other = make_job(), make_job()
    manager = make_manager(job)

    assert not may(fresh(manager), code, job)
    allow("hiring_manager", code)

    assert may(fresh(manager), code, job)
    assert not may(fresh(manager), code, other)
    assert list(jobs_where(fresh(manager), code)) == [job]
    assert not may(fresh(make_interviewer(job)), code, job)
    allow("hiring_manager", code, allowed=False)
    assert not may(fresh(manager), code, job)


def test_what_recruiters_may_can_be_taken_from_them_but_not_from_administrators() -> None:
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    allow("recruiter", Capability.EXPORT, allowed=False)

    assert not may(fresh(recruiter), Capability.EXPORT, job)
    assert may(fresh(make_administrator()), Capability.EXPORT, job)
    assert may(SYSTEM, Capability.EXPORT, job)


def test_managers_move_where_the_job_says_so() -> None:
    job, other = make_job(), make_job()
    manager = make_manager(job)
    Job.objects.filter(pk=job.pk).update(managers_move=True)
    job.refresh_from_db()
    make_manager(other)

    assert may(fresh(manager), Capability.MOVE, job)
    assert not may(fresh(manager), Capability.DECIDE, job)
    assert not may(fresh(make_interviewer(job)), Capability.MOVE, job)
    assert list(jobs_where(fresh(manager), Capability.MOVE)) == [job]
    assert not jobs_where(fresh(make_interviewer(job)), Capability.MOVE).exists()


def test_the_pay_is_seen_by_rule_and_on_that_job_alone() -> None:
    job = make_job()
    manager = make_manager(job)

    assert not may_see_field("hiring.Job", "salary", fresh(manager), job)
    allow("hiring_manager", Capability.SALARY)

    assert may_see_field("hiring.Job", "salary", fresh(manager), job)
    assert not may_see_field("hiring.Job", "salary", fresh(manager), make_job())


def test_a_key_needs_its_scope_and_does_no_more_than_its_owner() -> None:
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    key, _token = make_api_key(recruiter, Scope.INVITATIONS_WRITE)

    assert may(Actor.of_key(key), Capability.INVITE, job, scope=Scope.INVITATIONS_WRITE)
    assert not may(Actor.of_key(key), Capability.INVITE, job)
    assert not may(Actor.of_key(key), Capability.ADD, job, scope=Scope.CANDIDATES_WRITE)
    JobMember.objects.filter(job=job, user=recruiter).delete()
    assert not may(Actor.of_key(key), Capability.INVITE, job, scope=Scope.INVITATIONS_WRITE)


def test_case_72_revoked_now_a_role_that_was_taken_away_counts_in_the_same_session() -> None:
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    actor = fresh(recruiter)
    assert may(actor, Capability.DECIDE, job)

    JobMember.objects.filter(job=job, user=recruiter).delete()

    assert not may(actor, Capability.DECIDE, job)
    assert rights_on(actor, job) == frozenset()


def test_everything_about_one_job_is_one_query_beyond_the_roles(django_assert_num_queries) -> None:
    job = make_job()
    manager = fresh(make_manager(job))

    with django_assert_num_queries(2):
        assert rights_on(manager, job) == OF_MANAGERS
    with django_assert_num_queries(1):
        assert not may(manager, Capability.INVITE, job)
