"""What people asked for before a test, and what they were given, over the API: for those who may know."""

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor
from assessments import operations
from assessments.models import AssessmentSection, Attempt, Invitation, Score
from hiring.models import ApiKeyJob
from tests.api.world import program
from tests.factories.accounts import make_user
from tests.factories.hiring import invite, make_application

NAMES = {
    "id",
    "invitation",
    "candidate",
    "application",
    "assessment",
    "state",
    "text",
    "wished_minutes",
    "asked_at",
    "answered_at",
    "extra_seconds",
}


def ask(house):
    invitation = invite(make_application(house.job), house.assessment, now=timezone.now())
    return operations.ask_for_accommodation(
        invitation=invitation, text="words about health", wished_minutes=10, now=timezone.now()
    )


def grant(asked):
    return operations.grant_accommodation(request=asked, minutes=10, by=Actor.system(), now=timezone.now())


def test_administrators_key_reads_what_was_asked_and_granted(house):
    asked = grant(ask(house))

    robot = program(make_user(Role.ADMINISTRATOR))
    [row] = robot.get("accommodations/", state="granted", job=house.job.slug).json()["results"]

    assert set(row) == NAMES
    assert row == robot.get(f"accommodations/{asked.pk}/").json()
    assert (row["invitation"], row["text"], row["extra_seconds"]) == (
        asked.invitation_id,
        "words about health",
        600,
    )
    assert robot.get("accommodations/", state="open").json()["count"] == 0


def test_key_of_anybody_else_or_limited_to_jobs_reads_no_request(house):
    asked = ask(house)
    limited = program(make_user(Role.ADMINISTRATOR))
    ApiKeyJob.objects.create(api_key=limited.key, job=house.job)

    for robot in (program(house.recruiter), program(make_user(Role.ANALYST)), limited):
        assert robot.get("accommodations/").json()["count"] == 0
        assert robot.get(f"accommodations/{asked.pk}/").status_code == 404


def test_recruiter_who_is_signed_in_reads_the_words_until_they_are_answered(house, client):
    asked = ask(house)
    client.force_login(house.recruiter)
    address = f"/api/v1/accommodations/{asked.pk}/"

    before = client.get(address).json()
    grant(asked)
    after = client.get(address).json()

    assert (before["text"], before["wished_minutes"]) == ("words about health", 10)
    assert (after["state"], after["text"], after["extra_seconds"]) == ("granted", None, None)


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_requests_costs_the_same_for_one_and_for_three(house, count, django_assert_num_queries):
    for _ in range(count):
        ask(house)
    robot = program(make_user(Role.ADMINISTRATOR))
    robot.get("")  # the hour's note that the key is used

    # The key with its owner, the owner's roles, the limits of the key, how many rows there are, the rows.
    with django_assert_num_queries(5):
        assert robot.get("accommodations/").json()["count"] == count


def test_invitation_says_its_language_and_extra_time_to_administrators_alone(house):
    path = f"applications/{house.fresh.public_id}/invitations/"
    body = {"assessment": house.assessment.slug, "extra_minutes": 15, "language": "de"}
    robot = program(house.recruiter)

    made = robot.post(path, body).json()
    assert "id" in made, made
    read = robot.get(f"invitations/{made['id']}/").json()
    known = program(make_user(Role.ADMINISTRATOR)).get(f"invitations/{made['id']}/").json()

    assert Invitation.objects.get(pk=made["id"]).extra_seconds == 900
    assert [(row["language"], row["extra_seconds"]) for row in (made, read, known)] == [
        ("de", None),
        ("de", None),
        ("de", 900),
    ]


def test_score_says_each_section_in_the_order_of_the_test(house):
    assert program(house.recruiter).get(f"scores/{house.score.pk}/").json()["by_section"] == []
    version = Attempt.objects.get(pk=house.attempt.pk).invitation.version
    first = version.sections.get()
    second = AssessmentSection.objects.create(version=version, position=2, title="Debugging")
    part = {"marks": "1", "possible": "1", "questions": 1}
    limit = {"percent": "100.000", "cut_off": "50.00", "is_met": True}
    Score.objects.filter(pk=house.score.pk).update(
        by_section=[
            {"section": first.pk} | part | {"percent": "100.000", "cut_off": None, "is_met": None},
            {"section": second.pk} | part | limit,
        ]
    )

    parts = program(house.recruiter).get(f"scores/{house.score.pk}/").json()["by_section"]

    assert parts == [
        {"section": 1, "title": "Section 1"} | part | {"percent": "100.000", "cut_off": None, "is_met": None},
        {"section": 2, "title": "Debugging"} | part | limit,
    ]
