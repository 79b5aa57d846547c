from __future__ import annotations

import json
import re
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
from assessments.exports import attempts
from assessments.models import AssessmentSection, Attempt, AttemptQuestion, DrawRule
from tests.factories.accounts import make_user
from tests.factories.assessments import (
    make_assessment,
    make_attempt,
    make_draft,
    make_finished,
    make_invitation,
    make_person,
    save,
)
from tests.factories.hiring import invite, make_application, make_test_job, sit
from tests.factories.questions import NOW, make_bank, make_question

pytestmark = pytest.mark.django_db


def address(attempt: Attempt, name: str = "attempt") -> str:
    return reverse(f"assessments:{name}", args=[attempt.pk])


def sign_in(*roles: Role) -> Client:
    client = Client()
    client.force_login(make_user(*roles))
    return client


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


def test_page_says_until_when_a_result_is_valid(recruiter) -> None:
    attempt = make_finished(make_assessment(questions=2, valid_days=30))

    page = recruiter.get(address(attempt)).content.decode()

    assert "Valid until" in page
    assert "no longer valid" in page


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
# Session, user, roles, permissions (2), organisation, signs, attempt, questions, skills of the questions, keys,
# answers, names of the skills, adjustments, late saves, scores, problems reported. How the sitting went: counts of
# what was noticed, quick answers, who was measured; questions, answers, events and time given for the timeline.
def test_page_costs_the_same_for_one_and_eight_questions(
    recruiter, questions, django_assert_num_queries
) -> None:
    attempt = make_finished(make_assessment(questions=questions))
    recruiter.get(address(attempt))

    with django_assert_num_queries(24):
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


# --- The list it was opened from --------------------------------------------------------------------------------


