"""Documents on the status page: the candidate sees their own, replaces them and adds to them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from candidates.models import Document
from hiring.enums import ApplicationStatus
from hiring.models import Application, ApplicationAnswer
from hiring.operations import close_job
from outbox.enums import MessageState
from tests.factories.hiring import SYSTEM, make_job
from tests.hiring.careers.applicants import FILE, ask, pdf, send
from tests.hiring.careers.test_status import address, apply, enter, tell, text

pytestmark = pytest.mark.django_db


def documents(application: Application) -> list[tuple[str, str, bool]]:
    ties = application.documents.select_related("document").order_by("pk")
    return [(tie.document.kind, tie.document.filename, tie.document.replaced_at is None) for tie in ties]


def test_candidate_sees_what_they_sent_replaces_it_and_adds_to_it(client: Client) -> None:
    application = apply(client, resume=pdf("old.pdf", "old"))
    old = Document.objects.get()
    enter(client, application)
    before = text(client.get(address(application)))

    asked = text(client.get(address(application, f"documents/{old.public_id}/")))
    replaced = client.post(
        address(application, f"documents/{old.public_id}/"), {"file": pdf("new.pdf", "new")}, follow=True
    )
    added = client.post(
        address(application, "documents/"), {"file": pdf("letter.pdf", "letter")}, follow=True
    )

    assert "old.pdf" in before
    assert f"{old.size}\xa0bytes" in before
    assert "takes the place of “old.pdf”" in asked
    assert "new.pdf" in text(replaced)
    assert "old.pdf" not in text(replaced)
    assert "letter.pdf" in text(added)
    # Whoever reads the application has the old one still.
    assert documents(application) == [
        ("resume", "old.pdf", False),
        ("resume", "new.pdf", True),
        ("other", "letter.pdf", True),
    ]
    assert {document.added_by for document in Document.objects.all()} == {None}


def test_first_document_that_is_added_is_the_resume(client: Client) -> None:
    application = apply(client)
    enter(client, application)
    empty = text(client.get(address(application)))

    client.post(address(application, "documents/"), {"file": pdf()})

    assert "None so far." in empty
    assert documents(application) == [("resume", "cv.pdf", True)]


def test_file_that_answers_a_question_is_replaced_there_too(client: Client) -> None:
    job = make_job()
    [bread] = ask(job, FILE)
    application = apply(client, job, **{f"question-{bread.pk}": pdf("bread.pdf")})
    enter(client, application)
    old = Document.objects.get()

    client.post(address(application, f"documents/{old.public_id}/"), {"file": pdf("cake.pdf", "cake")})

    answer = ApplicationAnswer.objects.select_related("document").get()
    assert answer.document is not None
    assert (answer.document.filename, answer.document.kind) == ("cake.pdf", "answer")
    assert documents(application) == [("answer", "bread.pdf", False), ("answer", "cake.pdf", True)]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (None, "Choose the file."),
        (
            SimpleUploadedFile("cv.pdf", b"<html>%PDF-1.4"),
            "“cv.pdf” is called a PDF, but holds something else.",
        ),
        (SimpleUploadedFile("cv.exe", b"MZ"), "“cv.exe” is of a kind that is not taken here."),
    ],
)
def test_what_is_refused_is_named_and_changes_nothing(client: Client, file: Any, words: str) -> None:
    application = apply(client, resume=pdf())
    enter(client, application)

    page = client.post(address(application, "documents/"), {"file": file} if file else {})

    assert page.status_code == 200
    assert text(page).count(words) == 2
    assert documents(application) == [("resume", "cv.pdf", True)]


def test_case_26_upload_replay_idor_nobody_replaces_what_is_not_theirs(client: Client) -> None:
    mine = apply(client, resume=pdf("mine.pdf", "mine"))
    theirs = apply(client, email="grace@example.com", resume=pdf("theirs.pdf", "theirs"))
    target = Document.objects.get(filename="theirs.pdf")
    enter(client, mine)

    page = client.post(address(mine, f"documents/{target.public_id}/"), {"file": pdf("evil.pdf", "evil")})
    elsewhere = client.post(address(theirs, "documents/"), {"file": pdf("evil.pdf", "evil")})

    assert (page.status_code, page["Location"]) == (302, address(mine))
    assert elsewhere.status_code == 404
    assert not Document.objects.filter(filename="evil.pdf").exists()
    assert "theirs.pdf" not in text(client.get(address(mine)))


def test_nothing_is_sent_for_what_is_over_and_a_secret_stays_one(client: Client) -> None:
    secret, told, closed = (
        apply(client, email=f"{name}@example.com") for name in ("secret", "told", "closed")
    )
    enter(client, secret)
    tell(secret, MessageState.QUEUED)
    taken = client.post(address(secret, "documents/"), {"file": pdf()}, follow=True)
    enter(client, told)
    tell(told, MessageState.SENT)
    refused = client.post(address(told, "documents/"), {"file": pdf()}, follow=True)
    enter(client, closed)
    Application.objects.filter(pk=closed.pk).update(status=ApplicationStatus.REJECTED)
    close_job(job=closed.job, by=SYSTEM, now=timezone.now())
    over = client.post(address(closed, "documents/"), {"file": pdf()}, follow=True)

    assert "cv.pdf" in text(taken)
    for page, application in ((refused, told), (over, closed)):
        assert "cv.pdf" not in text(page)
        assert documents(application) == []


def test_very_many_documents_are_refused_in_words(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hiring.operations.own_documents.MOST_DOCUMENTS", 1)
    application = apply(client, resume=pdf())
    enter(client, application)

    page = text(client.post(address(application, "documents/"), {"file": pdf("more.pdf", "more")}))

    assert "Very many documents were sent for this application." in page
    assert Document.objects.count() == 1


def test_page_needs_the_link_of_the_mail_and_its_token(client: Client) -> None:
    application = apply(client)
    stranger = Client(enforce_csrf_checks=True)

    assert client.get(address(application, "documents/")).status_code == 404
    assert stranger.post(address(application, "documents/"), {"file": pdf()}).status_code == 403
    enter(client, application)
    assert client.get(address(application, "documents/")).status_code == 200
    assert send(client, application.job).status_code == 302
