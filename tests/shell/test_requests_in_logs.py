"""The line about each request: what was asked for by name, by whom by number, and the id that people can quote."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.enums import Scope
from config.logs import begin_task, end_task, logging_settings
from shell import logs, middleware
from shell.logs import ContextFilter, JsonFormatter, LineFormatter, RedactFilter
from tests.factories.accounts import make_administrator, make_api_key
from tests.factories.outbox import make_link

pytestmark = pytest.mark.filterwarnings("ignore:No directory at")


class Kept(logging.Handler):
    """Keeps each record as the handler of the settings would write it, in both forms."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.objects: list[dict[str, object]] = []
        for each in (ContextFilter(), RedactFilter()):
            self.addFilter(each)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(LineFormatter().format(record))
        self.objects.append(json.loads(JsonFormatter().format(record)))


@pytest.fixture
def kept() -> Iterator[Kept]:
    """What is logged from the level INFO on, while the test runs."""
    handler = Kept()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler
    root.setLevel(level)
    root.removeHandler(handler)


def access_lines(kept: Kept) -> list[dict[str, object]]:
    return [line for line in kept.objects if line["logger"] == "shortlist.access"]


@pytest.mark.django_db
def test_request_has_one_line_with_name_number_and_id(client: Client, kept: Kept) -> None:
    user = make_administrator()
    client.force_login(user)

    response = client.get(reverse("outbox:mail"), {"q": "Somebody"})

    (line,) = access_lines(kept)
    assert line | {"at": "", "milliseconds": 0, "message": ""} == {
        "at": "",
        "level": "INFO",
        "logger": "shortlist.access",
        "message": "",
        "request": response["X-Request-ID"],
        "method": "GET",
        "view": "outbox:mail",
        "status": 200,
        "milliseconds": 0,
        "actor": "user",
        "actor_id": user.pk,
    }
    assert f" ms user:{user.pk} request={response['X-Request-ID']}" in kept.lines[-1]
    assert "Somebody" not in "".join(kept.lines)


@pytest.mark.django_db
def test_program_is_named_by_the_number_of_its_key(client: Client, kept: Kept) -> None:
    key, token = make_api_key(make_administrator(), Scope.READ)

    client.get("/api/v1/jobs/", headers={"Authorization": f"Bearer {token}"})

    assert [(line["actor"], line["actor_id"]) for line in access_lines(kept)] == [("api_key", key.pk)]


@pytest.mark.django_db
def test_case_42_token_logs_candidate_is_a_number_and_the_page_a_name(client: Client, kept: Kept) -> None:
    from outbox.queries import link_url

    link = make_link(expires_at=None)
    token = link_url(link).rstrip("/").rpartition("/")[2]

    client.get(f"/t/{token}/")
    client.get(f"/t/{token}x/")

    lines = access_lines(kept)
    assert [(line["view"], line["actor"], line["actor_id"]) for line in lines] == [
        ("taking:enter", "link", link.pk),
        ("taking:enter", "nobody", None),
    ]
    assert link.public_id not in json.dumps(lines)
    assert link.public_id not in "".join(line for line in kept.lines if "shortlist.access" in line)


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["0f2c6c1e-77a1-4a53-a1d6-1f9c7d0e51aa", "a" * 64])
def test_well_formed_id_of_a_proxy_is_kept(client: Client, given: str) -> None:
    assert client.get("/accounts/login/", headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given",
    [
        "",
        "short",
        "a" * 65,
        "ada@example.com",
        "abcdefghjkmnpqrs.AbCdEfGhIjKlMnOpQrStUv",
        "one two three",
        "ä" * 9,
    ],
)
def test_any_other_id_is_replaced(client: Client, given: str) -> None:
    response = client.get("/accounts/login/", headers={"X-Request-ID": given})

    assert response["X-Request-ID"] != given
    assert logs.REQUEST_ID.fullmatch(response["X-Request-ID"])


@pytest.mark.django_db
def test_broken_page_shows_the_id_by_which_the_log_knows_it(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    from outbox.views.mail import MailPage

    def fail(*arguments: object, **named: object) -> None:
        raise RuntimeError("no room for ada@example.com")

    monkeypatch.setattr(MailPage, "get_context_data", fail)
    client = Client(raise_request_exception=False)
    client.force_login(make_administrator())

    response = client.get(reverse("outbox:mail"))

    assert response.status_code == 500
    own = response["X-Request-ID"]
    assert f"<code>{own}</code>" in response.content.decode()
    (error,) = [line for line in kept.objects if line["level"] == "ERROR"]
    assert error["request"] == own
    assert "no room for [address]" in str(error["error"])
    assert access_lines(kept)[0]["status"] == 500


def request_from(address: str, forwarded: str = "") -> HttpRequest:
    more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=address, **more)


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, "", "192.0.2.7"),
        (0, "203.0.113.5", "192.0.2.7"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        (1, "", "192.0.2.7"),
        (1, "forged\nline", "-"),
    ],
)
def test_case_77_xff_spoof_address_is_the_one_that_the_own_proxy_saw(
    settings, hops: int, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = hops

    assert middleware.client_address(request_from("192.0.2.7", forwarded)) == expected


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", [True, False])
def test_addresses_of_visitors_are_written_only_where_somebody_asked_for_it(
    client: Client, kept: Kept, settings, wanted: bool
) -> None:
    settings.LOG_ADDRESSES = wanted

    client.get("/accounts/login/", REMOTE_ADDR="192.0.2.7")

    assert any("192.0.2.7" in line for line in kept.lines) is wanted
    assert access_lines(kept)[0].get("address") == ("192.0.2.7" if wanted else None)


def test_lines_of_a_task_name_it(kept: Kept) -> None:
    class Task:
        name = "outbox.deliver_messages"

    begin_task(task_id="5f0c", task=Task())
    logging.getLogger("outbox").warning("Said inside.")
    end_task()
    logging.getLogger("outbox").warning("Said outside.")

    inside, outside = kept.lines
    assert inside.endswith("Said inside. task=outbox.deliver_messages task_id=5f0c")
    assert outside.endswith("Said outside.")


def test_case_13_log_injection_json_of_a_record_stays_one_line_and_hides_what_lines_hide(kept: Kept) -> None:
    logging.getLogger("x").warning("a\n%s", "ada@example.com", extra={"facts": {"view": "b@example.org\nc"}})

    (line,) = kept.objects
    assert (line["message"], line["view"]) == ("a  ⏎ [address]".replace("  ", " "), "[address] ⏎ c")


def test_form_that_is_none_stops_the_start() -> None:
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured, match="Set it to line or json"):
        logging_settings(level="INFO", form="xml")
