from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation
from accounts.queries import organisation
from tests.factories.accounts import make_administrator, make_organisation, make_recruiter

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:No directory at")]

WORDS = "We hire **slowly** and answer everybody.\n\n<script>alert(1)</script>"


def test_strangers_read_the_introduction_and_find_the_sign_in(client: Client) -> None:
    make_organisation(name="Larkfield", careers_introduction=WORDS, privacy_contact="privacy@example.org")

    response = client.get("/")
    page = response.content.decode()

    assert response.status_code == 200
    assert "Working at Larkfield" in page
    assert "We hire <strong>slowly</strong> and answer everybody." in page
    assert "<script>alert" not in page
    assert "privacy@example.org" in page
    assert reverse("account_login") in page
    assert "Cookie" in response["Vary"]


def test_without_an_introduction_the_address_leads_inside(client: Client) -> None:
    make_organisation(careers_introduction=" \n")

    assert client.get("/")["Location"] == reverse("admin:index")


def test_colleagues_are_led_inside(client: Client) -> None:
    make_organisation(careers_introduction=WORDS)
    client.force_login(make_recruiter())

    assert client.get("/")["Location"] == reverse("admin:index")
    assert client.post("/").status_code == 405


def test_introduction_costs_its_own_page_a_query_and_no_other(
    client: Client, django_assert_num_queries
) -> None:
    make_organisation(careers_introduction=WORDS)
    with django_assert_num_queries(1):
        assert organisation().get_deferred_fields() == {"careers_introduction"}
    # The organisation, its introduction, whether any job is open.
    with django_assert_num_queries(3):
        client.get("/")


def test_introduction_is_written_on_the_organisations_page(client: Client) -> None:
    client.force_login(make_administrator())
    make_organisation()
    address = reverse("admin:accounts_organisation_change", args=[1])
    form = client.get(address).context["adminform"].form
    fields = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    sent = {name: value for name, value in fields.items() if name not in ("logo", "remove_logo")}

    response = client.post(address, sent | {"careers_introduction": WORDS})

    assert response.status_code == 302, response.context["adminform"].form.errors
    assert Organisation.objects.get().careers_introduction == WORDS
