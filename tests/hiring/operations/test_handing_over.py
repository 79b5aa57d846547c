from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts import operations as accounts
from accounts.models import Actor, User
from accounts.registries import hand_over_parts
from assessments.models import Assessment
from hiring import operations
from hiring.enums import JobRole
from hiring.models import Job, JobMember
from outbox.models import Event
from tests.factories.accounts import NOW, make_administrator, make_recruiter
from tests.factories.assessments import make_assessment
from tests.factories.hiring import make_job, make_member

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def kay() -> User:
    return make_recruiter(full_name="Kay")


@pytest.fixture
def ada() -> User:
    return make_recruiter(full_name="Ada")


def roles(user: User) -> set[tuple[str, str]]:
    return set(JobMember.objects.filter(user=user).values_list("job__title", "role"))


def hand_over(user: User, to: User, by: Actor = SYSTEM) -> dict[str, int]:
    return operations.hand_over(user=user, to=to, by=by, now=NOW)


def test_jobs_and_tests_go_to_somebody_else(kay: User, ada: User) -> None:
    make_member(make_job(title="Welder", recruiter=kay), JobRole.INTERVIEWER, kay)
    make_job(title="Baker", recruiter=kay, opened=False)
    make_job(title="Other", recruiter=ada)
    test = make_assessment()
    Assessment.objects.filter(pk=test.pk).update(owner=kay)

    moved = hand_over(kay, ada)

    assert moved == {"assessments.tests": 1, "hiring.jobs": 2}
    assert roles(kay) == set()
    assert roles(ada) == {
        ("Welder", "recruiter"),
        ("Welder", "interviewer"),
        ("Baker", "recruiter"),
        ("Other", "recruiter"),
    }
    assert Assessment.objects.get(pk=test.pk).owner == ada


def test_whoever_is_on_the_job_already_has_each_role_once(kay: User, ada: User) -> None:
    job = make_job(title="Welder", recruiter=kay)
    make_member(job, JobRole.RECRUITER, ada)
    make_member(job, JobRole.INTERVIEWER, ada)

    hand_over(kay, ada)

    assert roles(ada) == {("Welder", "recruiter"), ("Welder", "interviewer")}
    assert JobMember.objects.filter(job=job).count() == 2


def test_twice_moves_nothing_more_and_records_once(kay: User, ada: User) -> None:
    job = make_job(recruiter=kay)

    hand_over(kay, ada)
    again = hand_over(kay, ada)

    assert set(again.values()) == {0}
    event = Event.objects.get(kind="job.handed_over")
    assert (event.about_id, event.data) == (job.pk, {"from": kay.pk, "to": ada.pk, "roles": ["recruiter"]})
    assert Event.objects.filter(kind="accounts.work_handed_over", about_id=kay.pk).count() == 1


def test_sight_goes_with_the_job(kay: User, ada: User) -> None:
    job = make_job(recruiter=kay)

    hand_over(kay, ada)

    assert not Job.objects.filter(pk=job.pk).visible_to(Actor.of_user(kay)).exists()
    assert Job.objects.filter(pk=job.pk).visible_to(Actor.of_user(ada)).exists()


def test_somebody_who_left_hands_over_and_takes_nothing(kay: User, ada: User) -> None:
    make_job(title="Welder", recruiter=kay)
    make_administrator()
    accounts.deactivate_user(user=kay, by=SYSTEM, now=NOW)

    with pytest.raises(ValidationError) as refusal:
        hand_over(ada, User.objects.get(pk=kay.pk))
    hand_over(kay, ada)

    assert list(refusal.value.error_dict) == ["to"]
    assert roles(ada) == {("Welder", "recruiter")}


def test_nobody_hands_over_to_themselves(kay: User) -> None:
    make_job(title="Welder", recruiter=kay)

    with pytest.raises(ValidationError):
        hand_over(kay, kay)

    assert roles(kay) == {("Welder", "recruiter")}


def test_case_67_escalate_self_only_administrators_hand_over(kay: User, ada: User) -> None:
    make_job(recruiter=kay)

    with pytest.raises(PermissionDenied):
        hand_over(kay, ada, Actor.of_user(ada))

    assert roles(ada) == set()


def test_the_preview_names_each_job_with_the_roles_and_its_status(kay: User) -> None:
    job = make_job(title="Welder", recruiter=kay)
    make_member(job, JobRole.INTERVIEWER, kay)
    part = next(part for part in hand_over_parts() if part.name == "hiring.jobs")

    items = [(item.title, item.detail, item.url) for item in part.items(kay)]

    assert items == [("Welder", "Interviewer, Recruiter · Open", f"/admin/jobs/{job.slug}/")]
