"""Files in the form of a job: what is taken, what is kept while something is to be mended, what leaves nothing."""

from __future__ import annotations

import errno
import html
import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from candidates.enums import DocumentKind
from candidates.models import Candidate, Document
from hiring.careers.files import KEPT
from hiring.enums import FieldRule
from hiring.models import Application, ApplicationAnswer, Job, StagedUpload
from hiring.operations import forget_staged
from hiring.rules.careers import MOST_SENT
from tests.factories.accounts import NOW
from tests.factories.hiring import make_application, make_job
from tests.hiring.careers.applicants import ADA, FILE, ask, pdf, send, stamp

pytestmark = pytest.mark.django_db

Freeze = Callable[[datetime], time_machine.Traveller]


def text(response: Any) -> str:
    return str(response.content.decode())


def files() -> set[Path]:
    return {path for path in (Path(settings.DATA_DIR) / "files").rglob("*") if path.is_file()}


@pytest.fixture
def kept() -> Callable[[], set[Path]]:
    """What files there are since the test began."""
    before = files()
    return lambda: files() - before


def handle(response: Any) -> dict[str, str]:
    """What the form of a page says about the files that wait for it."""
    found = re.search(rf'name="{KEPT}" value="([^"]+)"', text(response))
    return {KEPT: html.unescape(found[1])} if found else {}


def picture(name: str = "bread.jpg") -> SimpleUploadedFile:
    """A photo that says where it was taken."""
    data, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "At home, 51.34 N 12.37 E"
    Image.new("RGB", (40, 30), "brown").save(data, "JPEG", exif=exif)
    return SimpleUploadedFile(name, data.getvalue(), "image/jpeg")


def test_resume_and_file_that_answers_come_with_the_application(
    client: Client, kept: Callable[[], set[Path]]
) -> None:
    job = make_job()
    [bread] = ask(job, FILE)

    sent = send(client, job, resume=pdf("Ada's CV.pdf"), **{f"question-{bread.pk}": picture()})

    assert sent.status_code == 302
    application = Application.objects.get()
    resume, answer = Document.objects.order_by("pk")
    assert (resume.kind, resume.filename, resume.media_type) == ("resume", "Ada's CV.pdf", "application/pdf")
    assert (answer.kind, answer.filename, answer.media_type) == ("answer", "bread.jpg", "image/jpeg")
    assert {document.candidate for document in (resume, answer)} == {application.candidate}
    assert (resume.added_by, answer.added_by) == (None, None)
    assert set(application.documents.values_list("document", flat=True)) == {resume.pk, answer.pk}
    assert ApplicationAnswer.objects.get().document == answer
    assert {Path(document.file.path) for document in (resume, answer)} == kept()
    assert "Ada" not in resume.file.name


def test_case_36_exif_leak_a_photo_is_kept_without_what_its_camera_wrote(client: Client) -> None:
    job = make_job()
    [bread] = ask(job, FILE)

    send(client, job, **{f"question-{bread.pk}": picture()})

    document = Document.objects.get()
    with document.file.open("rb") as file:
        assert b"At home" not in file.read()


@pytest.mark.parametrize(
    ("rule", "is_shown", "is_needed"),
    [(FieldRule.REQUIRED, True, True), (FieldRule.OPTIONAL, True, False), (FieldRule.HIDDEN, False, False)],
)
def test_resume_is_asked_for_as_the_job_says(
    client: Client, rule: FieldRule, is_shown: bool, is_needed: bool
) -> None:
    job = make_job()
    ask(job, resume_rule=rule)
    [*_others, permit] = [question for question in ask(job) if question.kind == "yes_no"]
    answered = {f"question-{permit.pk}": "yes"}

    shown = text(client.get(f"/jobs/{job.slug}/apply/"))
    without = send(client, job, **answered)
    sent = send(client, job, email="grace@example.com", resume=pdf(), **answered)

    assert ('name="resume"' in shown) is is_shown
    assert (without.status_code == 200) is is_needed
    assert text(without).count("Choose the file with your résumé.") == 2 * is_needed
    assert sent.status_code == 302
    # What is not asked for is not taken.
    assert Document.objects.count() == int(is_shown)


