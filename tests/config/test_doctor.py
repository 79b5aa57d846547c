"""What the doctor finds, and that it says how to mend it. One broken thing a test."""

from __future__ import annotations

import json
import smtplib
import socket
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest
import redis
from django.core.mail.backends.smtp import EmailBackend
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from accounts.models import Actor, Organisation
from config import doctor
from config.doctor import Severity, house, running, servers
from config.doctor.findings import Check, Finding
from config.keys import ensure_keys
from outbox.enums import SignName
from outbox.models import Lease
from outbox.operations import Welcome, give_sign, record_event
from outbox.rules import seal
from tests.factories.accounts import make_organisation
from tests.servers.ports import free_port
from tests.servers.smtp import SmtpServer

pytestmark = pytest.mark.django_db


def found(check: Check) -> dict[str, Finding]:
    """What the check finds now, by code. Whatever is no good says how it is mended."""
    findings = list(check(timezone.now()))
    assert all(each.mend for each in findings if each.severity is not Severity.OK)
    return {each.code: each for each in findings}


def severities(check: Check) -> dict[str, str]:
    return {code: each.severity.value for code, each in found(check).items()}


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    """A data folder as the embedded mode makes it."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir(mode=0o700)
    ensure_keys(settings.DATA_DIR)
    return settings.DATA_DIR


# --- This machine -----------------------------------------------------------------------------------------------------


def test_complaints_of_the_system_checks_are_findings(settings) -> None:
    settings.METRICS_TOKEN = "short"
    settings.SITE_ADDRESS, settings.EMAIL_URL = "http://localhost", "smtp://mail.example.com"

    # What SQLite's version and a PostgreSQL without Redis bring is as the run is.
    assert (
        severities(house.check_settings).items()
        >= {
            "shortlist.W001": "warning",
            "shortlist.W004": "warning",
        }.items()
    )
    assert "settings" not in found(house.check_settings)


@pytest.mark.parametrize("https", [True, False])
def test_what_only_a_public_site_needs_is_asked_of_that_alone(settings, https: bool) -> None:
    settings.HTTPS, settings.SECURE_HSTS_SECONDS = https, 0

    assert ("security.W004" in found(house.check_settings)) is https


def test_debug_is_an_error(settings) -> None:
    settings.DEBUG = True

    assert severities(house.check_settings)["settings.debug"] == "error"


@pytest.mark.parametrize(
    "key",
    ["only-for-checking-KJ2h4kjh2-3k4jh23-k4jh2k3j4h-2k3j4hk23j", "django-insecure-" + "x9Kd" * 12, "k" * 60],
)
def test_keys_of_examples_are_errors_and_are_not_quoted(settings, key: str) -> None:
    assert severities(house.check_keys) == {"keys": "ok"}

    settings.SECRET_KEY = key

    finding = found(house.check_keys)["keys.weak"]
    assert finding.severity is Severity.ERROR
    assert key not in str(finding)


def test_folder_that_others_can_read_is_an_error_with_the_command_that_mends_it(folder: Path) -> None:
    assert severities(house.check_folder) == {"folder": "ok"}

    (folder / "keys" / "link_keys").chmod(0o644)
    finding = found(house.check_folder)["folder.open"]
    assert finding.mend == f"chmod 600 {folder / 'keys' / 'link_keys'}"

    (folder / "keys" / "link_keys").chmod(0o600)
    folder.chmod(0o755)
    assert found(house.check_folder)["folder.open"].mend == f"chmod 700 {folder}"


def test_folder_of_somebody_else_or_of_nobody_is_an_error(folder: Path, settings, monkeypatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 54321)
    assert severities(house.check_folder)["folder.owner"] == "error"

    settings.DATA_DIR = folder / "nowhere"
    assert severities(house.check_folder) == {"folder.missing": "error"}


def test_files_of_the_pages_are_compared_with_the_code(settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    assert severities(house.check_pages_files) == {"files.missing": "error"}

    wanted = {path: path for path in house.pages_files()}
    assert "bootstrap/css/bootstrap.min.css" in wanted
    (tmp_path / "staticfiles.json").write_text(json.dumps({"paths": wanted}))
    assert severities(house.check_pages_files) == {"files": "ok"}

    del wanted["shell/shell.js"]
    (tmp_path / "staticfiles.json").write_text(json.dumps({"paths": wanted}))
    assert "shell/shell.js" in found(house.check_pages_files)["files.old"].what


@pytest.mark.parametrize(("free", "code"), [(50, "disk.full"), (500, "disk.little"), (5000, "disk")])
def test_disk_is_judged_by_what_is_free(folder: Path, monkeypatch, free: int, code: str) -> None:
    class Usage:
        free = 0

    Usage.free = free * house.MEGABYTE
    monkeypatch.setattr("shutil.disk_usage", lambda place: Usage)

    assert set(found(house.check_disk)) == {code}


def test_time_zone_that_nobody_knows_is_an_error() -> None:
    make_organisation(time_zone="Europe/Berlin")
    assert severities(house.check_time_zones) == {"zones": "ok"}

    Organisation.objects.update(time_zone="Mars/Olympus")
    assert severities(house.check_time_zones) == {"zones.unknown": "error"}


# --- Servers ------------------------------------------------------------------------------------------------------


def test_database_in_order_leaves_nothing_behind() -> None:
    assert set(found(servers.check_database)) == {"database"}
    assert not Lease.objects.exists()


def test_database_that_is_away_or_old_or_takes_nothing_is_an_error(monkeypatch) -> None:
    def refuse(**fields: object) -> None:
        raise DatabaseError("attempt to write a readonly database")

    with monkeypatch.context() as broken:
        broken.setattr(Lease.objects, "create", refuse)
        assert severities(servers.check_database)["database.locked"] == "error"

    MigrationRecorder.Migration.objects.filter(app="hiring").delete()
    assert severities(servers.check_database)["database.old"] == "error"

    monkeypatch.setattr("config.probes.bounded", refuse)
    assert severities(servers.check_database) == {"database.away": "error"}


def test_broker_that_evicts_or_is_full_is_to_be_looked_at(
    settings, valkey_url: str, valkey_socket: Path
) -> None:
    settings.CELERY_BROKER_URL = valkey_url
    assert severities(servers.check_broker) == {"broker": "ok"}

    with redis.Redis(unix_socket_path=str(valkey_socket)) as client:
        kept = client.config_get("maxmemory-policy", "maxmemory", "appendonly")
        client.config_set(
            "maxmemory-policy", "allkeys-lru", "maxmemory", client.info("memory")["used_memory"] + 5
        )
        client.config_set("appendonly", "no")
        try:
            assert severities(servers.check_broker) == {
                "broker": "ok",
                "broker.evicts": "warning",
                "broker.full": "warning",
                "broker.keeps": "ok",
            }
        finally:
            for name, value in kept.items():
                client.config_set(name, value)


def test_broker_that_is_away_is_an_error_and_one_of_files_a_warning(settings, folder: Path) -> None:
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert severities(servers.check_broker) == {"broker.away": "error"}

    settings.CELERY_BROKER_URL = "filesystem://"
    assert severities(servers.check_broker) == {"broker.files": "warning"}


@pytest.fixture
def mail(settings, smtp_server: SmtpServer) -> SmtpServer:
    address = urlsplit(smtp_server.url)
    settings.EMAIL_URL = smtp_server.url
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = address.hostname, address.port
    return smtp_server


def test_mail_server_is_greeted_and_sent_nothing(mail: SmtpServer) -> None:
    assert severities(servers.check_mail) == {"mail": "ok"}
    assert (mail.attempts, mail.delivered) == (0, [])


def test_mail_server_without_the_encryption_that_is_set_up_is_an_error(mail: SmtpServer, settings) -> None:
    settings.EMAIL_USE_TLS = True

    assert "does not offer what is set up" in found(servers.check_mail)["mail.refused"].what


def test_mail_in_clear_text_over_a_network_is_a_warning(mail: SmtpServer, monkeypatch) -> None:
    monkeypatch.setattr("config.doctor.servers.is_loopback", lambda host: False)

    assert severities(servers.check_mail)["mail.clear"] == "warning"


def test_mail_server_of_the_page_is_greeted_too_and_a_lost_password_is_said(
    settings, smtp_server: SmtpServer
) -> None:
    settings.EMAIL_URL, settings.SITE_ADDRESS = "", "https://hiring.example.com"
    make_organisation(
        mail_goes_out=True, mail_host="127.0.0.1", mail_port=smtp_server.port, mail_security="none"
    )
    assert found(servers.check_mail)["mail"].where == "Settings, Mail server"
    assert severities(servers.check_mail) == {"mail": "ok"}

    make_organisation(mail_user="jobs", mail_password=seal("secret"))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, []

    lost = found(servers.check_mail)["mail.refused"]
    assert (lost.what, lost.mend) == (
        "The stored password cannot be read any more.",
        "Type the password again and save.",
    )


@pytest.fixture
def silent_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_mail_server_that_is_silent_or_away_is_an_error_soon(
    mail: SmtpServer, settings, monkeypatch, silent_port: int
) -> None:
    monkeypatch.setattr(servers, "PATIENCE", 0.3)
    settings.EMAIL_PORT = silent_port
    assert "did not answer" in found(servers.check_mail)["mail.refused"].what

    settings.EMAIL_PORT = free_port()
    assert found(servers.check_mail)["mail.refused"].what == "Nobody answers at this server and port."


def test_words_about_mail_quote_nothing_that_the_server_said(mail: SmtpServer, monkeypatch) -> None:
    refusal = smtplib.SMTPAuthenticationError(535, b"no such user ada@example.com")
    monkeypatch.setattr(EmailBackend, "open", Mock(side_effect=refusal))

    refused = found(servers.check_mail)["mail.refused"]

    assert refused.what == "The mail server did not accept the user name or the password (535)."
    assert "ada" not in refused.what + refused.mend


def test_certificate_that_ends_soon_is_a_warning(mail: SmtpServer, monkeypatch) -> None:
    now = timezone.now()
    monkeypatch.setattr(servers, "knock", lambda *_, **__: Welcome(certificate_ends=now + timedelta(days=3)))

    assert severities(servers.check_mail)["mail.certificate"] == "warning"


@pytest.mark.parametrize(
    ("seconds", "severity"), [(1, None), (30, "warning"), (3600, "error"), (-3600, "error")]
)
def test_f18_clock_of_a_server_that_is_away_from_ours_is_found(
    monkeypatch, seconds: int, severity: str | None
) -> None:
    monkeypatch.setattr(servers, "_database_clock", lambda: timezone.now() + timedelta(seconds=seconds))

    assert severities(servers.check_clock).get("clock.apart") == severity


def test_clocks_of_the_real_servers_agree(settings, valkey_url: str) -> None:
    settings.CELERY_BROKER_URL = valkey_url

    assert severities(servers.check_clock) == {"clock": "ok"}
    assert servers._broker_clock() is not None
    assert (servers._database_clock() is not None) is (connection.vendor == "postgresql")


def test_f18_rows_and_signs_from_the_future_are_found() -> None:
    ahead = timezone.now() + timedelta(hours=1)
    record_event(kind="test.ahead", by=Actor.system(), now=ahead)
    give_sign(name=SignName.WORKER_MAIL, now=ahead)

    places = [each.where for each in servers.check_clock(timezone.now()) if each.code == "clock.ahead"]

    assert places == ["outbox.Event", "outbox.Sign"]


# --- What runs ----------------------------------------------------------------------------------------------------


def test_embedded_mode_that_does_not_run_is_one_finding_with_its_command(settings, folder: Path) -> None:
    settings.REDIS_URL = ""
    (folder / "mode").write_text("run\n")

    assert {code: each.mend for code, each in found(running.check_parts).items()} == {
        "running": f"DATA_DIR={folder} make run"
    }
    assert found(running.check_waiting) == {}


def test_broker_of_the_running_embedded_mode_is_the_one_that_is_asked(folder: Path, settings) -> None:
    settings.CELERY_BROKER_URL = "filesystem://"
    assert running.broker_url() == "filesystem://"

    (folder / "running.json").write_text(json.dumps({"environment": {"BROKER_URL": "redis+socket:///x"}}))

    assert running.broker_url() == "redis+socket:///x"


def test_silent_parts_are_to_be_looked_at(folder: Path) -> None:
    now = timezone.now()
    assert found(running.check_parts)["silent"].what == "Scheduler has never reported."

    give_sign(name=SignName.SCHEDULER, now=now)
    give_sign(name=SignName.WORKER_MAIL, now=now)
    give_sign(name=SignName.WORKER_SCORE, now=now - timedelta(minutes=5))
    give_sign(name=SignName.WORKER_MAINT, now=now + timedelta(hours=2))

    silent = [each for each in running.check_parts(now) if each.code == "silent"]
    assert [each.where for each in silent] == ["worker_score", "worker_maint"]
    assert "last reported 5 minutes ago." in silent[0].what
    assert "a clock was ahead or was set back" in silent[1].what
    assert "worker_score of the Procfile" in silent[0].mend


def test_held_mail_is_to_be_looked_at(folder: Path) -> None:
    assert severities(running.check_waiting) == {"waiting": "ok"}

    give_sign(name=SignName.MAIL_HOLD, now=timezone.now())

    finding = found(running.check_waiting)["waiting.long"]
    assert (finding.where, finding.what) == ("mail", "mail: mail is held.")


# --- The command ----------------------------------------------------------------------------------------------------


def told(monkeypatch, *findings: Finding, as_json: bool = False) -> tuple[str, int]:
    monkeypatch.setattr(doctor, "CHECKS", [lambda now: iter(findings)])
    out = StringIO()
    try:
        call_command("doctor", json=as_json, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(str(end.code))
    return out.getvalue(), 0


FINE = Finding(code="disk", severity=Severity.OK, what="Much is free.", where="/data")
ODD = Finding(
    code="silent", severity=Severity.WARNING, what="No word.", mend="Start it.", where="worker_mail"
)
BAD = Finding(code="keys.weak", severity=Severity.ERROR, what="Too simple.", mend="Make a new one.")


def test_command_ends_with_one_for_errors_alone_and_says_the_gravest_first(monkeypatch) -> None:
    text, code = told(monkeypatch, FINE, ODD, BAD)

    assert code == 1
    assert text.index("To be mended (1)") < text.index("To be looked at (1)") < text.index("In order (1)")
    assert "    Mend:  Make a new one.\n    Code:  keys.weak\n" in text
    assert told(monkeypatch, FINE, ODD)[1] == 0


def test_command_speaks_to_programs(monkeypatch) -> None:
    text, code = told(monkeypatch, FINE, BAD, as_json=True)

    said = json.loads(text)
    assert (code, said["state"], [each["code"] for each in said["findings"]]) == (
        1,
        "error",
        ["keys.weak", "disk"],
    )
    assert said["findings"][0] == {
        "code": "keys.weak",
        "severity": "error",
        "what": "Too simple.",
        "where": "",
        "mend": "Make a new one.",
    }


def test_check_that_breaks_is_a_finding_and_stops_no_other(monkeypatch) -> None:
    def broken(now: object) -> Iterator[Finding]:
        yield FINE
        raise RuntimeError("no ada@example.com here")

    monkeypatch.setattr(doctor, "CHECKS", (broken, lambda now: iter([ODD])))

    findings = doctor.examine(now=timezone.now())

    assert [each.code for each in findings] == ["doctor", "silent", "disk"]
    assert "RuntimeError: no [address] here" in findings[0].what


def test_the_whole_of_it_runs_on_the_tests_own_installation() -> None:
    codes = {each.code for each in doctor.examine(now=timezone.now())}

    assert "doctor" not in codes
    assert {"keys", "database", "mail", "clock", "zones"} <= codes
