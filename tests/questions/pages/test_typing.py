"""What is typed and not saved: kept for its author alone, offered again, and never written over."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from questions.models import Question, QuestionPicture, UnsavedEdit
from questions.operations.typing import MOST_KEPT
from tests.factories.accounts import make_user
from tests.factories.questions import make_bank, make_question
from tests.questions.pages.test_pictures import drawing
from tests.questions.pages.typed import typed

pytestmark = pytest.mark.django_db

ADD = reverse("admin:questions_question_add")
KEEP = reverse("admin:questions_question_keep")
PICTURE = reverse("admin:questions_question_picture")


def sign_in() -> Client:
    client = Client()
    client.force_login(make_user(Role.QUESTION_AUTHOR))
    return client


@pytest.fixture
def author() -> Client:
    return sign_in()


def address(question: Question) -> str:
    return reverse("admin:questions_question_change", args=[question.pk])


def keep(client: Client, question: Question | None = None, **changes: object) -> dict[str, Any]:
    data = typed(question, **changes) | {"question": question.pk if question else ""}
    response = client.post(KEEP, data)
    assert response.status_code == 200, response.content
    reply: dict[str, Any] = response.json()
    return reply


def throw_away(client: Client, public_id: str, question: Question) -> None:
    url = reverse("admin:questions_question_throw_away", args=[public_id])
    response = client.post(url, {"question": question.pk})
    assert response["Location"] == address(question)


def test_typing_is_kept_once_offered_again_and_taken_up(author) -> None:
    question = make_question(codes="abc", ready=False)
    first = keep(author, question, stem="Half a thou")
    second = keep(author, question, stem="Half a thought <b>", unsaved=first["unsaved"])

    offered = author.get(address(question))
    taken = author.get(address(question), {"unsaved": first["unsaved"]})

    assert (first["state"], second["state"]) == ("kept", "kept")
    assert UnsavedEdit.objects.get().data["stem"] == ["Half a thought <b>"]
    page = offered.content.decode()
    assert "You typed something here and did not save it:" in page
    assert "Half a thought &lt;b&gt;" in page
    assert offered.context["form"].facts["stem"].value() == question.versions.get().stem
    assert taken.context["form"].facts["stem"].value() == "Half a thought <b>"
    assert taken.context["form"].facts["unsaved"].value() == first["unsaved"]
    assert taken.context["faults"] == []


def test_saving_forgets_what_was_kept_and_a_refused_save_does_not(author) -> None:
    question = make_question(codes="abc", ready=False)
    unsaved = keep(author, question, stem="Typed")["unsaved"]

    author.post(address(question), typed(question, stem="", unsaved=unsaved))
    after_refusal = UnsavedEdit.objects.count()
    author.post(address(question), typed(question, stem="Typed", unsaved=unsaved))

    assert (after_refusal, UnsavedEdit.objects.count()) == (1, 0)
    assert question.versions.get().stem == "Typed"
    assert "did not save it" not in author.get(address(question)).content.decode()


def test_what_was_kept_is_not_written_over_from_another_window(author) -> None:
    question = make_question(codes="abc", ready=False)
    keep(author, question, stem="In the first window")

    second = keep(author, question, stem="In the second window")

    assert second["state"] == "other"
    assert UnsavedEdit.objects.get().data["stem"] == ["In the first window"]


def test_what_was_saved_or_thrown_away_is_not_kept_again_by_a_late_request(author) -> None:
    question = make_question(codes="abc", ready=False)
    unsaved = keep(author, question)["unsaved"]
    throw_away(author, unsaved, question)

    late = keep(author, question, unsaved=unsaved)

    assert late["state"] == "gone"
    assert not UnsavedEdit.objects.exists()


def test_what_one_typed_is_nobody_elses(author) -> None:
    question, other = make_question(codes="abc", ready=False), sign_in()
    unsaved = keep(author, question, stem="Mine alone")["unsaved"]

    page = other.get(address(question), {"unsaved": unsaved}).content.decode()
    written = keep(other, question, stem="Theirs", unsaved=unsaved)
    throw_away(other, unsaved, question)

    assert "Mine alone" not in page
    assert written["state"] == "gone"
    assert UnsavedEdit.objects.get().data["stem"] == ["Mine alone"]


def test_new_questions_that_were_not_saved_are_offered_where_one_is_begun(author) -> None:
    for stem in ("A first one", "A second one"):
        keep(author, stem=stem)

    response = author.get(ADD)
    first = UnsavedEdit.objects.order_by("pk").first()
    taken = author.get(ADD, {"unsaved": first.public_id})
    author.post(ADD, typed(bank=make_bank().pk, stem="A first one", unsaved=first.public_id))

    assert [each.data["stem"][0] for each in response.context["before"]] == ["A second one", "A first one"]
    assert taken.context["form"].facts["stem"].value() == "A first one"
    assert [each.data["stem"] for each in UnsavedEdit.objects.all()] == [["A second one"]]


def test_typing_older_than_two_months_is_forgotten_and_a_whole_book_is_not_kept(author) -> None:
    keep(author, stem="Old")
    UnsavedEdit.objects.update(kept_at=timezone.now() - timedelta(days=61))

    keep(author, stem="New")
    long = keep(author, stem="x" * (MOST_KEPT + 1))

    assert [each.data["stem"] for each in UnsavedEdit.objects.all()] == [["New"]]
    assert long["state"] == "too_long"


@pytest.mark.parametrize(
    ("changes", "outcome", "words"),
    [
        ({}, "draft_begun", "Saving begins version 2"),
        (
            {"texts": ("Option a", "Option b", "Option c"), "stem": "As it was?"},
            "unchanged",
            "Another text begins",
        ),
        (
            {"texts": ("Option a", "Option b", "Option c"), "stem": "As it was?", "explanation": "Other"},
            "key_mended",
            "mends the key of version 1",
        ),
    ],
)
def test_keeping_tells_what_saving_would_do(author, changes, outcome, words) -> None:
    question = make_question(codes="abc", stem="As it was?")

    reply = keep(author, question, **({"explanation": "Because."} | changes))

    assert (reply["outcome"], words in reply["will"], reply["stale"]) == (outcome, True, False)


def test_keeping_tells_of_a_colleague_who_saved_meanwhile(author) -> None:
    question = make_question(codes="abc", ready=False)
    mine = typed(question)
    sign_in().post(address(question), typed(question, stem="Theirs"))

    reply = author.post(KEEP, mine | {"question": question.pk}).json()

    assert (reply["stale"], reply["state"]) == (True, "kept")


def test_keeping_takes_whatever_is_half_typed(author) -> None:
    question = make_question(codes="abc", ready=False)
    for data in (
        {},
        {"question": question.pk, "kind": "nonsense", "option": ["o1", "<b>", "o1"], "o1-share": "1/0"},
        {"stem": "\x00", "intended_difficulty": "many", "skills": "x", "unsaved": "nothing"},
    ):
        assert author.post(KEEP, data).status_code == 200
    for named in ("0", "999999", "x", "1" * 30):
        assert author.post(KEEP, {"question": named}).status_code == 404


def upload(content: bytes, name: str = "a.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def test_picture_is_taken_in_and_named_in_markdown(author) -> None:
    question = make_question(ready=False)

    response = author.post(
        PICTURE, {"question": question.pk, "picture_alt": "A  map", "picture": upload(drawing())}
    )

    picture = QuestionPicture.objects.get()
    assert response.json() == {"markdown": f"![A map](/pictures/{picture.public_id})"}
    assert picture.bank == question.bank
    assert Client().get(f"/pictures/{picture.public_id}").status_code == 200


@pytest.mark.parametrize(
    ("alt", "content", "words"),
    [
        ("", drawing(), "Say what the picture shows"),
        ("x" * 301, drawing(), "at most 300 characters"),
        ("A map", None, "Choose a picture"),
        ("A map", b"<svg onload='alert(1)'/>", "no PNG, JPEG or WebP"),
        ("A map", drawing()[:60], "damaged"),
        ("A map", drawing() + bytes(2 * 1024 * 1024), "larger than 2 MB"),
        ("A map", drawing(size=(2001, 2001)), "at most 2000"),
    ],
)
def test_picture_that_cannot_be_shown_is_refused_with_the_mend(author, alt, content, words) -> None:
    data = {"question": make_question(ready=False).pk, "picture_alt": alt}

    response = author.post(PICTURE, data | ({"picture": upload(content)} if content is not None else {}))

    assert response.status_code == 400
    assert words in response.json()["refusal"]
    assert not QuestionPicture.objects.exists()


@pytest.mark.parametrize("into", ["stem", "explanation", "model_answer"])
def test_picture_without_scripts_stands_at_the_end_of_its_text(author, into) -> None:
    bank = make_bank()
    data = typed(bank=bank.pk, **{into: "Look at this."})
    data |= {"do": f"picture {into}", f"picture-{into}-alt": "A map"}

    none = author.post(ADD, data)
    shown = author.post(ADD, data | {f"picture-{into}": upload(drawing())})
    elsewhere = author.post(ADD, data | {"bank": "", f"picture-{into}": upload(drawing())})

    assert "Choose a picture" in none.content.decode()
    public_id = QuestionPicture.objects.get().public_id
    expected = f"Look at this.\n\n![A map](/pictures/{public_id})\n"
    assert shown.context["form"].facts[into].value() == expected
    assert "Choose the bank of this question first" in elsewhere.content.decode()
    assert io.BytesIO(bytes(QuestionPicture.objects.get().content)).read(4) == b"\x89PNG"