def test_file_of_a_form_with_something_to_mend_waits_and_need_not_be_chosen_again(
    client: Client, kept: Callable[[], set[Path]]
) -> None:
    job = make_job()
    ask(job, FILE, resume_rule=FieldRule.REQUIRED)

    wrong = send(client, job, email="ada@", resume=pdf())
    waiting = StagedUpload.objects.get()
    again = send(client, job, email="", **handle(wrong))
    mended = send(client, job, **handle(again))

    size = waiting.size
    for page in (wrong, again):
        assert f"cv.pdf, {size}\xa0bytes, is kept for an hour. Choose another file to replace it." in text(
            page
        )
        assert "Choose the file with your résumé." not in text(page)
        assert "choose them again" not in text(page)
    assert (waiting.job, waiting.field, waiting.filename) == (job, "resume", "cv.pdf")
    assert StagedUpload.objects.count() == 1
    assert mended.status_code == 302
    document = Document.objects.get()
    assert (document.filename, document.size, document.media_type) == ("cv.pdf", size, "application/pdf")
    assert kept() == {Path(document.file.path), Path(waiting.file.path)}
    assert forget_staged(now=waiting.created_at + timedelta(minutes=59)) == 0
    assert forget_staged(now=waiting.created_at + timedelta(minutes=60)) == 1
    assert kept() == {Path(document.file.path)}


def test_another_file_replaces_the_one_that_waits(client: Client) -> None:
    job = make_job()

    wrong = send(client, job, email="ada@", resume=pdf("old.pdf", "old"))
    refused = send(client, job, resume=pdf("page.html"), **handle(wrong))
    sent = send(client, job, resume=pdf("new.pdf", "new"), **handle(refused))

    assert "“page.html” is of a kind that is not taken here." in text(refused)
    assert "old.pdf" in text(refused)
    assert sent.status_code == 302
    assert Document.objects.get().filename == "new.pdf"


def test_file_stays_chosen_when_the_language_changes(client: Client) -> None:
    job = make_job()

    german = send(client, job, resume=pdf(), language="de")
    sent = send(client, job, stamp=stamp(job, language="de"), language_code="de", **handle(german))

    assert "cv.pdf" in text(german)
    assert 'id="errors"' not in text(german)
    assert StagedUpload.objects.count() == 1
    assert sent.status_code in (200, 302)


def test_files_are_written_only_for_posts_that_are_counted(
    client: Client, freeze: Freeze, kept: Callable[[], set[Path]]
) -> None:
    freeze(NOW)
    job = make_job()

    quick = send(client, job, resume=pdf(), stamp=stamp(job, age=timedelta(seconds=1)))
    forged = send(client, job, resume=pdf(), stamp="forged")
    trapped = send(client, job, resume=pdf(), nickname="Bob")
    translated = send(client, job, resume=pdf(), stamp="forged", language="de")
    for number in range(20):
        send(client, job, email="ada@", full_name=str(number))
    refused = send(client, job, email="ada@", resume=pdf())
    too_many = send(client, job, resume=pdf(), language="de")

    assert (quick.status_code, forged.status_code, trapped.status_code) == (200, 200, 302)
    for page in (quick, forged):
        assert "The files that you chose could not be kept: choose them again" in text(page)
    assert refused.status_code == 429
    for page in (translated, too_many):
        assert 'value="Ada Lovelace"' in text(page)
    assert not StagedUpload.objects.exists()
    assert kept() == set()


