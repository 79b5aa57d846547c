"""Pictures of a file are kept once, without what a camera wrote, and shown to whoever takes a test."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from PIL import Image

from questions import queries
from questions.formats.drafts import Parsed, ParsedOption, ParsedQuestion
from questions.formats.pictures import picture_of
from questions.models import Question, QuestionBank, QuestionPicture
from questions.operations import export_pictures
from questions.operations.exporting import Which, export_questions
from questions.operations.importing import ImportChoices, Outcome, run_import
from questions.operations.reading import parse
from questions.rules import pictures_in
from rendering.pictures import read_picture
from tests.factories.questions import NOW, make_bank
from tests.questions.importing.test_importing import BY

pytestmark = pytest.mark.django_db(transaction=True)


def png(colour: str = "red", *, says_more: bool = False) -> bytes:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Where I live"
    Image.new("RGB", (20, 10), colour).save(made, "PNG", **({"exif": exif} if says_more else {}))
    return made.getvalue()


def pictured(*contents: bytes) -> Parsed:
    names = [picture_of(content) for content in contents]
    stem = "\n\n".join(f"![A \\[map\\]](picture:{name})" for name in names)
    options = (ParsedOption(f"![a](picture:{names[0]})", 1), ParsedOption("b"))  # type: ignore[arg-type]
    question = ParsedQuestion("single", f"See\n\n{stem}", options, external_id="one")
    return Parsed("moodle_xml", [question], pictures=dict(zip(names, contents, strict=True)))


def imported(bank: QuestionBank, parsed: Parsed, mark: str) -> Outcome:
    return run_import(
        bank=bank,
        parsed=parsed,
        choices=ImportChoices(),
        mark=mark,
        by=BY,
        now=NOW,
        told=lambda _done, _total: None,
    )


def test_picture_is_kept_once_and_shown_without_signing_in() -> None:
    bank = make_bank()
    imported(bank, pictured(png(), png("blue")), "1")
    imported(bank, pictured(png("blue"), png()), "2")
    assert QuestionPicture.objects.filter(bank=bank).count() == 2
    version = queries.latest_version(Question.objects.get())
    assert version is not None
    [first, _second] = pictures_in(version.stem)
    html = queries.rendered(version).stem_html
    assert f'<img src="/pictures/{first}" alt="A [map]"' in html

    response = Client().get(f"/pictures/{first}")
    assert (response.status_code, response["Content-Type"], response.content) == (
        200,
        "image/png",
        read_picture(png("blue")).content,
    )
    assert "immutable" in response["Cache-Control"]
    assert Client().get("/pictures/nothing").status_code == 404
    # The same file says nothing new.
    assert imported(bank, pictured(png("blue"), png()), "3").counts()["unchanged"] == 1


def test_what_a_camera_wrote_is_gone() -> None:
    imported(make_bank(), pictured(png(says_more=True)), "1")
    picture = QuestionPicture.objects.get()
    assert b"Where I live" in png(says_more=True)
    assert b"Where I live" not in bytes(picture.content)
    assert (picture.width, picture.height, picture.size) == (20, 10, len(bytes(picture.content)))


def test_what_is_no_picture_is_left_out_and_told() -> None:
    outcome = imported(make_bank(), pictured(b"\x89PNG\r\n\x1a\nbroken", png()), "1")
    assert len(outcome.pictures.warnings) == 1
    version = queries.latest_version(Question.objects.get())
    assert version is not None
    assert version.stem.startswith("See\n\nA \\[map\\]\n\n![A")
    assert QuestionPicture.objects.count() == 1


@pytest.mark.parametrize("name", ["moodle_xml", "qti_2.1", "json"])
def test_file_holds_the_pictures_and_gives_them_back(name: str) -> None:
    bank, other = make_bank(), make_bank()
    photo = io.BytesIO()
    Image.effect_noise((40, 30), 60).convert("RGB").save(photo, "JPEG", quality=30)
    imported(bank, pictured(png(), photo.getvalue()), "1")
    exported = export_questions(bank=bank, name=name, which=Which.ALL)
    assert "pictures" not in [loss["field"] for loss in exported.losses()]
    # A bank that has them knows them again, though a photograph made anew is another one.
    parsed = parse(exported.written.content)
    assert imported(bank, parsed, "2").counts()["unchanged"] == 1
    assert imported(other, parsed, "3").counts()["new"] == 1
    counts = [QuestionPicture.objects.filter(bank=each).count() for each in (bank, other)]
    assert counts == [2, 2]
    version = queries.latest_version(Question.objects.get(bank=other))
    assert version is not None
    for code in pictures_in(version.stem):
        assert QuestionPicture.objects.get(public_id=code).bank_id == other.pk


def test_file_that_cannot_hold_pictures_says_so() -> None:
    bank = make_bank()
    imported(bank, pictured(png()), "1")
    exported = export_questions(bank=bank, name="yaml", which=Which.ALL)
    assert [loss["field"] for loss in exported.losses()] == ["pictures"]


def test_pictures_beyond_what_a_file_may_hold_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    bank = make_bank()
    imported(bank, pictured(png(), png("blue")), "1")
    monkeypatch.setattr(export_pictures, "_MOST_BYTES", len(read_picture(png()).content) + 10)
    exported = export_questions(bank=bank, name="json", which=Which.ALL)
    assert [loss["field"] for loss in exported.losses()] == ["pictures"]
    assert len(parse(exported.written.content).pictures) == 1
