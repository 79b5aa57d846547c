"""What people asked for before a test, and what they were given, over the API: for those who may know."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.enums import ActorKind, Role, Scope
from accounts.models import Actor
from assessments import operations
from assessments.models import AssessmentSection, Attempt, Invitation, Score
from hiring.models import ApiKeyJob
from outbox.models import Event, Message
from tests.api.world import program
from tests.factories.accounts import make_user
from tests.factories.hiring import invite, make_application, make_manager

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


def limited_to(job, owner):
    robot = program(owner)
    ApiKeyJob.objects.create(api_key=robot.key, job=job)
    return robot


def test_key_reads_and_answers_what_its_owner_may_answer_within_its_jobs(house, other_house):
    administrator = make_user(Role.ADMINISTRATOR)
    robots = {
        "of the recruiter": program(house.recruiter),
        "of the recruiter, limited": limited_to(house.job, house.recruiter),
        "of an administrator": program(administrator),
        "of an administrator, limited": limited_to(house.job, administrator),
    }
    strangers = [
        program(other_house.recruiter),
        program(make_user(Role.RECRUITER)),
        program(make_manager(house.job)),
        program(make_user(Role.ANALYST)),
        limited_to(other_house.job, administrator),
    ]

    for name, robot in robots.items():
        asked = ask(house)
        path = f"accommodations/{asked.pk}/"
        for stranger in strangers:
            assert stranger.get("accommodations/", state="open").json()["count"] == 0
            assert stranger.get(path).status_code == 404
            for step in ("grant", "decline"):
                refused = stranger.post(f"{path}{step}/", {"minutes": 5, "answer": "x"})
                assert refused.status_code == 404
        [row] = robot.get("accommodations/", state="open").json()["results"]
        assert (name, row["id"], row["text"]) == (name, asked.pk, "words about health")
        assert robot.post(f"{path}grant/", {"minutes": 5}).status_code == 200


def test_recruiters_key_grants_in_one_step_and_reads_no_words_and_no_time_afterwards(house, robot):
    asked = ask(house)

    answer = robot.post(f"accommodations/{asked.pk}/grant/", {"minutes": 15, "answer": "Take your time."})

    assert answer.status_code == 200
    assert answer.json() == robot.get(f"accommodations/{asked.pk}/").json()
    assert (answer.json()["state"], answer.json()["text"], answer.json()["extra_seconds"]) == (
        "granted",
        None,
        None,
    )
    asked.refresh_from_db()
    assert (asked.answer, asked.answered_by, asked.extra_seconds) == ("Take your time.", house.recruiter, 900)
    assert Invitation.objects.get(pk=asked.invitation_id).extra_seconds == 900
    assert Message.objects.filter(kind="accommodation_answer", about_id=asked.invitation_id).count() == 1
    event = Event.objects.get(kind="accommodation.granted")
    assert (event.actor_kind, event.actor_key_id) == (ActorKind.API_KEY, robot.key.pk)


def test_declining_takes_a_word_and_leaves_extra_time_as_it_was(house, robot):
    asked = ask(house)

    silent = robot.post(f"accommodations/{asked.pk}/decline/", {"answer": "  "})
    answer = robot.post(f"accommodations/{asked.pk}/decline/", {"answer": "It has no limit."})

    assert (silent.status_code, list(silent.json())) == (400, ["answer"])
    assert (answer.status_code, answer.json()["state"]) == (200, "declined")
    assert Invitation.objects.get(pk=asked.invitation_id).extra_seconds == 0


def test_granting_nothing_at_all_is_refused_beside_the_field(house, robot):
    asked = ask(house)

    answers = [
        robot.post(f"accommodations/{asked.pk}/grant/", body)
        for body in ({"minutes": 0}, {}, {"minutes": 1441})
    ]

    assert [(answer.status_code, list(answer.json())) for answer in answers] == [(400, ["minutes"])] * 3
    asked.refresh_from_db()
    assert asked.is_open


def test_request_that_was_answered_or_started_meanwhile_is_a_conflict(house, robot):
    answered, started = grant(ask(house)), ask(house)
    operations.start_attempt(invitation=started.invitation, consented=True, now=timezone.now())

    answers = [
        robot.post(f"accommodations/{asked.pk}/grant/", {"minutes": 20}) for asked in (answered, started)
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (409, "answered"),
        (409, "not_open"),
    ]
    assert list(Invitation.objects.filter(extra_seconds=1200)) == []


def test_case_83_api_token_scope_answering_takes_the_scope_of_inviting(house):
    asked = ask(house)
    path = f"accommodations/{asked.pk}/grant/"

    for robot in (
        program(house.recruiter, Scope.READ),
        program(house.recruiter, Scope.READ, Scope.CANDIDATES_WRITE),
    ):
        assert robot.get(f"accommodations/{asked.pk}/").status_code == 200
        assert robot.post(path, {"minutes": 5}).status_code == 403
        with pytest.raises(PermissionDenied):
            operations.grant_accommodation(
                request=asked, minutes=5, by=Actor.of_key(robot.key), now=timezone.now()
            )
    asked.refresh_from_db()
    assert asked.is_open


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