def test_handle_opens_only_what_waits_for_its_own_field_of_its_own_job(
    client: Client, freeze: Freeze
) -> None:
    clock = freeze(NOW)
    job, other = make_job(), make_job()
    good = handle(send(client, job, email="ada@", resume=pdf()))
    waiting = StagedUpload.objects.get()

    elsewhere = send(client, other, email="ada@", **good)
    forged = send(client, job, email="ada@", **{KEPT: good[KEPT][::-1]})
    StagedUpload.objects.update(field="question-1")
    swapped = send(client, job, email="ada@", **good)
    StagedUpload.objects.update(field="resume")
    clock.shift(timedelta(minutes=61))
    late = send(client, job, email="ada@", **good)

    for page in (elsewhere, forged, swapped, late):
        assert waiting.filename not in text(page)
    for page in (swapped, late):
        assert "choose them again" in text(page)


REFUSED = [
    ("cv.html", b"<html><script>alert(1)</script></html>", "kind"),
    ("cv.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "kind"),
    ("cv.pdf", b"<!DOCTYPE html><html>%PDF-1.4</html>", "mismatch"),
    ("cv.txt", b"<script>alert(1)</script>", "mismatch"),
    ("cv.docx", b"%PDF-1.4\n%%EOF", "mismatch"),
    ("cv.php", b"<?php system($_GET[0]); ?>", "kind"),
    ("cv.php.pdf", b"%PDF-1.4\n%%EOF", "name"),
    ("cv.pdf.exe", b"MZ\x90\x00", "kind"),
    ("cv.sh", b"#!/bin/sh\nrm -rf /", "kind"),
    ("cv.pdf", b"", "empty"),
    ("cv", b"%PDF-1.4\n%%EOF", "kind"),
]


@pytest.mark.parametrize(("name", "content", "code"), REFUSED)
def test_case_23_upload_html_svg_and_case_24_upload_exec_are_refused_by_name_and_content(
    client: Client, kept: Callable[[], set[Path]], name: str, content: bytes, code: str
) -> None:
    job = make_job()

    refused = send(client, job, resume=SimpleUploadedFile(name, content, "application/pdf"))

    assert refused.status_code == 200
    form = refused.context["form"]
    assert [error.code for error in form.errors.as_data()["resume"]] == [code]
    # The file is named, and nothing else that was typed is lost.
    assert f"“{name}”" in form.errors["resume"][0]
    assert 'value="Ada Lovelace"' in text(refused)
    assert not Candidate.objects.exists()
    assert not StagedUpload.objects.exists()
    assert kept() == set()


@pytest.mark.parametrize(
    "name",
    [
        "a" * 300 + ".pdf",
        "cv\u202egpj.pdf",
        "../../etc/cv.pdf",
        "<img src=x onerror=alert(1)>.pdf",
        "é%00.pdf",
    ],
)
def test_case_21_nul_bytes_and_case_37_filename_header_names_are_kept_cleanly_and_shown_as_text(
    client: Client, name: str
) -> None:
    job = make_job()

    wrong = send(client, job, email="ada@", resume=pdf(name))
    send(client, job, **handle(wrong))

    document = Document.objects.get()
    assert len(document.filename) <= 200
    assert document.filename.endswith(".pdf")
    assert not set(document.filename) & set("\x00\r\n\u202e/\\")
    assert "<img src=x" not in text(wrong)


def test_files_of_a_form_are_too_much_together_before_one_is_too_large_alone(
    client: Client, monkeypatch: pytest.MonkeyPatch, kept: Callable[[], set[Path]]
) -> None:
    monkeypatch.setattr("rendering.documents.sniffing.MOST_BYTES", 2_000)
    monkeypatch.setattr("rendering.documents.sniffing.MOST_BYTES_A_FORM", 2_500)
    job = make_job()
    [bread] = ask(job, FILE)

    alone = send(client, job, resume=pdf(words="x" * 3_000))
    together = send(
        client, job, resume=pdf(words="x" * 1_500), **{f"question-{bread.pk}": pdf("b.pdf", "y" * 1_500)}
    )

    assert "“cv.pdf” is larger than" in text(alone)
    assert "larger than 20 MB together" in text(together)
    assert kept() == set()


class Unread(io.BytesIO):
    """A body that nobody may read."""

    def read(self, *args: Any) -> bytes:
        raise AssertionError("it was read")


@pytest.mark.parametrize("length", [str(MOST_SENT + 1), str(10**12), "", "-1", "many"])
def test_case_22_huge_body_and_one_that_hides_its_size_are_refused_unread_in_words(
    client: Client, length: str
) -> None:
    job = make_job()
    sizes = {"CONTENT_LENGTH": length, "wsgi.input": Unread()}

    form = client.generic("POST", f"/jobs/{job.slug}/apply/", content_type="multipart/form-data", **sizes)
    page = client.generic("POST", "/applied/abcdefghjkmnpqrs/documents/", **sizes)

    for response in (form, page):
        assert response.status_code == 413
        assert "That was too large to be taken" in text(response)
        assert "no-store" in response["Cache-Control"]


def test_case_22_huge_body_very_many_files_are_refused(client: Client, kept: Callable[[], set[Path]]) -> None:
    job = make_job()

    crowd = {f"question-{number}": pdf() for number in range(60)}

    assert send(client, job, **crowd).status_code == 400
    assert kept() == set()


def test_case_79_user_enum_what_becomes_no_application_leaves_no_file(
    client: Client, kept: Callable[[], set[Path]]
) -> None:
    job = make_job()
    live = make_application(job, email="ada@example.com")

    sent = send(client, job, resume=pdf())

    assert (sent.status_code, sent["Location"]) == (302, f"/jobs/{job.slug}/sent/")
    assert not live.documents.exists()
    assert not Document.objects.exists()
    assert kept() == set()


def test_f16_disk_full_and_a_transaction_that_fails_leave_no_file(
    client: Client, monkeypatch: pytest.MonkeyPatch, kept: Callable[[], set[Path]]
) -> None:
    job = make_job()

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no")

    with monkeypatch.context() as broken:
        broken.setattr("hiring.operations.applying.record_consent", fail)
        with pytest.raises(RuntimeError):
            send(client, job, resume=pdf())

    assert not Candidate.objects.exists()
    assert kept() == set()

    def full(self: FileSystemStorage, name: str, content: Any) -> str:
        Path(self.path(name)).parent.mkdir(parents=True, exist_ok=True)
        Path(self.path(name)).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(FileSystemStorage, "_save", full)
        refused = send(client, job, resume=pdf())
        wrong = send(client, job, email="ada@", resume=pdf())

    assert refused.status_code == 503
    assert "Your files could not be taken just now" in text(refused)
    assert 'value="Ada Lovelace"' in text(refused)
    assert "choose them again" in text(wrong)
    assert not Candidate.objects.exists()
    assert not StagedUpload.objects.exists()
    assert kept() == set()
    assert send(client, job, resume=pdf()).status_code == 302


def test_strangers_cannot_fill_the_disk_with_files_that_wait(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hiring.operations.staging.ROOM_TO_KEEP", 40)
    job = make_job()

    first = send(client, job, email="ada@", resume=pdf())
    second = send(client, job, email="ada@", resume=pdf())

    assert "is kept" in text(first)
    assert "choose them again" in text(second)
    assert StagedUpload.objects.count() == 1


def test_same_file_as_resume_and_as_answer_is_one_document(client: Client) -> None:
    job = make_job()
    [bread] = ask(job, FILE)

    send(client, job, resume=pdf(), **{f"question-{bread.pk}": pdf("again.pdf")})

    document = Document.objects.get()
    assert document.kind == DocumentKind.RESUME
    assert ApplicationAnswer.objects.get().document == document
    assert Application.objects.get().documents.count() == 1


def test_form_says_that_it_sends_files_and_which_it_takes(client: Client) -> None:
    job = make_job()
    ask(job, FILE)

    page = text(client.get(f"/jobs/{job.slug}/apply/"))

    assert 'enctype="multipart/form-data"' in page
    assert 'accept=".docx,.pdf,.txt"' in page
    assert 'accept=".docx,.jpeg,.jpg,.pdf,.png,.txt"' in page
    assert set(ADA) <= set(re.findall(r'name="([^"]+)"', page))
    assert Job.objects.get().resume_rule == FieldRule.OPTIONAL
