"""Changing everybody who matches the filter of a list of results, on all its pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import ActorKind, Role
from accounts.models import Actor
from assessments import operations
from assessments.enums import InvitationState
from assessments.models import Assessment, Attempt, Invitation
from assessments.operations.changing import do_change
from assessments.queries import result_tables
from hiring.models import ApplicationAssessment
from outbox.models import Message, Work
from outbox.operations import run_due_work
from tests.factories.accounts import make_user
from tests.factories.assessments import make_attempt, make_finished, make_invitation, make_person
from tests.factories.hiring import SYSTEM, make_application, make_test_job
from tests.factories.hiring import invite as invite_application
from tests.factories.questions import NOW

pytestmark = pytest.mark.django_db


def change(client: Client, assessment: Assessment, name: str, query: str = "", **data: str):
    """Look at, or with `seen` and `token` confirm, a change of everybody in the results of a test."""
    listed = f"list=test&of={assessment.slug}&{query}"
    address = reverse("assessments:change-invitations", args=[name])
    return client.post(address, {"everyone": "1", "query": listed, **data})


def hidden(page: str) -> dict[str, str]:
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("seen", "token")}


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_everybody_who_matches_is_offered_beside_the_ticked_when_there_are_more_pages(
    recruiter, assessment, monkeypatch
) -> None:
    monkeypatch.setattr(result_tables, "PAGE_SIZE", 1)
    make_invitation(assessment, now=timezone.now())
    results = reverse("assessments:results", args=[assessment.slug])

    one = recruiter.get(results).content.decode()
    make_invitation(assessment, now=timezone.now())
    two = recruiter.get(results).content.decode()

    assert 'name="everyone"' not in one
    assert 'data-pick-everyone="2"' in two
    assert "All 2 people who match" in two


def test_everybody_below_the_line_is_void_after_a_look_at_number_and_filter(recruiter, assessment) -> None:
    for name, right in (("Low One", 1), ("Low Two", 2), ("High", 10)):
        make_finished(assessment, right=right, person=make_person(name))

    asked = change(recruiter, assessment, "void", "band=below&q=low")
    refused = change(recruiter, assessment, "void", "band=below&q=low", **hidden(asked.content.decode()))
    nothing_yet = Work.objects.count()
    response = change(
        recruiter,
        assessment,
        "void",
        "band=below&q=low",
        reason="Fire alarm",
        **hidden(asked.content.decode()),
    )
    run_due_work(now=timezone.now())

    assert "2 people, everybody who matches in the results of" in text_of(asked)
    assert "Name or email: “low”" in text_of(asked)
    assert "Result: Below the line" in text_of(asked)
    assert "Declare 2 attempts void" in text_of(asked)
    assert (refused.status_code, nothing_yet) == (200, 0)
    work = Work.objects.get()
    assert response.url == reverse("outbox:work", args=[work.public_id])
    assert work.result["counts"] == [["Declare attempts void", 2]]
    assert sorted(Attempt.objects.values_list("invitation__candidate__full_name", "state")) == [
        ("High", "submitted"),
        ("Low One", "void"),
        ("Low Two", "void"),
    ]
    assert work.arguments["terms"] == {"reason": ""}


def test_list_that_changed_since_the_look_is_said_and_asked_again(recruiter, assessment) -> None:
    make_finished(assessment, right=1, person=make_person("First"))
    seen = hidden(change(recruiter, assessment, "void", "band=below").content.decode())
    make_finished(assessment, right=1, person=make_person("Second"))

    again = change(recruiter, assessment, "void", "band=below", reason="Fire alarm", **seen)
    before = Work.objects.count()
    confirmed = change(
        recruiter, assessment, "void", "band=below", reason="Fire alarm", **hidden(again.content.decode())
    )

    assert "It had 1 person when you looked and has 2 now" in text_of(again)
    assert 'value="Fire alarm"' in again.content.decode()
    assert before == 0
    assert (confirmed.status_code, Work.objects.count()) == (302, 1)


def test_same_number_of_other_people_is_asked_again_too(recruiter, assessment) -> None:
    first = make_finished(assessment, right=1, person=make_person("First"))
    seen = hidden(change(recruiter, assessment, "void", "band=below").content.decode())
    operations.void_attempt(attempt=first, reason="By hand", by=SYSTEM, now=NOW)
    make_finished(assessment, right=1, person=make_person("Second"))

    again = change(recruiter, assessment, "void", "band=below", reason="Fire alarm", **seen)

    assert "The list has changed" in text_of(again)
    assert Work.objects.count() == 0


def test_pressed_twice_is_one_work_although_the_list_has_changed_by_the_first(recruiter, assessment) -> None:
    make_finished(assessment, right=1)
    seen = hidden(change(recruiter, assessment, "void", "band=below").content.decode())

    first = change(recruiter, assessment, "void", "band=below", reason="Fire alarm", **seen)
    run_due_work(now=timezone.now())
    second = change(recruiter, assessment, "void", "band=below", reason="Fire alarm", **seen)

    assert second.url == first.url
    assert Work.objects.count() == 1


def test_everybody_is_extended_and_who_is_not_theirs_is_left_alone(assessment, signed_in) -> None:
    job, theirs = make_test_job()
    other = invite_application(make_application(job), theirs, now=timezone.now())
    stranger = signed_in(make_user(Role.RECRUITER))
    until = timezone.localtime(timezone.now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    expired = make_invitation(assessment, now=NOW)

    page = change(stranger, assessment, "extend")
    change(stranger, assessment, "extend", expires_at=until, **hidden(page.content.decode()))
    foreign = change(stranger, theirs, "extend")
    run_due_work(now=timezone.now())

    expired.refresh_from_db()
    assert expired.state(None, now=timezone.now()) == InvitationState.INVITED
    assert "Nothing to do here" in text_of(foreign)
    assert Invitation.objects.get(pk=other.pk).expires_at == other.expires_at


def test_who_has_started_is_left_out_of_extending_and_counted(recruiter, assessment) -> None:
    now = timezone.now()
    waiting = make_invitation(assessment, person=make_person("Not Begun"), now=now)
    until = timezone.localtime(now + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    # One starts before the look, one after it.
    started, late = (make_invitation(assessment, now=now) for _ in range(2))
    make_attempt(invitation=started, now=now)

    page = change(recruiter, assessment, "extend")
    change(recruiter, assessment, "extend", expires_at=until, **hidden(page.content.decode()))
    make_attempt(invitation=late, now=now)
    run_due_work(now=timezone.now())

    assert "Extend 2 invitations" in text_of(page)
    assert "1 person has started already and keeps the time they have." in text_of(page)
    assert Work.objects.get().result["changed"] == 1
    extended = Invitation.objects.filter(expires_at__gt=now + timedelta(days=29))
    assert list(extended) == [waiting]


def test_list_that_is_none_is_404(recruiter, assessment) -> None:
    address = reverse("assessments:change-invitations", args=["void"])

    for query in ("", "list=test&of=nothing", "list=none&of=x"):
        assert recruiter.post(address, {"everyone": "1", "query": query}).status_code == 404


# Who asks and what they may, the test, the list (versions, skills, lines), the rows shown, the shell's notices.
QUERIES = 12


def test_look_at_everybody_costs_the_same_for_one_and_three(
    recruiter, assessment, django_assert_num_queries
) -> None:
    make_invitation(assessment, now=timezone.now())
    change(recruiter, assessment, "extend")

    with django_assert_num_queries(QUERIES):
        change(recruiter, assessment, "extend")
    make_invitation(assessment, now=timezone.now())
    make_invitation(assessment, now=timezone.now())
    with django_assert_num_queries(QUERIES):
        change(recruiter, assessment, "extend")


# --- Invite again ---


def test_people_without_an_application_are_invited_again_with_their_extra_time(recruiter, assessment) -> None:
    old = make_invitation(assessment, now=NOW, extra_seconds=600, extra_reason="Reads slowly")
    make_invitation(assessment, now=timezone.now())

    page = change(recruiter, assessment, "again")
    change(recruiter, assessment, "again", **hidden(page.content.decode()))
    run_due_work(now=timezone.now())

    assert "Invite 1 person again" in text_of(page)
    new = Invitation.objects.filter(candidate=old.candidate).latest("pk")
    assert (new.pk != old.pk, new.extra_seconds, new.extra_reason) == (True, 600, "Reads slowly")
    assert Invitation.objects.count() == 3
    assert Message.objects.filter(about_id=new.pk).count() == 1


def test_applicants_are_invited_again_for_their_application(signed_in) -> None:
    user = make_user(Role.RECRUITER)
    job, assessment = make_test_job(recruiter=user)
    old = invite_application(make_application(job), assessment)
    again = reverse("assessments:change-invitations", args=["again"])

    signed_in(user).post(again, {"ids": str(old.pk), "again_reason": ""})
    twice = signed_in(user).post(again, {"ids": str(old.pk), "again_reason": ""}, follow=True)

    new = Invitation.objects.latest("pk")
    assert (new.pk != old.pk, Invitation.objects.count()) == (True, 2)
    assert "This person has a newer invitation to the test." in twice.content.decode()
    assert ApplicationAssessment.objects.get(invitation=new).application == old.application_link.application


def test_retake_rule_leaves_people_out_until_somebody_says_why(recruiter, assessment) -> None:
    make_finished(assessment, right=3)

    page = change(recruiter, assessment, "again")
    change(recruiter, assessment, "again", **hidden(page.content.decode()))
    run_due_work(now=timezone.now())
    without = Invitation.objects.count()
    page_again = change(recruiter, assessment, "again")
    change(
        recruiter, assessment, "again", again_reason="The power failed", **hidden(page_again.content.decode())
    )
    run_due_work(now=timezone.now())

    assert "1 of them has taken the test before" in text_of(page)
    assert without == 1
    assert Work.objects.earliest("pk").result["counts"][1][1] == 1
    assert Invitation.objects.latest("pk").again_reason == "The power failed"


def test_f7_work_begun_again_after_a_kill_invites_and_mails_nobody_twice(recruiter, assessment) -> None:
    make_invitation(assessment, now=NOW)
    make_invitation(assessment, now=timezone.now())
    for name in ("again", "resend"):
        page = change(recruiter, assessment, name)
        change(recruiter, assessment, name, **hidden(page.content.decode()))
    counts = []
    for _ in range(2):
        for work in Work.objects.order_by("pk"):
            Work.objects.filter(pk=work.pk).update(tries=work.tries + 1)
            work.refresh_from_db()
            by = Actor(kind=ActorKind.USER, user=work.created_by)
            do_change(work, by, lambda done, total=None: None, now=timezone.now())
        counts.append((Invitation.objects.count(), Message.objects.count()))

    assert counts[0] == counts[1]
    assert counts[0][0] == 3
