from __future__ import annotations

from datetime import timedelta
from time import process_time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor
from assessments import operations
from assessments.models import Attempt, TimeAdjustment
from assessments.operations import pause_attempt
from tests.factories.accounts import make_user
from tests.factories.assessments import (
    make_assessment,
    make_attempt,
    make_finished,
    make_invitation,
    make_person,
    save,
)

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
MINUTE = timedelta(minutes=1)


def running(assessment, name: str = "", *, ago: int = 0) -> Attempt:
    now = timezone.now() - ago * MINUTE
    return make_attempt(invitation=make_invitation(assessment, person=make_person(name), now=now), now=now)


def page(assessment, step: str = "", **started: str) -> str:
    names = [assessment.slug, step] if step else [assessment.slug]
    return reverse("assessments:everyone" if step else "assessments:running", args=names, query=started)


def local(moment) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_page_says_who_is_in_the_test_and_how_far(recruiter) -> None:
    assessment = make_assessment(questions=3, minutes=40)
    ada = running(assessment, "Ada Sample", ago=10)
    save(ada, 2, now=timezone.now())
    make_finished(assessment, person=make_person("Grace Done"))
    running(make_assessment(), "Somebody Elsewhere")

    text = recruiter.get(page(assessment)).content.decode()

    assert "Ada Sample" in text
    assert "1 of 3" in text
    assert "29 min" in text
    assert "Grace Done" not in text
    assert "Somebody Elsewhere" not in text


def test_page_says_who_is_paused_with_the_time_they_will_have(recruiter) -> None:
    assessment = make_assessment(minutes=40)
    attempt = running(assessment, ago=60 * 5)
    pause_attempt(attempt=attempt, reason="x", by=SYSTEM, now=attempt.started_at + 10 * MINUTE)

    text = recruiter.get(page(assessment)).content.decode()

    assert "30 min" in text
    assert "paused" in text


def test_everyone_is_paused_given_time_and_let_go_on_with_a_reason(recruiter) -> None:
    assessment = make_assessment(questions=1, minutes=40)
    first, second = running(assessment, "Ada Sample"), running(assessment)

    preview = recruiter.get(page(assessment, "pause")).content.decode()
    recruiter.post(page(assessment, "pause"), {"reason": ""})
    before = Attempt.objects.filter(paused_at=None).count()
    said = recruiter.post(page(assessment, "pause"), {"reason": "Power cut"}, follow=True).content.decode()
    paused = Attempt.objects.exclude(paused_at=None).count()
    recruiter.post(page(assessment, "time"), {"reason": "Power cut", "minutes": "5"})
    recruiter.post(page(assessment, "resume"), {"reason": ""})
    still = Attempt.objects.exclude(paused_at=None).count()
    recruiter.post(page(assessment, "resume"), {"reason": "Power is back"})

    assert "This reaches 2 people" in preview
    assert "Ada Sample" in preview
    assert (before, paused, still) == (2, 2, 2)
    assert "2 people are paused." in said
    for attempt in (first, second):
        after = Attempt.objects.get(pk=attempt.pk)
        assert after.paused_at is None
        assert timedelta() <= after.deadline_at - attempt.deadline_at - 5 * MINUTE < MINUTE
    reasons = TimeAdjustment.objects.filter(attempt=first).order_by("pk").values_list("kind", "reason")
    assert list(reasons) == [("pause", "Power cut"), ("given", "Power cut"), ("pause", "Power is back")]


def test_only_those_who_started_in_the_window_are_reached(recruiter) -> None:
    assessment = make_assessment(questions=1)
    early, late = running(assessment, "Early Bird", ago=30), running(assessment, "Late Riser", ago=5)
    since = local(timezone.now() - 10 * MINUTE)

    text = recruiter.get(page(assessment, started_from=since)).content.decode()
    preview = recruiter.get(page(assessment, "pause", started_from=since)).content.decode()
    recruiter.post(page(assessment, "pause", started_from=since), {"reason": "Power cut"})

    assert ("Early Bird" in text, "Late Riser" in text) == (False, True)
    assert f"?started_from={since.replace(':', '%3A')}" in text
    assert "This reaches 1 person" in preview
    assert Attempt.objects.get(pk=early.pk).paused_at is None
    assert Attempt.objects.get(pk=late.pk).paused_at is not None


def test_a_window_that_cannot_be_read_reaches_nobody(recruiter) -> None:
    assessment = make_assessment(questions=1)
    running(assessment)

    answer = recruiter.post(page(assessment, "pause", started_from="yesterday"), {"reason": "Power cut"})

    assert "cannot be read" in answer.content.decode()
    assert not Attempt.objects.exclude(paused_at=None).exists()


def test_people_whom_somebody_does_not_see_are_neither_shown_nor_reached() -> None:
    """Who invited somebody of no job sees that person, and nobody else in the test."""
    user = make_user(Role.QUESTION_AUTHOR)
    assessment = make_assessment(questions=1)
    running(assessment, "Hidden Person")
    make_attempt(
        invitation=make_invitation(
            assessment, person=make_person("Own Guest"), by=Actor.of_user(user), now=timezone.now()
        ),
        now=timezone.now(),
    )
    client = Client()
    client.force_login(user)

    text = client.get(page(assessment)).content.decode()
    refused = client.post(page(assessment, "pause"), {"reason": "x"})

    assert ("Own Guest" in text, "Hidden Person" in text) == (True, False)
    assert refused.status_code == 403
    assert not Attempt.objects.exclude(paused_at=None).exists()


def test_an_unknown_step_is_no_page(recruiter) -> None:
    assert recruiter.get(page(make_assessment(), "explode")).status_code == 404


def test_page_with_nobody_says_what_will_be_there(recruiter) -> None:
    assessment = make_assessment()

    assert "Nobody is in this test right now" in recruiter.get(page(assessment)).content.decode()
    assert "Nobody to do this for" in recruiter.get(page(assessment, "resume")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
# Session, user, roles, permissions (2), organisation, signs, the test, the attempts with how far each is.
def test_page_costs_the_same_for_one_and_three(recruiter, count, django_assert_num_queries) -> None:
    assessment = make_assessment(questions=2)
    for _ in range(count):
        running(assessment)
    recruiter.get(page(assessment))

    with django_assert_num_queries(9):
        recruiter.get(page(assessment))


@pytest.mark.parametrize("count", [1, 3])
# As the whole page, without the organisation and the signs that only its frame shows.
def test_looking_again_costs_the_same_for_one_and_three(recruiter, count, django_assert_num_queries) -> None:
    assessment = make_assessment(questions=2)
    for _ in range(count):
        running(assessment)
    recruiter.get(page(assessment))

    with django_assert_num_queries(7):
        text = recruiter.get(page(assessment), headers={"HX-Request": "true"}).content.decode()

    assert text.count("/admin/attempts/") == count
    assert "<form" not in text


@pytest.mark.stress
def test_500_people_are_paused_and_go_on_with_a_second_of_work_each() -> None:
    assessment = make_assessment(questions=1)
    ids = [running(assessment).pk for _ in range(500)]
    times = {}

    def measure(name, act, **arguments) -> None:
        began = process_time()
        assert act(attempt_ids=ids, by=SYSTEM, now=timezone.now(), **arguments) == 500
        times[name] = process_time() - began

    measure("pause", operations.pause_all, reason="Power cut")
    measure("time", operations.add_time_to_all, reason="Power cut", seconds=60)
    measure("resume", operations.resume_all, reason="Power is back")

    assert max(times.values()) < 1, times
