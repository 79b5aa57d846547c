"""What makes candidates' pages look like the organisation's: the form that sets it, and what the pages get."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Logo, Organisation, User
from outbox.models import Event
from tests.factories.accounts import make_administrator, make_organisation

pytestmark = pytest.mark.django_db
PAGE = "/admin/accounts/organisation/1/change/"
FORM = {"name": "Larkfield", "accent": "#0d746e", "time_zone": "Europe/Berlin", "language": "en"}


@pytest.fixture
def administrator(client: Client) -> User:
    user = make_administrator()
    client.force_login(user)
    return user


def picture(form: str = "PNG", name: str = "logo.png") -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (60, 30), (13, 116, 110)).save(written, form)
    return SimpleUploadedFile(name, written.getvalue(), "image/png")


def home() -> Organisation:
    return Organisation.objects.get()


def test_logo_is_made_anew_stored_and_served_to_everybody_for_ever(
    client: Client, administrator: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert client.post(PAGE, FORM | {"logo": picture("JPEG", "logo.exe")}).status_code == 302
    address = f"/logo-{home().logo_digest}.png"

    with django_assert_num_queries(1):
        answer = Client().get(address)
    assert answer.content == bytes(Logo.objects.get().content)
    assert answer.content.startswith(b"\x89PNG")
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not answer.cookies
    assert address in client.get(PAGE).content.decode()


def test_logo_of_an_older_mail_leads_to_the_one_of_today(client: Client, administrator: User) -> None:
    client.post(PAGE, FORM | {"logo": picture()})

    answer = Client().get("/logo-older.png")
    assert answer["Location"] == f"/logo-{home().logo_digest}.png"
    assert answer["Cache-Control"] == "no-store"

    client.post(PAGE, FORM | {"remove_logo": "on"})
    assert home().logo_digest == ""
    assert Client().get("/logo-older.png").status_code == 404


@pytest.mark.parametrize(
    "content",
    [b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"<html><script>alert(1)</script>"],
)
def test_what_is_no_picture_is_refused_and_nothing_typed_is_lost(
    client: Client, administrator: User, content: bytes
) -> None:
    upload = SimpleUploadedFile("logo.png", content, "image/png")

    page = client.post(PAGE, FORM | {"logo": upload, "name": "Typed before"}).content.decode()

    assert "no PNG, JPEG or WebP" in page
    assert "Typed before" in page
    assert not Organisation.objects.exists()


def test_colour_that_cannot_be_read_comes_back_with_the_nearest(client: Client, administrator: User) -> None:
    page = client.post(PAGE, FORM | {"accent": "#FFCC00"}).content.decode()

    nearest = re.search(r'name="use_nearest"[^>]*>Use (#[0-9a-f]{6})', page)
    assert nearest
    assert f"nearest that reads well is {nearest[1]}" in page
    assert not Organisation.objects.exists()

    client.post(PAGE, FORM | {"accent": "#FFCC00", "use_nearest": "yes"})

    assert home().accent == nearest[1]


@pytest.mark.parametrize("accent", ["red", "#12345", "#0d746e;}"])
def test_what_is_no_colour_is_refused(client: Client, administrator: User, accent: str) -> None:
    client.post(PAGE, FORM | {"accent": accent})

    assert not Organisation.objects.exists()


def test_history_names_fields_and_no_values(client: Client, administrator: User) -> None:
    client.post(PAGE, FORM | {"reply_to": "people@example.org"})

    event = Event.objects.get(kind="accounts.organisation_changed")
    assert "reply_to" in event.data["fields"]
    assert "people@example.org" not in str(event.data)


def test_pages_of_candidates_get_logo_name_and_colour_from_files(client: Client) -> None:
    make_organisation(name="Larkfield", accent="#0d746e", logo_digest="abc")

    page = client.get("/accounts/login/").content.decode()

    look = re.search(r'<link rel="stylesheet" href="(/look-0d746e-[0-9a-f]{12}\.css)">', page)
    assert look
    assert '<img class="site-logo" src="/logo-abc.png" alt="">' in page
    assert "Larkfield" in page
    answer = Client().get(look[1])
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "--accent:#0d746e" in answer.content.decode()


def test_pages_with_the_colour_of_the_house_ask_for_no_file(client: Client) -> None:
    make_organisation()

    assert "/look-" not in client.get("/accounts/login/").content.decode()


def test_look_of_an_older_version_is_not_kept_and_of_no_colour_is_not_there(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/look-0d746e-older.css")["Cache-Control"] == "no-store"
        assert Client().get("/look-nothing-older.css").status_code == 404


def test_environment_decides_about_the_address_where_it_names_one(
    client: Client, administrator: User, settings: Settings
) -> None:
    settings.SITE_ADDRESS, settings.SITE_ADDRESS_FROM = "https://hiring.example.com", "environment"

    page = client.get(PAGE).content.decode()
    client.post(PAGE, FORM | {"site_address": "https://elsewhere.example"})

    field = re.search(r'<input[^>]*name="site_address"[^>]*>', page)
    assert field
    assert 'value="https://hiring.example.com"' in field[0]
    assert "disabled" in field[0]
    assert "SITE_ADDRESS=https://hiring.example.com" in page
    assert home().site_address == ""


def test_address_is_saved_for_the_next_start_where_the_page_decides(
    client: Client, administrator: User, settings: Settings
) -> None:
    settings.SITE_ADDRESS, settings.SITE_ADDRESS_FROM = "http://127.0.0.1:8000", "screen"

    page = client.post(PAGE, FORM | {"site_address": "hiring.example.com/jobs"}).content.decode()
    assert "Write the scheme and the name alone" in page
    client.post(PAGE, FORM | {"site_address": "hiring.example.com"})

    assert home().site_address == "https://hiring.example.com"
    assert home().address == "http://127.0.0.1:8000"
