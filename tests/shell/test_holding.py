"""A form sent after the session ended: what was typed is on the page that says so, and is sent again from there."""

from __future__ import annotations

import html
import re

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from questions.models import Question
from tests.factories.accounts import make_user
from tests.factories.questions import make_bank
from tests.questions.pages.typed import typed

pytestmark = pytest.mark.django_db

ADD = reverse("admin:questions_question_add")
OWN = {"origin": "http://testserver"}


@pytest.fixture
def author() -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(Role.QUESTION_AUTHOR))
    return client


def with_token(client: Client, **changes: object) -> dict[str, object]:
    """What the form of a new question sends, with the token that its page has."""
    page = client.get(ADD).content.decode()
    (token, *_others) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return typed(bank=make_bank().pk, stem="Typed\nfor an hour?", **changes) | {"csrfmiddlewaretoken": token}


def held_fields(response) -> dict[str, list[str]]:
    page = response.content.decode()
    page = page[page.index('id="held"') :]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        fields.setdefault(html.unescape(name), []).append(html.unescape(value))
    return fields


def test_typed_question_outlives_the_session_and_is_saved_after_signing_in_again(author) -> None:
    data = with_token(author)
    Session.objects.all().delete()

    out = author.post(ADD, data, headers=OWN)
    author.force_login(make_user(Role.QUESTION_AUTHOR))
    author.get(reverse("admin:index"))
    # Signing in gives the browser another token, so that of the page is old.
    author.cookies["shortlist_csrf"] = "x" * 32
    once_more = author.post(ADD, held_fields(out), headers=OWN)
    saved = author.post(ADD, held_fields(once_more), headers=OWN)

    assert (out.status_code, once_more.status_code, saved.status_code) == (403, 403, 302)
    assert "You are signed out" in out.content.decode()
    assert "Send it once more" in once_more.content.decode()
    assert out["Cache-Control"] == "no-store, private"
    assert held_fields(once_more)["stem"] == ["Typed\nfor an hour?"]
    assert Question.objects.get().versions.get().stem == "Typed\nfor an hour?"


def test_form_of_another_site_is_refused_and_not_shown(author) -> None:
    data = with_token(author) | {"csrfmiddlewaretoken": "x" * 64, "stem": "Planted?"}

    for origin in ({"origin": "https://elsewhere.example"}, {"origin": "null"}, {}):
        response = author.post(ADD, data, headers=origin)
        assert response.status_code == 403
        assert "Planted?" not in response.content.decode()
        assert "This form is out of date" in response.content.decode()


def test_files_are_asked_for_again_and_passwords_are_held_nowhere(author) -> None:
    data = with_token(author)
    Session.objects.all().delete()

    with_file = author.post(ADD, data | {"picture": SimpleUploadedFile("a.png", b"a")}, headers=OWN)
    with_password = author.post(ADD, data | {"new_password": "secret"}, headers=OWN)

    assert "Files have to be chosen again" in with_file.content.decode()
    assert held_fields(with_file)["stem"] == ["Typed\nfor an hour?"]
    assert with_password.status_code == 302
    assert with_password["Location"].startswith(reverse("account_login"))


def test_scripts_and_plain_requests_are_led_to_the_sign_in_as_ever(author) -> None:
    data = with_token(author)
    Session.objects.all().delete()

    for headers in ({"sec-fetch-mode": "cors"}, {"hx-request": "true"}):
        response = author.post(ADD, data, headers=OWN | headers)
        assert response.status_code == 302
    assert author.get(ADD).status_code == 302
