"""Openings, hiring, closing, mail that waits, undoing, many statuses, applying again: what the pages do and say."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Invitation
from hiring.enums import ApplicationStatus, ClosingReason, JobStatus
from hiring.models import Application, Job, Opening, RejectionReason
from hiring.operations import add_openings, close_job
from outbox.enums import MessageState
from outbox.models import Message, Work
from outbox.operations import run_due_work
from rendering.moments import exact_time
from tests.factories.hiring import SYSTEM, invite, make_application, move, set_status
from tests.hiring.pages.house import House, SignIn

JOB = "/admin/jobs/backend/"
CLOSE, REJECT, HOLD = (f"{JOB}{verb}/" for verb in ("close", "reject", "hold"))


def page_of(application: Application) -> str:
    return f"/admin/applications/{application.public_id}/"


def confirm(client: Client, address: str, preview: str, **fields: object) -> None:
    hidden = dict(re.findall(r'<input type="hidden" name="(ids|token)" value="([^"]*)"', preview))
    assert set(hidden) == {"ids", "token"}
    client.post(address, {**hidden, "confirm": "1", **fields})
    run_due_work(now=timezone.now() + timedelta(seconds=1))


def leave_openings(house: House, count: int) -> None:
    Opening.objects.filter(job=house.job, number__gt=count).delete()


# --- Openings and hiring ---------------------------------------------------------------------------------------


def test_openings_added_and_closed_on_the_page_of_the_job(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    leave_openings(house, 1)

    added = client.post(f"{JOB}openings/", {"count": "2"}, follow=True).content.decode()
    closed = client.post(
        f"{JOB}openings/", {"close": "1", "number": "3", "reason": "cancelled"}, follow=True
    ).content.decode()

    assert "2 openings were added." in added
    assert "Opening 3 is closed." in closed
    assert "closed: Cancelled" in closed
    assert Opening.objects.filter(job=house.job, closed_at=None).count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"count": "51"}, "How many more: "),
        ({"count": "many"}, "How many more: "),
        ({"close": "1", "number": "1", "reason": "filled"}, "Why: "),
    ],
)
def test_openings_that_cannot_be_are_refused_with_words(
    house: House, sign_in: SignIn, fields: dict[str, str], words: str
) -> None:
    before = Opening.objects.filter(job=house.job, closed_at=None).count()

    page = sign_in(house.recruiter).post(f"{JOB}openings/", fields, follow=True).content.decode()

    assert words in page
    assert Opening.objects.filter(job=house.job, closed_at=None).count() == before


def test_openings_show_who_fills_them_to_those_who_see_people_alone(house: House, sign_in: SignIn) -> None:
    set_status(move(house.application, "Interview"), ApplicationStatus.HIRED)

    manager = sign_in(house.manager).get(JOB).content.decode()
    interviewer = sign_in(house.interviewer).get(JOB).content.decode()

    assert "filled by" in manager
    assert "Nora Known" in manager
    assert "Nora Known" not in interviewer
    assert "Add openings" not in manager


def test_openings_of_long_ago_are_a_number_beside_the_free_and_the_last_ones(
    house: House, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hiring.views.openings._DONE", 1)
    leave_openings(house, 4)
    done = Opening.objects.filter(job=house.job, number__in=(1, 3))
    done.update(closed_at=timezone.now(), close_reason="cancelled")

    manager = sign_in(house.manager).get(JOB).content.decode()

    assert [number for number in range(1, 5) if f"Opening {number}:" in manager] == [2, 3, 4]
    assert "1 earlier opening, filled or closed" in manager


def test_hiring_says_which_opening_it_fills_and_leads_to_the_person(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    application = move(house.application, "Interview")
    address = f"{page_of(application)}hire/"

    before = client.get(address).content.decode()
    response = client.post(address, {"version": application.version, "comment": "Ask for May"})

    application.refresh_from_db()
    assert "Fills opening 1 of “Backend engineer”." in before
    assert application.status == ApplicationStatus.HIRED
    assert application.transitions.get(number=3).comment == "Ask for May"
    assert response["Location"].startswith(page_of(application))


def test_hiring_for_the_last_opening_closes_the_job_and_asks_about_the_others(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    leave_openings(house, 1)
    other = make_application(house.job)
    application = move(house.application, "Interview")

    before = client.get(f"{page_of(application)}hire/").content.decode()
    response = client.post(f"{page_of(application)}hire/", {"version": application.version}, follow=True)

    house.job.refresh_from_db()
    page = response.content.decode()
    assert "the last that is free" in before
    assert response.redirect_chain == [(CLOSE, 302)]
    assert (house.job.status, house.job.closing_reason) == (JobStatus.CLOSED, ClosingReason.FILLED)
    assert "1 person is still in it" in page
    assert "Reject 1 person…" in page
    other.refresh_from_db()
    assert other.status == ApplicationStatus.ACTIVE


def test_hiring_without_an_opening_says_what_to_do(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    leave_openings(house, 0)
    application = move(house.application, "Interview")

    shown = client.get(f"{page_of(application)}hire/").content.decode()
    pressed = client.post(f"{page_of(application)}hire/", {"version": application.version}).content.decode()

    assert "has no free opening" in shown
    assert "Add one on the page of the job" in pressed
    application.refresh_from_db()
    assert application.status == ApplicationStatus.ACTIVE


def test_hiring_from_an_old_page_tells_what_happened(house: House, sign_in: SignIn) -> None:
    application = move(house.application, "Interview")

    page = sign_in(house.recruiter).post(f"{page_of(application)}hire/", {"version": 1}).content.decode()

    assert "was moved to “Interview”" in page
    application.refresh_from_db()
    assert application.status == ApplicationStatus.ACTIVE


def test_restoring_who_was_hired_says_that_the_opening_is_free(house: House, sign_in: SignIn) -> None:
    leave_openings(house, 1)
    hired = set_status(move(house.application, "Interview"), ApplicationStatus.HIRED)

    page = sign_in(house.recruiter).post(
        f"{page_of(hired)}status/", {"status": "active", "version": hired.version}, follow=True
    )

    assert "Their opening is free again. The job stays closed" in page.content.decode()
    assert Opening.objects.get(job=house.job).filled_by is None


# --- Closing ---------------------------------------------------------------------------------------------------


def test_closing_shows_who_is_in_it_and_asks_about_them_afterwards(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    set_status(make_application(house.job), ApplicationStatus.ON_HOLD)
    invitation = invite(house.application, house.assessment, now=timezone.now())

    before = client.get(CLOSE).content.decode()
    response = client.post(
        CLOSE,
        {"reason": "cancelled", "comment": "No budget", "withdraw_invitations": "on"},
        follow=True,
    )
    run_due_work(now=timezone.now() + timedelta(seconds=1))

    page = response.content.decode()
    invitation.refresh_from_db()
    assert "2 people are still in it" in before
    assert "1 active" in before
    assert "1 on hold" in before
    assert "1 invitation can still be started." in before
    assert response.redirect_chain == [(CLOSE, 302)]
    assert "Reject 2 people…" in page
    assert Job.objects.get(pk=house.job.pk).closing_comment == "No budget"
    assert invitation.revoked_at is not None
    assert set(Application.objects.filter(job=house.job).values_list("status", flat=True)) == {
        "active",
        "on_hold",
    }


def test_closing_without_a_reason_keeps_what_was_typed(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.recruiter).post(CLOSE, {"reason": "", "comment": "No budget"}).content.decode()

    assert 'href="#id_reason"' in page
    assert "No budget" in page
    assert Job.objects.get(pk=house.job.pk).status == JobStatus.OPEN


def test_the_others_go_on_to_the_page_that_rejects_with_everybody_chosen(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    set_status(make_application(house.job, full_name="Hal Held"), ApplicationStatus.ON_HOLD)
    close_job(job=house.job, reason="cancelled", by=SYSTEM, now=timezone.now())
    asked = client.get(CLOSE).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(everyone|query)" value="([^"]*)"', asked))

    page = client.post(REJECT, {"everyone": "1", "query": "status=live"}).content.decode()

    assert f'action="{REJECT}"' in asked
    assert set(hidden) == {"everyone", "query"}
    assert "2 people will be rejected" in page
    assert "Hal Held" in page
    assert "Nora Known" in page


def test_the_others_are_kept_and_their_invitations_withdrawn_if_wished(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    invite(house.application, house.assessment, now=timezone.now())
    close_job(job=house.job, reason="filled", by=SYSTEM, now=timezone.now())

    client.post(CLOSE, {})
    left = Work.objects.count()
    client.post(CLOSE, {"withdraw_invitations": "on"})
    run_due_work(now=timezone.now() + timedelta(seconds=1))

    assert left == 0
    assert Invitation.objects.exclude(revoked_at=None).count() == 1
    house.application.refresh_from_db()
    assert house.application.status == ApplicationStatus.ACTIVE


def test_a_closed_job_that_nobody_is_in_asks_nothing(house: House, sign_in: SignIn) -> None:
    set_status(house.application, ApplicationStatus.WITHDRAWN)
    close_job(job=house.job, reason="cancelled", by=SYSTEM, now=timezone.now())

    response = sign_in(house.recruiter).get(CLOSE, follow=True)

    assert response.redirect_chain == [(JOB, 302)]


# --- Mail that waits -------------------------------------------------------------------------------------------


def reject(client: Client, application: Application, **fields: object) -> None:
    preview = client.post(REJECT, {"ids": [application.public_id]}).content.decode()
    reason = RejectionReason.objects.order_by("pk").first()
    assert reason is not None
    confirm(client, REJECT, preview, reason=reason.pk, **fields)


def test_rejection_mailed_later_stands_on_the_page_and_is_cancelled_there(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    reject(client, house.application, tell="later", days="3")
    mail = Message.objects.get(kind="rejection")

    page = client.get(page_of(house.application)).content.decode()
    seen = sign_in(house.manager).get(page_of(house.application)).content.decode()
    cancelled = client.post(f"{page_of(house.application)}mail/{mail.public_id}/cancel/", follow=True)
    again = client.post(f"{page_of(house.application)}mail/{mail.public_id}/cancel/", follow=True)

    mail.refresh_from_db()
    assert timedelta(days=2, hours=23) < mail.due_at - timezone.now() <= timedelta(days=3)
    # The moment, and not "in 2 days" a second after three were chosen.
    assert f"Goes out at {exact_time(mail.due_at)}." in page
    assert "Cancel the mail" in page
    assert "Cancel the mail" not in seen
    assert "It does not go out." in cancelled.content.decode()
    assert "not waiting any more" in again.content.decode()
    assert mail.state == MessageState.CANCELLED


def test_restoring_says_that_the_waiting_mail_is_cancelled(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    reject(client, house.application, tell="later", days="30")
    house.application.refresh_from_db()

    page = client.post(
        f"{page_of(house.application)}status/",
        {"status": "active", "version": house.application.version},
        follow=True,
    ).content.decode()

    assert "The rejection mail that waited is cancelled." in page
    assert Message.objects.get(kind="rejection").state == MessageState.CANCELLED


def test_rejection_without_mail_writes_to_nobody(house: House, sign_in: SignIn) -> None:
    reject(sign_in(house.recruiter), house.application, tell="never")

    house.application.refresh_from_db()
    assert house.application.status == ApplicationStatus.REJECTED
    assert not Message.objects.filter(kind="rejection").exists()


@pytest.mark.parametrize(
    ("days", "words"), [("", "Say in how many days"), ("0", "between 1 and 30"), ("31", "between 1 and 30")]
)
def test_rejection_mail_later_needs_days_that_can_be(
    house: House, sign_in: SignIn, days: str, words: str
) -> None:
    client = sign_in(house.recruiter)
    preview = client.post(REJECT, {"ids": [house.application.public_id]}).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(ids|token)" value="([^"]*)"', preview))
    reason = RejectionReason.objects.order_by("pk").first()
    assert reason is not None

    page = client.post(
        REJECT, {**hidden, "confirm": "1", "reason": reason.pk, "tell": "later", "days": days}
    ).content.decode()

    assert words in page
    assert 'href="#id_days"' in page
    assert not Work.objects.exists()


def test_mail_of_another_application_is_not_cancelled_from_here(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.administrator)
    invitation = invite(house.application, house.assessment, now=timezone.now())
    mail = Message.objects.get(about_id=invitation.pk, kind="test_invitation")

    answer = client.post(f"{page_of(house.other_application)}mail/{mail.public_id}/cancel/")

    assert answer.status_code == 404
    mail.refresh_from_db()
    assert mail.state == MessageState.QUEUED


# --- What becomes of invitations -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["on_hold", "withdrawn"])
def test_status_shows_and_withdraws_open_invitations(house: House, sign_in: SignIn, status: str) -> None:
    client = sign_in(house.recruiter)
    invitation = invite(house.application, house.assessment, now=timezone.now())
    house.application.refresh_from_db()

    page = client.get(page_of(house.application)).content.decode()
    client.post(
        f"{page_of(house.application)}status/",
        {"status": status, "version": house.application.version, "withdraw_invitations": "on"},
    )

    invitation.refresh_from_db()
    assert "1 invitation can still be started." in page
    assert invitation.revoked_at is not None


def test_hiring_shows_and_withdraws_open_invitations(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    invitation = invite(house.application, house.assessment, now=timezone.now())
    application = move(house.application, "Interview")

    page = client.get(f"{page_of(application)}hire/").content.decode()
    client.post(
        f"{page_of(application)}hire/", {"version": application.version, "withdraw_invitations": "on"}
    )

    invitation.refresh_from_db()
    assert "1 invitation can still be started." in page
    assert invitation.revoked_at is not None


# --- Undoing ---------------------------------------------------------------------------------------------------


def test_a_move_offers_to_be_undone_and_a_press_does_it(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    stage = house.application.stage
    moved = client.post(
        f"{page_of(house.application)}move/",
        {"stage": house.job.stages.get(name="Test").pk, "version": 1},
        follow=True,
    )

    undone = client.post(f"{page_of(house.application)}undo/", {"number": "2"}, follow=True)

    house.application.refresh_from_db()
    assert moved.redirect_chain == [(f"{page_of(house.application)}?undo=2", 302)]
    assert "this can be undone" in moved.content.decode()
    assert "Undone: Nora Known is “Active” at “Applied” again." in undone.content.decode()
    assert "Undone: at “Applied” again" in undone.content.decode()
    assert house.application.stage == stage


def test_undoing_names_the_invitation_that_stays_withdrawn(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    invite(house.application, house.assessment, now=timezone.now())
    house.application.refresh_from_db()
    version = house.application.version
    client.post(
        f"{page_of(house.application)}status/",
        {"status": "on_hold", "version": version, "withdraw_invitations": "on"},
    )

    undone = client.post(f"{page_of(house.application)}undo/", {"number": version + 1}, follow=True)

    words = f"The invitation to “{house.assessment}” stays withdrawn."
    assert "Undone: Nora Known is “Active”" in undone.content.decode()
    assert words in html.unescape(undone.content.decode())


def test_an_old_move_offers_nothing_and_is_refused_with_words(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    move(
        house.application,
        "Test",
        by=_actor(house),
        now=timezone.now() - timedelta(seconds=30),
    )

    page = client.get(f"{page_of(house.application)}?undo=2").content.decode()
    pressed = client.post(f"{page_of(house.application)}undo/", {"number": "2"}, follow=True)

    assert "this can be undone" not in page
    assert "That can be undone for ten seconds only." in pressed.content.decode()
    house.application.refresh_from_db()
    assert house.application.stage.name == "Test"


def test_what_a_colleague_did_is_not_offered(house: House, sign_in: SignIn) -> None:
    move(house.application, "Test", by=_actor(house), now=timezone.now())

    page = sign_in(house.administrator).get(f"{page_of(house.application)}?undo=2").content.decode()

    assert "this can be undone" not in page


@pytest.mark.parametrize("number", ["", "x", "99999999999", "-1"])
def test_undoing_nothing_that_can_be_named_is_not_found(house: House, sign_in: SignIn, number: str) -> None:
    client = sign_in(house.recruiter)

    assert client.post(f"{page_of(house.application)}undo/", {"number": number}).status_code == 404
    assert client.get(f"{page_of(house.application)}?undo={number}").status_code == 200


def test_rejecting_one_person_leads_back_to_them_to_undo_it(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    reject(client, house.application, tell="now")
    back = Work.objects.get().result["next"]["url"]

    page = client.get(back).content.decode()
    client.post(f"{page_of(house.application)}undo/", {"number": "2"})

    house.application.refresh_from_db()
    assert "this can be undone" in page
    assert house.application.status == ApplicationStatus.ACTIVE
    assert Message.objects.get(kind="rejection").state == MessageState.CANCELLED


def _actor(house: House):
    from accounts.models import Actor

    return Actor.of_user(house.recruiter)


# --- Many at once ----------------------------------------------------------------------------------------------


def test_hold_preview_says_who_and_what_becomes_of_invitations_and_confirming_does_it(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    invitation = invite(house.application, house.assessment, now=timezone.now())
    held = set_status(make_application(house.job, full_name="Hal Held"), ApplicationStatus.ON_HOLD)

    preview = client.post(HOLD, {"ids": [house.application.public_id, held.public_id]}).content.decode()
    confirm(client, HOLD, preview, comment="Until May", withdraw_invitations="on")

    invitation.refresh_from_db()
    house.application.refresh_from_db()
    assert "1 person will be put on hold" in preview
    assert "Has this status already" in preview
    assert "1 invitation can still be started." in preview
    assert house.application.status == ApplicationStatus.ON_HOLD
    assert invitation.revoked_at is not None


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("withdraw", "active", "withdrawn"),
        ("restore", "withdrawn", "active"),
        ("restore", "on_hold", "active"),
    ],
)
def test_withdrawing_and_restoring_many(
    house: House, sign_in: SignIn, verb: str, before: str, after: str
) -> None:
    client = sign_in(house.recruiter)
    rows = [make_application(house.job) for _ in range(2)]
    for row in rows:
        if before != "active":
            set_status(row, ApplicationStatus(before))

    preview = client.post(f"{JOB}{verb}/", {"ids": [row.public_id for row in rows]}).content.decode()
    confirm(client, f"{JOB}{verb}/", preview)

    statuses = Application.objects.filter(pk__in=[row.pk for row in rows]).values_list("status", flat=True)
    assert set(statuses) == {after}


def test_case_69_admin_action_forge_statuses_of_another_job(house: House, sign_in: SignIn) -> None:
    theirs = house.other_application

    for verb in ("hold", "withdraw", "restore"):
        page = sign_in(house.recruiter).post(
            f"{JOB}{verb}/",
            {
                "ids": f"{theirs.public_id}:1",
                "token": "b5b6a0f0-6d0f-4a43-9d53-9c0a0f9b6a11",
                "confirm": "1",
            },
            follow=True,
        )
        assert "Choose people in the list first." in page.content.decode()

    theirs.refresh_from_db()
    assert (theirs.status, theirs.version) == ("active", 1)


# --- Applying again --------------------------------------------------------------------------------------------


def test_adding_somebody_again_asks_why_and_links_the_two(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    set_status(house.application, ApplicationStatus.WITHDRAWN, now=timezone.now())
    fields = {"full_name": "Nora Known", "email": "nora@example.com"}

    asked = client.post(f"{JOB}add/", fields).content.decode()
    client.post(f"{JOB}add/", {**fields, "again_reason": "Changed her mind"})

    again = Application.objects.get(previous=house.application)
    assert "may apply again from" in asked
    assert 'name="again_reason"' in asked
    assert 'name="again_reason"' not in client.get(f"{JOB}add/").content.decode()
    assert "This application follows it." in client.get(page_of(again)).content.decode()
    assert "It follows this application." in client.get(page_of(house.application)).content.decode()
    assert "Changed her mind" in client.get(page_of(again)).content.decode()


def test_days_until_people_may_apply_again_are_a_setting_of_the_job(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    client.post(f"{JOB}settings/", {"part": "details", "title": "Backend engineer", "apply_again_days": "0"})

    assert Job.objects.get(pk=house.job.pk).apply_again_days == 0


def test_adding_openings_to_a_closed_job_says_what_to_do(house: House, sign_in: SignIn) -> None:
    add_openings(job=house.job, count=1, by=SYSTEM, now=timezone.now())
    close_job(job=house.job, reason="postponed", by=SYSTEM, now=timezone.now())

    page = sign_in(house.recruiter).post(f"{JOB}openings/", {"count": "1"}, follow=True).content.decode()

    assert "Open it again, then add openings." in page
    assert "Closed: Postponed." in page
