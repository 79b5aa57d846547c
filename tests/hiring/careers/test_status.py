"""The page behind the mailed link: where an application stands, and the way to withdraw it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from candidates.operations import erase_person
from hiring.enums import ApplicationStatus, JobStatus
from hiring.models import Application, Job, Stage
from hiring.operations import close_job
from hiring.operations.bulk import rejection_mail
from hiring.queries import with_list_columns
from outbox.enums import LinkPurpose, MessageState
from outbox.models import AccessLink, Message
from outbox.operations import queue_messages, reissue_link, revoke_link
from outbox.rules import link_token
from tests.factories.accounts import make_organisation
from tests.factories.hiring import SYSTEM, invite, make_job, make_reason, make_test_job, move, set_status
from tests.hiring.careers.applicants import pdf, send

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


def apply(client: Client, job: Job | None = None, **fields: Any) -> Application:
    send(client, job or make_job(title="Baker"), **fields)
    return Application.objects.select_related("status_link", "job").latest("pk")


def address(application: Application, rest: str = "") -> str:
    assert application.status_link is not None
    return f"/applied/{application.status_link.public_id}/{rest}"


def enter(client: Client, application: Application) -> Any:
    assert application.status_link is not None
    return client.get(f"/status/{link_token(application.status_link)}/")


def tell(application: Application, state: MessageState) -> None:
    """Reject somebody with a mail that is as far as `state` says."""
    set_status(application, ApplicationStatus.REJECTED, now=timezone.now())
    row = with_list_columns(Application.objects.filter(pk=application.pk)).get()
    queue_messages(drafts=[rejection_mail(row, make_organisation())], by=SYSTEM, now=timezone.now())
    Message.objects.filter(kind="rejection").update(state=state)


def test_link_of_the_mail_leads_to_where_the_application_stands(client: Client) -> None:
    application = apply(client)

    entered = enter(client, application)
    page = client.get(entered["Location"])

    assert entered["Location"] == address(application)
    assert (entered["Referrer-Policy"], page["Cache-Control"]) == ("no-referrer", "no-store, private")
    assert link_token(application.status_link).split(".")[1] not in text(page)  # type: ignore[arg-type]
    shown = text(page)
    assert "Baker" in shown
    assert "In progress" in shown
    assert "Applied" not in shown
    assert page.headers["X-Robots-Tag"].startswith("noindex")


def test_stage_is_called_by_its_public_name_and_by_no_other(client: Client) -> None:
    application = apply(client)
    Stage.objects.filter(job=application.job, name="Screen").update(
        name="Weed out", public_name="We read your application"
    )
    enter(client, application)
    move(application, "Weed out", now=timezone.now())
    named = text(client.get(address(application)))
    move(application, "Test", now=timezone.now())
    unnamed = text(client.get(address(application)))

    assert "We read your application" in named
    assert "Weed out" not in named
    assert "In progress" in unnamed


@pytest.mark.parametrize(
    ("state", "is_told"),
    [
        (MessageState.QUEUED, False),
        (MessageState.SENDING, False),
        (MessageState.CANCELLED, False),
        (MessageState.SENT, True),
        (MessageState.KEPT_HERE, True),
        (MessageState.FAILED, True),
    ],
)
def test_rejection_shows_when_its_mail_has_gone_out_and_never_before(
    client: Client, state: MessageState, is_told: bool
) -> None:
    application = apply(client)
    enter(client, application)
    before = text(client.get(address(application)))
    tell(application, state)

    page = text(client.get(address(application)))

    assert ("We do not go on with your application" in page) is is_told
    assert ("Withdraw the application" in page) is not is_told
    if not is_told:
        assert "In progress" in before
        assert "In progress" in page


def test_rejection_anew_is_not_told_by_the_mail_about_an_earlier_one(client: Client) -> None:
    application = apply(client)
    enter(client, application)
    tell(application, MessageState.SENT)
    set_status(application, ApplicationStatus.ACTIVE, now=timezone.now())
    restored = text(client.get(address(application)))
    set_status(application, ApplicationStatus.REJECTED, now=timezone.now())

    anew = text(client.get(address(application)))

    for page in (restored, anew):
        assert "In progress" in page
        assert "We do not go on" not in page


def test_rejection_without_a_mail_shows_nothing_until_the_job_is_closed(client: Client) -> None:
    application = apply(client)
    enter(client, application)
    reason = make_reason("Not enough yeast")
    set_status(application, ApplicationStatus.REJECTED, now=timezone.now(), reason=reason, comment="Sad")
    waiting = text(client.get(address(application)))
    close_job(job=application.job, by=SYSTEM, now=timezone.now())

    closed = text(client.get(address(application)))

    assert "In progress" in waiting
    assert "This job is closed." in closed
    for page in (waiting, closed):
        assert "yeast" not in page
        assert "Sad" not in page


def test_withdrawing_asks_once_and_is_done_by_the_button_alone(client: Client) -> None:
    application = apply(client)
    enter(client, application)

    asked = text(client.get(address(application, "withdraw/")))
    application.refresh_from_db()
    still = application.status
    done = client.post(address(application, "withdraw/"), follow=True)
    again = client.post(address(application, "withdraw/"), follow=True)

    application.refresh_from_db()
    assert "Withdraw your application for “Baker”?" in asked
    assert still == ApplicationStatus.ACTIVE
    assert application.status == ApplicationStatus.WITHDRAWN
    last = application.transitions.latest("number")
    assert (last.cause, last.by) == ("candidate", None)
    assert application.transitions.count() == 2
    assert Message.objects.filter(kind="application_withdrawn").count() == 1
    for page in (done, again):
        assert "Withdrawn" in text(page)
        assert "changed your mind" not in text(page)
    # What is over asks nothing any more.
    assert client.get(address(application, "withdraw/"))["Location"] == address(application)


def test_withdrawing_takes_tests_along_that_were_not_started(client: Client) -> None:
    job, assessment = make_test_job()
    application = apply(client, job)
    invitation = invite(move(application, "Test", now=timezone.now()), assessment, now=timezone.now())
    enter(client, application)

    client.post(address(application, "withdraw/"))

    invitation.link.refresh_from_db()
    assert invitation.link.revoked_at is not None


def test_withdrawing_while_the_rejection_waits_tells_nothing_of_it_and_takes_its_mail_back(
    client: Client,
) -> None:
    waiting, plain = apply(client), apply(client, email="grace@example.com")
    enter(client, waiting)
    tell(waiting, MessageState.QUEUED)

    done = client.post(address(waiting, "withdraw/"), follow=True)
    enter(client, plain)
    same = client.post(address(plain, "withdraw/"), follow=True)

    waiting.refresh_from_db()
    assert waiting.status == ApplicationStatus.WITHDRAWN
    assert Message.objects.get(kind="rejection").state == MessageState.CANCELLED
    assert Message.objects.filter(kind="application_withdrawn").count() == 2
    # What both read is the same, but for the moments and the tokens of their forms.
    pages = [re.sub(r'value="[^"]+"|<time.*?</time>', "", text(page)) for page in (done, same)]
    assert pages[0] == pages[1]
    assert "Withdrawn" in pages[0]
    last = waiting.transitions.latest("number")
    assert (last.from_status, last.to_status, last.cause) == ("rejected", "withdrawn", "candidate")


@pytest.mark.parametrize("status", [ApplicationStatus.REJECTED, ApplicationStatus.HIRED])
def test_what_somebody_knows_to_be_over_is_not_withdrawn_any_more(
    client: Client, status: ApplicationStatus
) -> None:
    application = apply(client)
    enter(client, application)
    if status == ApplicationStatus.REJECTED:
        tell(application, MessageState.SENT)
    else:
        Application.objects.filter(pk=application.pk).update(status=status)

    said = client.post(address(application, "withdraw/"), follow=True)

    application.refresh_from_db()
    assert application.status == status
    assert "Your application" in text(said)
    assert not Message.objects.filter(kind="application_withdrawn").exists()


def test_case_43_token_reissue_and_case_46_session_fixation_old_links_and_foreign_cookies_open_nothing(
    client: Client,
) -> None:
    mine, other = apply(client), apply(client, email="eve@example.com")
    assert mine.status_link is not None
    assert Client().get(address(mine)).status_code == 404
    enter(client, other)
    assert client.get(address(mine)).status_code == 404
    assert client.post(address(mine, "withdraw/")).status_code == 404
    old = link_token(mine.status_link)
    enter(client, mine)
    reissue_link(link=mine.status_link, by=SYSTEM, now=timezone.now())

    assert client.get(f"/status/{old}/").status_code == 404
    assert client.get(address(mine)).status_code == 404
    mine.refresh_from_db()
    assert mine.status == ApplicationStatus.ACTIVE


@pytest.mark.parametrize("token", ["nothing", "abcdefghjkmnpqrs." + "A" * 22, "a" * 5_000, "%00"])
def test_wrong_links_are_all_answered_alike(client: Client, token: str) -> None:
    response = client.get(f"/status/{token}/")

    assert response.status_code in (400, 404)
    if response.status_code == 404:
        assert "This link does not work" in text(response)


def test_case_44_token_cross_link_of_another_purpose_opens_no_status_page(client: Client) -> None:
    application = apply(client)
    assert application.status_link is not None
    token = link_token(application.status_link)

    assert client.get(f"/t/{token}/").status_code == 404
    AccessLink.objects.filter(pk=application.status_link_id).update(purpose=LinkPurpose.TEST)
    assert client.get(f"/status/{token}/").status_code == 404


def test_revoked_link_and_erased_person_show_nothing(client: Client) -> None:
    first, second = apply(client), apply(client, email="grace@example.com")
    enter(client, first)
    revoke_link(link=first.status_link, by=SYSTEM, now=timezone.now())  # type: ignore[arg-type]
    assert client.get(address(first)).status_code == 404

    enter(client, second)
    erase_person(candidate=second.candidate, by=SYSTEM, now=timezone.now())
    page = client.get(address(second))
    assert page.status_code == 404
    assert "Baker" not in text(page)


def test_looking_changes_nothing_and_costs_the_same_with_three_documents(
    client: Client, django_assert_num_queries: Any
) -> None:
    application = apply(client)
    enter(client, application)
    for count in (1, 2):
        with django_assert_num_queries(4):
            client.get(address(application))
        for number in range(count):
            client.post(address(application, "documents/"), {"file": pdf(words=f"{count} {number}")})
    assert application.documents.count() == 3
    before = (Application.objects.values().get(), Message.objects.count(), AccessLink.objects.count())

    # The organisation, the link, the application with its job, its documents.
    with django_assert_num_queries(4):
        client.get(address(application))
    client.get(address(application, "withdraw/"))
    enter(client, application)

    assert before == (
        Application.objects.values().get(),
        Message.objects.count(),
        AccessLink.objects.count(),
    )


def test_paused_job_keeps_the_status_pages_of_those_who_are_in_it(client: Client) -> None:
    application = apply(client)
    Job.objects.filter(pk=application.job_id).update(status=JobStatus.PAUSED)
    enter(client, application)

    assert "In progress" in text(client.get(address(application)))


def test_page_changes_its_language_and_keeps_it(client: Client) -> None:
    application = apply(client)
    enter(client, application)

    changed = client.post(address(application), {"language": "de"}, follow=True)

    assert 'lang="de"' in text(changed)
    assert "Ihre Bewerbung" in text(changed)
    assert "Ihre Bewerbung" in text(client.get(address(application)))
