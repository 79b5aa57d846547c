from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor
from assessments import operations
from assessments.enums import AttemptState, SubmittedBy
from assessments.models import Attempt
from tests.factories.accounts import make_user
from tests.factories.assessments import (
    make_assessment,
    make_attempt,
    make_finished,
    make_invitation,
    make_person,
)
from tests.factories.questions import NOW, make_bank, make_question

pytestmark = pytest.mark.django_db


def address(attempt: Attempt, name: str = "attempt") -> str:
    return reverse(f"assessments:{name}", args=[attempt.pk])


def sign_in(*roles: Role) -> Client:
    client = Client()
    client.force_login(make_user(*roles))
    return client


@pytest.fixture
def recruiter() -> Client:
    return sign_in(Role.RECRUITER)


def test_page_shows_questions_answers_key_marks_and_score(recruiter) -> None:
    bank = make_bank()
    make_question(bank, stem="Which number is `2`?")
    attempt = make_finished(make_assessment(bank=bank, count=1), person=make_person("Ada Sample"), right=0)

    page = recruiter.get(address(attempt)).content.decode()

    assert "Ada Sample" in page
    assert "Which number is <code>2</code>?" in page
    assert "0 of 1" in page
    assert "Below the line" in page
    assert page.count(">chosen<") == 1
    assert page.count(">right<") == 1
    assert "Because." in page


def test_page_shows_error_band_skills_and_times(recruiter) -> None:
    attempt = make_finished(make_assessment(questions=10), right=6)

    page = recruiter.get(address(attempt)).content.decode()

    assert "60 %" in page
    assert "± 16 percent points" in page
    assert "Passed" in page
    assert "6 of 10" in page
    assert "The candidate" in page


def test_page_hides_the_key_from_who_may_not_see_it() -> None:
    """Somebody without a role who invited a person of no job sees the attempt, but not what is right."""
    user = make_user()
    invitation = make_invitation(by=Actor.of_user(user))
    attempt = make_finished(invitation=invitation, right=1)
    client = Client()
    client.force_login(user)

    page = client.get(address(attempt)).content.decode()

    assert "chosen" in page
    assert ">right<" not in page
    assert "Because." not in page


def test_page_without_keys_loads_none(recruiter) -> None:
    user = make_user()
    attempt = make_finished(invitation=make_invitation(by=Actor.of_user(user)))
    client = Client()
    client.force_login(user)

    with CaptureQueriesContext(connection) as captured:
        client.get(address(attempt))
    with CaptureQueriesContext(connection) as with_keys:
        recruiter.get(address(attempt))

    assert not any("answerkey" in query["sql"] for query in captured)
    assert sum("answerkey" in query["sql"] for query in with_keys) == 1


@pytest.mark.parametrize("roles", [(Role.QUESTION_AUTHOR,), (Role.ANALYST,), ()])
def test_page_is_404_for_who_may_not_see_the_person(roles) -> None:
    attempt = make_finished()

    assert sign_in(*roles).get(address(attempt)).status_code == 404


@pytest.mark.parametrize("name", ["attempt", "add-time", "void"])
def test_pages_send_outsiders_to_sign_in(client, name) -> None:
    response = client.get(address(make_attempt(), name))

    assert (response.status_code, response.url.startswith("/accounts/login/")) == (302, True)


@pytest.mark.parametrize("questions", [1, 8])
# Session, user, roles, permissions (2), organisation, signs, attempt, questions, skills of the questions, keys, names
# of the skills, adjustments, late saves.
def test_page_costs_the_same_for_one_and_eight_questions(
    recruiter, questions, django_assert_num_queries
) -> None:
    attempt = make_finished(make_assessment(questions=questions))
    recruiter.get(address(attempt))

    with django_assert_num_queries(14):
        recruiter.get(address(attempt))


def test_page_of_a_running_a_late_and_a_void_attempt_answers(recruiter) -> None:
    assessment = make_assessment()
    running, late, void = (make_attempt(assessment) for _ in range(3))
    operations.submit_attempt(
        attempt_id=late.pk, submitted_by=SubmittedBy.DEADLINE, now=late.deadline_at + timedelta(minutes=1)
    )
    operations.void_attempt(attempt=void, reason="Somebody else took it", by=Actor.system(), now=NOW)

    pages = [recruiter.get(address(attempt)).content.decode() for attempt in (running, late, void)]

    assert "In progress" in pages[0]
    assert "Time was over" in pages[1]
    assert "Somebody else took it" in pages[2]


def test_time_is_given_from_its_page(recruiter) -> None:
    attempt = make_attempt(invitation=make_invitation(now=timezone.now()), now=timezone.now())

    asked = recruiter.get(address(attempt, "add-time"))
    recruiter.post(address(attempt, "add-time"), {"minutes": "10", "reason": "Fire alarm"})

    assert asked.status_code == 200
    longer = Attempt.objects.get(pk=attempt.pk)
    assert longer.deadline_at == attempt.deadline_at + timedelta(minutes=10)
    assert "Fire alarm" in recruiter.get(address(attempt)).content.decode()


@pytest.mark.parametrize("minutes", ["0", "-5", "x", "100000"])
def test_time_that_makes_no_sense_is_refused_with_the_reason_kept(recruiter, minutes) -> None:
    attempt = make_attempt()

    response = recruiter.post(address(attempt, "add-time"), {"minutes": minutes, "reason": "My words"})

    assert response.status_code == 200
    assert "My words" in response.content.decode()
    assert Attempt.objects.get().deadline_at == attempt.deadline_at


def test_time_for_an_attempt_that_is_over_is_refused_in_words(recruiter) -> None:
    attempt = make_finished()

    response = recruiter.post(
        address(attempt, "add-time"), {"minutes": "5", "reason": "Fire alarm"}, follow=True
    )

    assert "This attempt is over" in response.content.decode()


def test_void_asks_for_a_reason_first(recruiter) -> None:
    attempt = make_finished()

    recruiter.post(address(attempt, "void"), {"reason": ""})
    before = Attempt.objects.get().state
    recruiter.post(address(attempt, "void"), {"reason": "Wrong person"})

    assert before == AttemptState.SUBMITTED
    assert (Attempt.objects.get().state, Attempt.objects.get().void_reason) == (
        AttemptState.VOID,
        "Wrong person",
    )


@pytest.mark.parametrize("name", ["add-time", "void"])
def test_steps_are_refused_to_who_may_only_look(name) -> None:
    user = make_user()
    attempt = make_attempt(invitation=make_invitation(by=Actor.of_user(user)))
    client = Client()
    client.force_login(user)

    assert client.get(address(attempt)).status_code == 200
    assert client.get(address(attempt, name)).status_code == 403
    assert client.post(address(attempt, name), {"minutes": "5", "reason": "x"}).status_code == 403
    assert Attempt.objects.get().state == AttemptState.IN_PROGRESS
