"""The page of an application and of a person: what they show, and what is decided there."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone
from django.utils.html import strip_tags

from assessments.enums import InvitationState
from assessments.operations import reopen_attempt, void_attempt
from candidates.enums import NoteAudience
from candidates.models import Note
from hiring.enums import ApplicationStatus, TestOutcome
from hiring.models import Application
from hiring.operations import apply_score
from hiring.rules import job_scope
from outbox.models import Message
from tests.factories.candidates import make_consent, make_note
from tests.factories.documents import make_document_of
from tests.factories.hiring import SYSTEM, invite, make_application, move, set_status, stages
from tests.hiring.pages.house import House, SignIn, with_result


def _page(house: House) -> str:
    return f"/admin/applications/{house.application.public_id}/"


def test_application_page_tells_the_story_with_result_and_mail(house: House, sign_in: SignIn) -> None:
    application = with_result(house, right=6)
    make_note(application.candidate, "Spoke well on the phone.")

    page = sign_in(house.recruiter).get(f"/admin/applications/{application.public_id}/").content.decode()

    assert "Moved from “Applied” to “Test”" in page
    assert f"Invited to the test “{house.assessment.name}”" in page
    assert "60 %" in page
    assert "Queued" in page
    assert "Spoke well on the phone." in page


def test_application_page_tells_what_was_sent_and_agreed_to_for_it_alone(
    house: House, sign_in: SignIn
) -> None:
    candidate = house.application.candidate
    make_document_of(house.application, filename="ada-resume.pdf")
    make_document_of(house.application, filename="reference.pdf", kind="other", added_by=house.recruiter)
    make_consent(candidate, about="hiring.application", about_id=house.application.pk)
    make_consent(candidate, about="hiring.application", about_id=house.other_application.pk)

    page = sign_in(house.recruiter).get(_page(house)).content.decode()

    story = page[page.index('id="story-title"') :]
    assert "Document sent:" in story
    assert "ada-resume.pdf" in story
    assert "Document added:" in story
    assert story.count("Agreed: ") == 1


def test_application_page_void_attempt_says_why_it_stayed(house: House, sign_in: SignIn) -> None:
    application = with_result(house, right=1)
    attempt = application.assessments.get().invitation.attempts.get()
    void_attempt(attempt=attempt, reason="Two people sat together", by=SYSTEM, now=timezone.now())
    apply_score(attempt_id=attempt.pk, now=timezone.now())

    page = sign_in(house.recruiter).get(f"/admin/applications/{application.public_id}/").content.decode()

    assert "No valid result" in page
    assert "The attempt was declared void." in page


def test_pages_say_reopened_in_place_of_a_mark_that_is_in_force_no_more(
    house: House, sign_in: SignIn
) -> None:
    application = with_result(house, right=1)
    attempt = application.assessments.get().invitation.attempts.get()
    addresses = (f"/admin/applications/{application.public_id}/", f"/admin/jobs/{house.job.slug}/")
    client = sign_in(house.recruiter)
    before = [client.get(address).content.decode() for address in addresses]

    reopen_attempt(attempt=attempt, minutes=10, reason="Power cut", by=SYSTEM, now=timezone.now())
    apply_score(attempt_id=attempt.pk, now=timezone.now())
    after = [client.get(address).content.decode() for address in addresses]

    mark = '<span class="score">10 %'
    assert all(mark in page for page in before)
    assert all("Reopened" in page and mark not in page for page in after)


def test_move_to_next_stage(house: House, sign_in: SignIn) -> None:
    response = sign_in(house.recruiter).post(
        f"{_page(house)}move/", {"stage": stages(house.job)["Test"].pk, "version": 1}, follow=True
    )

    house.application.refresh_from_db()
    assert house.application.stage.name == "Test"
    assert "Nora Known is at “Test” now." in response.content.decode()


def test_move_after_somebody_else_moved_tells_what_happened(house: House, sign_in: SignIn) -> None:
    from accounts.models import Actor

    move(house.application, "Interview", by=Actor.of_user(house.administrator), now=timezone.now())

    page = sign_in(house.recruiter).post(
        f"{_page(house)}move/", {"stage": stages(house.job)["Test"].pk, "version": 1}, follow=True
    )

    house.application.refresh_from_db()
    assert house.application.stage.name == "Interview"
    assert "was moved to “Interview” by" in page.content.decode()
    assert house.administrator.full_name in page.content.decode()


def test_move_forged_to_a_stage_of_another_job_is_refused(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.administrator).post(
        f"{_page(house)}move/", {"stage": stages(house.other_job)["Offer"].pk, "version": 1}, follow=True
    )

    house.application.refresh_from_db()
    assert house.application.stage.name == "Applied"
    assert "Choose a stage of this job" in page.content.decode()


def test_status_on_hold_and_back(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    client.post(f"{_page(house)}status/", {"status": "on_hold", "version": 1, "comment": "Back in May"})
    held = Application.objects.get(pk=house.application.pk)
    client.post(f"{_page(house)}status/", {"status": "active", "version": held.version})

    house.application.refresh_from_db()
    assert held.status == ApplicationStatus.ON_HOLD
    assert house.application.status == ApplicationStatus.ACTIVE
    assert "Back in May" in client.get(_page(house)).content.decode()


def test_status_rejected_needs_the_page_with_the_reason(house: House, sign_in: SignIn) -> None:
    sign_in(house.recruiter).post(f"{_page(house)}status/", {"status": "rejected", "version": 1})

    house.application.refresh_from_db()
    assert house.application.status == ApplicationStatus.ACTIVE


def test_status_hired_before_the_last_stage_says_what_to_do(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.recruiter).post(
        f"{_page(house)}status/", {"status": "hired", "version": 1}, follow=True
    )

    assert "the last stage of this job" in page.content.decode()


def test_note_saved_and_empty_note_refused(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.manager)

    client.post(f"{_page(house)}note/", {"body": "Good answers", "audience": "team"})
    page = client.post(f"{_page(house)}note/", {"body": " ", "audience": "team"}).content.decode()

    assert Note.objects.get().body == "Good answers"
    assert 'href="#id_body"' in page


def test_note_for_recruiters_is_hidden_from_the_manager(house: House, sign_in: SignIn) -> None:
    make_note(house.application.candidate, "Asks for a lot", audience=NoteAudience.RECRUITERS)

    assert "Asks for a lot" in sign_in(house.recruiter).get(_page(house)).content.decode()
    assert "Asks for a lot" not in sign_in(house.manager).get(_page(house)).content.decode()


def test_tags_saved(house: House, sign_in: SignIn) -> None:
    sign_in(house.recruiter).post(f"{_page(house)}tags/", {"tags": "flask, remote, flask"})

    assert sorted(house.application.candidate.tags.values_list("name", flat=True)) == ["flask", "remote"]


def test_other_applications_show_only_what_the_viewer_sees(house: House, sign_in: SignIn) -> None:
    make_application(house.other_job, full_name="Nora Known", email="nora@example.com")
    person = f"/admin/people/{house.application.candidate.public_id}/"

    for address in (_page(house), person):
        assert "Secret project" not in sign_in(house.recruiter).get(address).content.decode()
        assert "Secret project" in sign_in(house.administrator).get(address).content.decode()


def test_person_page_merged_person_leads_to_the_one_kept(house: House, sign_in: SignIn) -> None:
    from accounts.models import Actor
    from candidates.operations import merge_people

    double = make_application(house.other_job, full_name="Nora K.").candidate
    merge_people(
        kept=house.application.candidate,
        merged=double,
        by=Actor.of_user(house.administrator),
        now=timezone.now(),
    )

    response = sign_in(house.administrator).get(f"/admin/people/{double.public_id}/")

    assert response["Location"] == f"/admin/people/{house.application.candidate.public_id}/"


def test_application_page_query_count(house: House, sign_in: SignIn, django_assert_num_queries) -> None:
    client = sign_in(house.recruiter)
    application = with_result(house, right=6)
    address = f"/admin/applications/{application.public_id}/"
    make_note(application.candidate)

    # The person and their roles (3), the application, may manage (1), stages; tests (3), for the pill above and for
    # the story; skills, moves, mail, replies, agreements, notes with whom they tell (2), whom one can tell,
    # answers, documents, what stages did, addresses, links, who may be the same, tags, others; interviews,
    # recommendations; organisation, signs with what is unread.
    with django_assert_num_queries(QUERIES):
        client.get(address)
    make_note(application.candidate)
    set_status(application, ApplicationStatus.ON_HOLD)
    set_status(application, ApplicationStatus.ACTIVE)
    with django_assert_num_queries(QUERIES):
        client.get(address)


QUERIES = 30


def test_changelists_lead_to_own_pages(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    application = client.get(f"/admin/hiring/application/{house.application.pk}/change/")
    job = client.get(f"/admin/hiring/job/{house.job.pk}/change/")
    theirs = client.get(f"/admin/hiring/application/{house.other_application.pk}/change/")
    new = client.get("/admin/hiring/job/add/")

    assert application["Location"] == f"{_page(house)}?list=applications"
    assert job["Location"] == "/admin/jobs/backend/"
    assert theirs["Location"] == "/admin/"
    assert new["Location"] == "/admin/new-job/"


def test_application_changelist_query_count(house: House, sign_in: SignIn, django_assert_num_queries) -> None:
    client = sign_in(house.recruiter)
    with_result(house, right=6)

    # The person, roles (2), permissions (2), jobs of the filter, may mail, count, rows, their tests (3), organisation,
    # signs.
    with django_assert_num_queries(14):
        client.get("/admin/hiring/application/")
    with_result(house, right=6)
    make_application(house.job)
    with django_assert_num_queries(14):
        client.get("/admin/hiring/application/")


def test_application_changelist_says_where_a_test_without_a_result_stands(
    house: House, sign_in: SignIn
) -> None:
    invite(house.application, house.assessment, now=timezone.now() - timedelta(days=60))
    with_result(house, right=10)

    page = sign_in(house.recruiter).get("/admin/hiring/application/").content.decode()

    cells = re.findall(r"field-test[^>]*>(.*?)</td>", page, re.DOTALL)
    words = {" ".join(strip_tags(cell).split()) for cell in cells}
    assert words == {str(InvitationState.EXPIRED.label), f"100 % {TestOutcome.PASSED.label}"}


def test_rejection_reason_twice_is_refused_at_its_field(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    first = client.post("/admin/hiring/rejectionreason/add/", {"name": "Moved abroad", "is_active": "on"})
    second = client.post("/admin/hiring/rejectionreason/add/", {"name": "moved abroad", "is_active": "on"})

    assert first.status_code == 302
    assert "There is a reason with these words already." in second.content.decode()


def test_story_of_two_thousand_lines_is_shown_in_parts_at_the_same_statements(
    house: House, sign_in: SignIn, django_assert_num_queries
) -> None:
    client = sign_in(house.recruiter)
    application = with_result(house, right=6)
    address = f"/admin/applications/{application.public_id}/"
    now = timezone.now()
    notes = [
        Note(candidate=application.candidate, body=f"Note {n}.", created_at=now - timedelta(minutes=n))
        for n in range(1_000)
    ]
    Note.objects.bulk_create(notes)
    mails = [
        Message(
            intent=f"story:{n}",
            kind="letter",
            audience="candidate",
            to_address="nora@example.org",
            subject=f"Letter {n}",
            about="hiring.application",
            about_id=application.pk,
            scope=job_scope(application.job_id),
            created_at=now - timedelta(minutes=n, seconds=30),
            due_at=now,
            state="sent",
        )
        for n in range(1_000)
    ]
    Message.objects.bulk_create(mails)

    with django_assert_num_queries(QUERIES):
        newest = client.get(address).content.decode()
    with django_assert_num_queries(QUERIES):
        second = client.get(f"{address}?story=2").content.decode()
    last = client.get(f"{address}?story=21").content.decode()
    nonsense = client.get(f"{address}?story=x").content.decode()

    def shown(page: str) -> tuple[list[int], int]:
        story = page.partition('id="story-title"')[2].partition("</ol>")[0]
        return [int(n) for n in re.findall(r"Note (\d+)\.", story)], story.count("<li>")

    assert shown(newest) == (list(range(50)), 100)
    assert shown(second) == (list(range(50, 100)), 100)
    assert "Note 999." in client.get(f"{address}?story=20").content.decode()
    assert shown(nonsense) == shown(newest)
    assert 'href="?story=2#story-title">What happened before' in newest
    assert "What happened later" not in newest
    assert 'href="?story=1#story-title">What happened later' in second
    assert "What happened before" not in last