def turned(page: str) -> dict[str, str]:
    """The links to the person before and to the next one: which way, to whom."""
    links = re.findall(r'<a class="btn btn-small" rel="(prev|next)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return {way: re.sub(r"<span.*?</span>", "", words, flags=re.DOTALL).strip() for way, words in links}


def test_page_turns_to_the_neighbours_in_the_list_as_it_was_filtered_and_sorted(recruiter) -> None:
    assessment = make_assessment(questions=10)
    best, middle, worst = (
        make_finished(assessment, right=right, person=make_person(name))
        for right, name in ((9, "Best"), (7, "Middle"), (1, "Worst"))
    )
    make_invitation(assessment, person=make_person("Not started"))
    here = f"?list=test&of={assessment.slug}"

    def page(attempt: Attempt, query: str = "") -> str:
        return recruiter.get(f"{address(attempt)}{here}{query}").content.decode()

    assert turned(page(middle)) == {"prev": "Best", "next": "Worst"}
    assert turned(page(worst)) == {"prev": "Middle"}
    assert turned(page(middle, "&sort=score")) == {"prev": "Worst", "next": "Best"}
    assert turned(page(best, "&band=passed")) == {"next": "Middle"}
    assert "1 of 2" in page(best, "&band=passed")
    assert f"{address(middle)}?list=test&amp;of={assessment.slug}&amp;band=passed" in page(
        best, "&band=passed"
    )
    assert f'href="/admin/tests/{assessment.slug}/results/?band=passed"' in page(best, "&band=passed")
    assert "Not in the list any more" in page(worst, "&band=passed")


def test_page_turns_in_the_list_of_a_job_for_those_who_see_it() -> None:
    job, assessment = make_test_job(recruiter=(user := make_user(Role.RECRUITER)))
    for name, right in (("One", 9), ("Two", 8)):
        sit(invite(make_application(job, full_name=name), assessment), right=right)
    mine = Client()
    mine.force_login(user)
    first, _second = Attempt.objects.order_by("pk")

    assert turned(mine.get(f"{address(first)}?list=job&of={job.slug}").content.decode()) == {"next": "Two"}
    assert turned(mine.get(f"{address(first)}?list=job&of=unknown").content.decode()) == {}
    assert turned(mine.get(f"{address(first)}?list=%3Cscript%3E&of=x").content.decode()) == {}
    assert turned(mine.get(address(first)).content.decode()) == {}


def test_menu_marks_the_place_that_the_attempt_was_opened_from() -> None:
    job, assessment = make_test_job(recruiter=(user := make_user(Role.RECRUITER)))
    sit(invite(make_application(job, full_name="One"), assessment), right=9)
    mine = Client()
    mine.force_login(user)
    here = address(Attempt.objects.get())

    def marked(query: str) -> list[str]:
        page = mine.get(f"{here}{query}").content.decode()
        return re.findall(r'<a href="([^"]+)" class="[^"]* active"', page)

    assert marked(f"?list=test&of={assessment.slug}") == [reverse("admin:assessments_assessment_changelist")]
    assert marked(f"?list=job&of={job.slug}&band=passed") == [reverse("admin:hiring_job_changelist")]
    assert marked("?list=job&of=unknown") == [reverse("admin:assessments_invitation_changelist")]
    assert marked("") == [reverse("admin:assessments_invitation_changelist")]


def test_page_turns_to_nobody_whom_one_may_not_see(recruiter) -> None:
    job, assessment = make_test_job()
    sit(invite(make_application(job, full_name="Secret"), assessment), right=9)
    loose = make_finished(assessment, right=5)

    page = recruiter.get(f"{address(loose)}?list=test&of={assessment.slug}").content.decode()
    of_job = recruiter.get(f"{address(loose)}?list=job&of={job.slug}").content.decode()

    assert (turned(page), turned(of_job)) == ({}, {})
    assert "Secret" not in page + of_job


# --- What it says besides ---------------------------------------------------------------------------------------


def test_page_shows_changes_with_their_moments_and_the_time_in_sight(recruiter) -> None:
    attempt = make_attempt(make_assessment(questions=2))
    row = AttemptQuestion.objects.get(attempt=attempt, position=1)
    first, second = row.option_order.index("a"), row.option_order.index("b")
    save(attempt, 1, ["a"], now=NOW + timedelta(seconds=10))
    save(attempt, 1, [], base_version=1, now=NOW + timedelta(seconds=20))
    save(attempt, 1, ["b"], base_version=2, now=NOW + timedelta(seconds=75))
    AttemptQuestion.objects.filter(attempt=attempt, position=1).update(seconds=65)

    page = recruiter.get(address(attempt)).content.decode()

    [changes] = re.findall(r'<ol class="change-list">(.*?)</ol>', page, re.DOTALL)
    words = [re.sub(r"<[^>]*>", "", line).strip() for line in changes.split("</li>")][:-1]
    assert words == [
        f"09:00:10 UTC {'ABCD'[first]}",
        "09:00:20 UTC nothing chosen",
        f"09:01:15 UTC {'ABCD'[second]}",
    ]
    assert "Answered 3 times" in page
    assert "65 s in sight" in page
    assert page.count("time not measured") == 1


def test_page_of_a_test_of_several_parts_says_each_of_them(recruiter) -> None:
    assessment = make_draft(questions=2)
    draft = assessment.versions.get()
    section = AssessmentSection.objects.create(version=draft, position=2, title="Debugging")
    bank = make_bank()
    make_question(bank)
    DrawRule.objects.create(section=section, position=1, bank=bank, count=1)
    operations.publish_version(version=draft, by=Actor.system(), now=NOW)
    assessment.refresh_from_db()
    attempt = make_finished(assessment, right=2)

    page = recruiter.get(address(attempt)).content.decode()
    results = recruiter.get(f"/admin/tests/{assessment.slug}/results/").content.decode()

    assert re.findall(r'<h2 class="page-title part-title">([^<]*)', page) == ["Section 1", "Debugging"]
    assert re.search(r"<td>Debugging</td><td[^>]*>0 of 1</td><td[^>]*>0</td>", page)
    assert "Section 1 <b>100 %</b>" in results
    assert "Debugging <b>0 %</b>" in results


def test_extra_time_is_read_by_administrators_alone(recruiter) -> None:
    attempt = make_finished(invitation=make_invitation(extra_seconds=600))

    assert "Extra time" not in recruiter.get(address(attempt)).content.decode()
    assert "Extra time" in sign_in(Role.ADMINISTRATOR).get(address(attempt)).content.decode()


# --- The same as a file -----------------------------------------------------------------------------------------


def written(monkeypatch: pytest.MonkeyPatch, client: Client, attempt: Attempt) -> str:
    """What the PDF says, as the data that is set."""
    said: list[str] = []

    def keep(**document) -> bytes:
        said.append(json.dumps(document, ensure_ascii=False))
        return b"%PDF-"

    monkeypatch.setattr(attempts, "write_pdf", keep)
    client.get(address(attempt, "attempt-pdf"))
    return said[0]


def test_pdf_is_a_file_that_names_nobody(recruiter) -> None:
    attempt = make_finished(make_assessment(questions=2), person=make_person("Ada #panic() Sample"), right=1)

    response = recruiter.get(address(attempt, "attempt-pdf"))

    slug = attempt.invitation.version.assessment.slug
    assert response.content.startswith(b"%PDF-")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{slug}-{attempt.pk}.pdf"'


def test_pdf_says_what_the_page_says(recruiter, monkeypatch) -> None:
    attempt = make_finished(make_assessment(questions=2), person=make_person("Ada Sample"), right=1)

    said = written(monkeypatch, recruiter, attempt)

    assert "Ada Sample" in said
    assert "50 % ± " in said
    assert said.count('"chosen"') == 2
    assert said.count('"right"') - said.count('"align": ["", "right", "right"]') * 2 == 2


def test_every_moment_on_the_page_and_in_the_pdf_has_its_zone(recruiter, monkeypatch) -> None:
    attempt = make_attempt(make_assessment(questions=1))
    save(attempt, 1, ["a"], now=NOW + timedelta(seconds=10))
    save(attempt, 1, ["b"], base_version=1, now=NOW + timedelta(seconds=20))

    page = recruiter.get(address(attempt)).content.decode()
    said = written(monkeypatch, recruiter, attempt)

    for text in (re.sub(r'datetime="[^"]*"', "", page), said):
        moments = re.findall(r"\d\d:\d\d(?::\d\d)?[^:\d].{3}", text)
        assert len(moments) >= 4
        assert [moment for moment in moments if not moment.endswith("UTC")] == []


def test_pdf_holds_no_key_for_who_may_not_see_it(monkeypatch) -> None:
    user = make_user()
    attempt = make_finished(make_assessment(questions=2), invitation=None, by=Actor.of_user(user), right=1)
    client = Client()
    client.force_login(user)

    said = written(monkeypatch, client, attempt)

    assert said.count('"chosen"') == 2
    assert '{"text": "right"' not in said


def test_pdf_costs_as_many_statements_as_the_page(recruiter, django_assert_num_queries) -> None:
    attempt = make_finished(make_assessment(questions=3))
    recruiter.get(address(attempt, "attempt-pdf"))

    # Session, user, roles, attempt, questions, their skills, keys, answers, names of skills, adjustments, late saves,
    # organisation.
    with django_assert_num_queries(12):
        recruiter.get(address(attempt, "attempt-pdf"))


def test_an_attempt_is_paused_let_go_on_and_reopened_from_its_pages(recruiter) -> None:
    attempt = make_attempt(invitation=make_invitation(now=timezone.now()), now=timezone.now())

    recruiter.post(address(attempt, "pause"), {"reason": "Power cut"})
    paused = recruiter.get(address(attempt)).content.decode()
    recruiter.post(address(attempt, "resume"), {"reason": ""})
    without_reason = Attempt.objects.get().paused_at
    recruiter.post(address(attempt, "resume"), {"reason": "Power is back"})
    operations.submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=timezone.now())
    handed_in = recruiter.get(address(attempt)).content.decode()
    asked = recruiter.post(address(attempt, "reopen"), {"minutes": "10", "reason": ""})
    still = Attempt.objects.get().state
    recruiter.post(address(attempt, "reopen"), {"minutes": "10", "reason": "Pressed by mistake"})

    assert "Let it go on" in paused
    assert "Power cut" in paused
    assert without_reason is not None
    assert (address(attempt, "reopen") in handed_in, address(attempt, "pause") in handed_in) == (True, False)
    assert (asked.status_code, still) == (200, AttemptState.SUBMITTED)
    assert (Attempt.objects.get().state, Attempt.objects.get().sitting) == (AttemptState.IN_PROGRESS, 2)


@pytest.mark.parametrize("name", ["pause", "resume", "reopen"])
def test_steps_about_the_clock_are_refused_to_who_may_only_look(name) -> None:
    user = make_user()
    attempt = make_attempt(invitation=make_invitation(by=Actor.of_user(user)))
    client = Client()
    client.force_login(user)

    assert client.post(address(attempt, name), {"minutes": "5", "reason": "x"}).status_code == 403
    assert Attempt.objects.get().paused_at is None
