"""What requests for the pages of a test pass by."""

from __future__ import annotations

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from shell.middleware import AuthenticationMiddleware, LoginRequiredMiddleware, SessionMiddleware
from tests.factories.accounts import make_organisation, make_recruiter

pytestmark = pytest.mark.filterwarnings("ignore:No directory at")


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("opened")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/test/unknown/", "/test/unknown/question/1/", "/test/", "/t/unknown/"])
def test_page_of_a_test_asks_nothing_of_whoever_is_signed_in(client: Client, path: str) -> None:
    make_organisation()
    client.force_login(make_recruiter())

    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)

    assert response.status_code == 404
    assert not [query["sql"] for query in queries if "session" in query["sql"]]


@pytest.mark.parametrize(("path", "knows"), [("/test/x/", False), ("/t/x/", False), ("/tests/x/", True)])
def test_pages_of_tests_alone_do_not_know_who_is_signed_in(path: str, knows: bool) -> None:
    request = RequestFactory().get(path)

    SessionMiddleware(AuthenticationMiddleware(page))(request)

    assert hasattr(request, "user") is knows


def test_page_for_colleagues_at_the_address_of_a_test_fails() -> None:
    request = RequestFactory().get("/test/x/")

    with pytest.raises(AttributeError):
        LoginRequiredMiddleware(page).process_view(request, page, (), {})


def test_page_for_everybody_does_not_ask_who_is_signed_in() -> None:
    opened = login_not_required(lambda request: HttpResponse())
    request = RequestFactory().get("/test/x/")

    assert LoginRequiredMiddleware(page).process_view(request, opened, (), {}) is None


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/test/x/no-such-page/", "/test/x/question/none/"])
def test_no_page_of_a_test_speaks_what_the_thread_spoke_last(client: Client, path: str) -> None:
    make_organisation()
    translation.activate("de")

    response = client.get(path)

    assert response.status_code == 404
    assert 'lang="en"' in response.content.decode()
    assert "Content-Language" not in response
