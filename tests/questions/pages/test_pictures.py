"""Pictures in questions: what may be uploaded, who gets them, and that texts show no others."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Actor
from questions import operations, queries
from questions.models import QuestionBank, QuestionPicture
from questions.rules import PICTURES, picture_markdown, pictures_in
from rendering.pictures import read_picture
from tests.factories.questions import NOW, make_bank, make_question

pytestmark = pytest.mark.django_db


def drawing(kind: str = "PNG", size: tuple[int, int] = (40, 20), colour: str = "red") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, kind)
    return made.getvalue()


def add(bank: QuestionBank, content: bytes) -> QuestionPicture:
    return operations.add_picture(bank=bank, picture=read_picture(content), by=Actor.system(), now=NOW)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_is_for_whoever_knows_its_address_and_never_changes(kind, django_assert_num_queries) -> None:
    picture = add(make_bank(), drawing(kind))
    stranger = Client()

    with django_assert_num_queries(1):
        response = stranger.get(reverse("picture", args=[picture.public_id]))

    assert response.status_code == 200
    assert Image.open(io.BytesIO(response.content)).format == kind
    assert response["Content-Type"] == f"image/{kind.lower()}"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response.cookies == {}


def test_picture_is_none_at_another_address_and_takes_nothing_in() -> None:
    picture = add(make_bank(), drawing())
    stranger = Client()

    assert stranger.get(f"{PICTURES}{picture.public_id}x").status_code == 404
    assert stranger.get(f"{PICTURES}1").status_code == 404
    assert stranger.post(reverse("picture", args=[picture.public_id])).status_code == 405
    assert len(picture.public_id) == 22


def test_same_picture_is_kept_once_a_bank() -> None:
    bank = make_bank()

    one, again, elsewhere = add(bank, drawing()), add(bank, drawing()), add(make_bank(), drawing())

    assert one.pk == again.pk
    assert elsewhere.public_id != one.public_id
    assert QuestionPicture.objects.count() == 2


def test_question_shows_pictures_of_this_site_and_no_others() -> None:
    picture = add(make_bank(), drawing())
    own = picture_markdown(picture.public_id, "A *map* [of] it")
    stem = (
        f"Look.\n\n{own}\n\n![far](https://example.com/x.png) ![up](/pictures/../admin/) ![logo](/logo.png)"
    )
    question = make_question(stem=stem)

    html = str(queries.rendered(question.current_version).stem_html)

    assert f'<img src="/pictures/{picture.public_id}" alt="A *map* [of] it">' in html
    assert html.count("<img") == 1
    assert "example.com" not in html
    assert pictures_in(stem) == [picture.public_id]
    assert reverse("picture", args=[picture.public_id]) == f"{PICTURES}{picture.public_id}"
