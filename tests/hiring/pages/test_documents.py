"""Documents on the page of an application: read there, added there, and taken along by those who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Actor
from candidates.enums import DocumentKind, DocumentState, DocumentTrouble
from candidates.models import Document, DocumentPage
from hiring.models import ApplicationDocument
from hiring.operations import ask_for_interview, set_interviewers
from outbox.models import Event
from tests.factories.accounts import NOW
from tests.factories.candidates import make_document
from tests.factories.documents import PICTURE, make_document_of
from tests.factories.files import make_pdf
from tests.hiring.pages.house import House, SignIn


def address(house: House) -> str:
    return f"/admin/applications/{house.application.public_id}/"


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def page_path(document: Document, number: int = 1) -> str:
    return f"/admin/people/{document.candidate.public_id}/documents/{document.public_id}/pages/{number}.png"


def download_path(document: Document) -> str:
    return f"/admin/people/{document.candidate.public_id}/documents/{document.public_id}/download/"


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_resume_is_read_beside_the_story(house: House, sign_in: SignIn) -> None:
    make_document_of(house.application, pages=2, text="Built <engines>\n\nin Turin", page_count=2)

    page = text(sign_in(house.recruiter), address(house))

    assert 'alt="Page 2: Résumé of Nora Known"' in page
    assert "<p>Built &lt;engines&gt;</p>" in page
    assert page.index('id="reader-title"') < page.index('id="story-title"')
    assert "pages are shown" not in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": DocumentState.WAITING}, "is about to be read"),
        ({"state": DocumentState.READING}, "is about to be read"),
        ({"state": DocumentState.UNREADABLE, "why": DocumentTrouble.LOCKED}, "It is locked with a password."),
        ({"text": "Dear <all>"}, "<p>Dear &lt;all&gt;</p>"),
        ({"pages": 1, "page_count": 3, "why": DocumentTrouble.TOO_MANY_PAGES}, "The first 1 of 3 pages"),
        ({"pages": 1, "page_count": 1, "why": DocumentTrouble.NO_TEXT}, "pictures without text"),
    ],
)
def test_page_says_in_words_how_far_a_document_can_be_read(
    house: House, sign_in: SignIn, fields: dict[str, Any], words: str
) -> None:
    make_document_of(house.application, **fields)

    assert words in text(sign_in(house.recruiter), address(house))


def test_list_leads_to_every_document_and_says_which_resume_was_replaced(
    house: House, sign_in: SignIn
) -> None:
    make_document_of(house.application, filename="old.pdf", replaced_at=NOW, text="Old words")
    make_document_of(house.application, filename="new.pdf", text="New words")
    letter = make_document_of(
        house.application, filename="letter.pdf", kind=DocumentKind.LETTER, text="Letter words"
    )
    client = sign_in(house.recruiter)

    page = text(client, address(house))
    chosen = text(client, f"{address(house)}?document={letter.public_id}")

    assert "New words" in page
    assert "Letter words" not in page
    assert page.count(">Replaced<") == 1
    assert "Letter words" in chosen
    assert "New words" not in chosen


def test_documents_of_another_job_s_application_are_not_shown(house: House, sign_in: SignIn) -> None:
    candidate = house.application.candidate
    theirs = make_document(candidate, filename="theirs.pdf", content=make_pdf())
    ApplicationDocument.objects.create(application=house.other_application, document=theirs)
    loose = make_document(candidate, filename="loose.pdf", content=make_pdf())

    pages = [text(sign_in(user), address(house)) for user in (house.recruiter, house.administrator)]

    assert all("loose.pdf" in page and "theirs.pdf" not in page for page in pages)
    recruiter = sign_in(house.recruiter)
    assert recruiter.get(download_path(theirs)).status_code == 404
    assert recruiter.get(download_path(loose)).status_code == 200


def test_page_is_a_picture_that_nothing_runs_in_and_nobody_keeps(house: House, sign_in: SignIn) -> None:
    document = make_document_of(house.application, pages=1)

    response = sign_in(house.manager).get(page_path(document))

    assert body(response) == PICTURE
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert not Event.objects.filter(kind="document.downloaded").exists()


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ('cv "Ada".pdf', 'attachment; filename="cv \\"Ada\\".pdf"'),
        ("Résumé Zoë.pdf", "attachment; filename*=utf-8''R%C3%A9sum%C3%A9%20Zo%C3%AB.pdf"),
        ("", 'attachment; filename="document.pdf"'),
    ],
)
def test_case_37_download_names_the_file_as_the_standard_says(
    house: House, sign_in: SignIn, filename: str, header: str
) -> None:
    document = make_document_of(house.application, filename=filename)

    response = sign_in(house.recruiter).get(download_path(document))

    assert response["Content-Disposition"] == header
    assert body(response) == make_pdf()


def test_case_23_download_is_an_attachment_that_nothing_runs_in_and_the_history_says_who(
    house: House, sign_in: SignIn
) -> None:
    document = make_document_of(house.application)

    response = sign_in(house.manager).get(download_path(document))

    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]
    event = Event.objects.get(kind="document.downloaded")
    assert (event.actor_user_id, event.about_id) == (house.manager.pk, document.pk)
    assert event.person_ref == document.candidate.public_id


def test_case_25_addresses_of_documents_open_nothing_without_a_session(house: House) -> None:
    document = make_document_of(house.application, pages=1)
    page = DocumentPage.objects.get()

    for path in (page_path(document), download_path(document)):
        assert Client().get(path).status_code == 302
    for name in (document.file.name, page.file.name):
        for prefix in ("/", "/media/", "/files/", "/static/", "/admin/"):
            assert Client().get(f"{prefix}{name}").status_code in (302, 404)


def test_case_27_documents_open_for_whoever_sees_the_application_alone(house: House, sign_in: SignIn) -> None:
    document = make_document_of(house.application, pages=1)
    other = make_document_of(house.other_application, pages=1)
    seen = {}

    for name in (
        "administrator",
        "recruiter",
        "manager",
        "interviewer",
        "other_recruiter",
        "author",
        "analyst",
    ):
        client = sign_in(getattr(house, name))
        seen[name] = [
            client.get(path).status_code
            for path in (
                page_path(document),
                download_path(document),
                page_path(other),
                download_path(other),
                # A document under the address of somebody whom one sees.
                download_path(other).replace(other.candidate.public_id, document.candidate.public_id),
                page_path(document, 2),
            )
        ]

    assert seen == {
        "administrator": [200, 200, 200, 200, 404, 404],
        "recruiter": [200, 200, 404, 404, 404, 404],
        "manager": [200, 200, 404, 404, 404, 404],
        "interviewer": [404] * 6,
        "other_recruiter": [404, 404, 200, 200, 404, 404],
        "author": [404] * 6,
        "analyst": [404] * 6,
    }


def test_f25_missing_files_are_a_404_and_words_and_the_page_still_shows(
    house: House, sign_in: SignIn
) -> None:
    document = make_document_of(house.application, pages=1, text="Kept words")
    page = DocumentPage.objects.get()
    document.file.storage.delete(document.file.name)
    page.file.storage.delete(page.file.name)
    client = sign_in(house.recruiter)

    download = client.get(download_path(document), follow=True)

    assert "Kept words" in text(client, address(house))
    assert client.get(page_path(document)).status_code == 404
    assert "The file is not there any more." in download.content.decode()
    assert not Event.objects.filter(kind="document.downloaded").exists()


def test_recruiter_adds_a_document(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    page = client.post(
        f"{address(house)}documents/",
        {"kind": "resume", "file": SimpleUploadedFile("cv.pdf", make_pdf())},
        follow=True,
    ).content.decode()

    document = Document.objects.get()
    assert (document.candidate, document.added_by) == (house.application.candidate, house.recruiter)
    assert ApplicationDocument.objects.get().application == house.application
    assert "“cv.pdf” is kept." in page
    assert f"added by {house.recruiter}" in page


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (
            SimpleUploadedFile('a"><img src=x onerror=alert(1)>.exe', b"MZ"),
            "is of a kind that is not taken here",
        ),
        (SimpleUploadedFile("cv.pdf", b""), "is empty"),
        (None, "This field is required."),
    ],
)
def test_case_5_refused_file_is_named_beside_its_field_as_text(
    house: House, sign_in: SignIn, file: Any, words: str
) -> None:
    page = (
        sign_in(house.recruiter)
        .post(f"{address(house)}documents/", {"kind": "letter", **({"file": file} if file else {})})
        .content.decode()
    )

    assert words in page
    assert "<img src=x" not in page
    assert '<option value="letter" selected>' in page
    assert not Document.objects.exists()


def test_case_26_document_cannot_be_added_to_an_application_of_others(house: House, sign_in: SignIn) -> None:
    kept = make_document_of(house.application)
    path = f"{address(house)}documents/"

    statuses = [
        sign_in(user)
        .post(path, {"kind": "resume", "file": SimpleUploadedFile("cv.pdf", make_pdf(["Other"]))})
        .status_code
        for user in (house.manager, house.interviewer, house.other_recruiter)
    ]

    assert statuses == [404, 404, 404]
    assert list(Document.objects.all()) == [kept]
    kept.refresh_from_db()
    assert (kept.replaced_at, kept.file.read()) == (None, make_pdf())


def test_documents_cost_the_same_statements_however_many(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    client.get(address(house))

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(address(house))
        return len(asked)

    without = statements()
    make_document_of(house.application, pages=1, text="Ada")
    one = statements()
    for _twice in range(2):
        make_document_of(house.application, pages=3, text="Ada", added_by=house.manager)
    three = statements()

    # The list is asked for in any case; then the pages of the one that is shown, and its words.
    assert (one - without, three - without) == (2, 2)


def test_interviewer_reads_the_documents_of_whom_they_interview_and_takes_none(
    house: House, sign_in: SignIn
) -> None:
    document = make_document_of(house.application, pages=1, text="Built engines")
    loose = make_document(house.application.candidate, filename="loose.pdf", content=make_pdf())
    by = Actor.of_user(house.recruiter)
    interview = ask_for_interview(application=house.application, title="Code", by=by, now=NOW)
    set_interviewers(interview=interview, users=[house.interviewer], by=by, now=NOW)
    client = sign_in(house.interviewer)

    page = text(client, f"/admin/interviews/{house.application.public_id}/")

    assert "Built engines" in page
    assert page_path(document) in page
    assert download_path(document) not in page
    assert client.get(page_path(document)).status_code == 200
    assert [client.get(download_path(each)).status_code for each in (document, loose)] == [404, 404]
    assert client.post(f"{address(house)}documents/").status_code == 404
