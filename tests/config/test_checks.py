import pytest
from django.core import checks

from config.checks import OURS, SOUND_SQLITE


def ids(*, deploy: bool = False) -> set[str]:
    return {message.id for message in checks.run_checks(tags=[OURS], include_deployment_checks=deploy)}


def test_settings_of_the_tests_have_no_complaint():
    assert ids() == set()


def test_short_link_key_is_an_error(settings):
    settings.LINK_KEYS = ["k" * 40, "short"]

    assert ids() == {"shortlist.E001"}


def test_one_key_for_both_purposes_is_an_error(settings):
    settings.LINK_KEYS = [settings.SECRET_KEY]

    assert ids() == {"shortlist.E002"}


@pytest.mark.parametrize(
    "address", ["hiring.example.com", "ftp://hiring.example.com", "https://", "https://a.example/b"]
)
def test_site_address_that_is_none_is_an_error(settings, address):
    settings.SITE_ADDRESS = address

    assert ids() == {"shortlist.E003"}


@pytest.mark.parametrize(
    ("issuer", "found"),
    [
        ("http://login.example.com", {"shortlist.E004"}),
        ("login.example.com", {"shortlist.E004"}),
        ("https://login.example.com", set()),
        ("http://127.0.0.1:9000", set()),
        ("", set()),
    ],
)
def test_single_sign_on_that_anybody_could_answer_is_an_error(settings, issuer, found):
    settings.OIDC_ISSUER = issuer

    assert ids() == found


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000"])
def test_mail_with_links_to_this_machine_is_a_warning_for_deployments(settings, address):
    settings.SITE_ADDRESS = address
    settings.EMAIL_URL = "smtp://mail.example.com"

    assert "shortlist.W001" not in ids()
    assert "shortlist.W001" in ids(deploy=True)


def test_mail_that_stays_here_may_have_links_to_this_machine(settings):
    settings.SITE_ADDRESS = "http://localhost"
    settings.EMAIL_URL = ""

    assert "shortlist.W001" not in ids(deploy=True)


@pytest.mark.parametrize(
    ("engine", "version", "warned"),
    [
        ("django.db.backends.sqlite3", (3, 51, 2), True),
        ("django.db.backends.sqlite3", SOUND_SQLITE, False),
        ("django.db.backends.postgresql", (3, 40, 1), False),
    ],
)
def test_sqlite_that_can_damage_data_is_a_warning_for_deployments(
    settings, monkeypatch, engine, version, warned
):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", engine)
    monkeypatch.setattr("sqlite3.sqlite_version_info", version)

    assert ("shortlist.W002" in ids(deploy=True)) is warned


@pytest.mark.parametrize(("redis", "warned"), [("", True), ("redis://cache.example/0", False)])
def test_postgres_without_redis_is_a_warning_for_deployments(settings, monkeypatch, redis, warned):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    settings.REDIS_URL = redis

    assert ("shortlist.W003" in ids(deploy=True)) is warned


@pytest.mark.parametrize(
    ("address", "listen", "found"),
    [
        ("hiring@example.org", "127.0.0.1:2525", set()),
        ("hiring@example.org", "[::1]:2525", set()),
        # Received on another machine.
        ("hiring@example.org", "", set()),
        ("", "", set()),
        ("", "127.0.0.1:2525", {"shortlist.W005"}),
        ("hiring", "", {"shortlist.E005"}),
        ("hiring+jobs@example.org", "", {"shortlist.E005"}),
        ("a" * 25 + "@example.org", "", {"shortlist.E005"}),
        ("hiring@example.org", "2525", {"shortlist.E006"}),
        ("hiring@example.org", "127.0.0.1:smtp", {"shortlist.E006"}),
        ("hiring@example.org", "127.0.0.1:70000", {"shortlist.E006"}),
    ],
)
def test_inbound_mail_that_could_not_come_in_is_an_error(settings, address, listen, found):
    settings.INBOUND_ADDRESS, settings.INBOUND_LISTEN = address, listen

    assert ids() == found
