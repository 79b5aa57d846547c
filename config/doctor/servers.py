"""What Shortlist talks to: database, broker, mail server, and whether their clocks agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import redis
from django.apps import apps
from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection, transaction

from accounts.queries import organisation
from accounts.rules import is_loopback
from config import broker, probes
from config.doctor import running
from config.doctor.findings import Finding, error, ok, warning
from outbox.enums import Life
from outbox.models import Lease
from outbox.operations import knock
from outbox.queries import signs
from outbox.rules import MENDS, SILENT_AFTER, life
from shell.health import HealthState

APART, FAR_APART = timedelta(seconds=5), timedelta(minutes=1)
PATIENCE: Final = 10.0
EXPIRES_SOON: Final = timedelta(days=14)
# What would be written now, each with the column that says when.
MOMENTS: Final = {"outbox.Event": "at", "outbox.Message": "created_at", "assessments.Attempt": "started_at"}


def check_database(now: datetime) -> Iterator[Finding]:
    """The database answers, has every migration and takes what is written."""
    where = (
        "DATABASE_URL" if connection.vendor == "postgresql" else str(settings.DATABASES["default"]["NAME"])
    )
    if probes.database_health().state is not HealthState.OK:
        yield error(
            "database.away",
            "The database does not answer.",
            mend="Start it, and see that DATABASE_URL names it and its password.",
            where=where,
        )
        return
    yield ok("database", f"The database answers ({connection.vendor}).", where=where)
    migrations = probes.migrations_health()
    if migrations.state is not HealthState.OK:
        yield error(
            "database.old",
            f"{migrations.numbers.get('missing', 0)} migrations are missing.",
            mend="python manage.py migrate; “make run” does it by itself.",
            where=where,
        )
        return
    for message in checks.run_checks(tags=[checks.Tags.database], databases=["default"]):
        kind = error if message.level >= checks.ERROR else warning
        yield kind(str(message.id), str(message.msg), mend=str(message.hint or ""), where=where)
    try:
        with transaction.atomic():
            Lease.objects.create(name="doctor", until=now)
            transaction.set_rollback(True)
    except DatabaseError as refusal:
        yield error(
            "database.locked",
            f"The database takes nothing that is written ({type(refusal).__name__}).",
            mend="See that its disk has space and that it is no read-only copy.",
            where=where,
        )
    if connection.vendor == "sqlite":
        yield from _journal(where)


def _journal(where: str) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        yield warning(
            "database.journal",
            f"SQLite's journal is {mode!r}, so readers and writers wait for each other.",
            mend="Put the data on a local disk: on a network share SQLite cannot use its write-ahead log.",
            where=where,
        )


def check_broker(now: datetime) -> Iterator[Finding]:
    """The broker takes word at once, and keeps what it was told."""
    url = running.broker_url()
    mend = (
        "Start it, and see that REDIS_URL (or BROKER_URL) names it. Until then work waits, and none is lost."
    )
    try:
        server = broker.client(url, seconds=2.0)
        if server is None:
            if url.startswith("filesystem"):
                yield from _files()
            return
        with server:
            server.ping()
            yield ok("broker", "The broker answers.")
            yield from _broker_settings(server)
    except (redis.RedisError, OSError, ValueError) as refusal:
        yield error("broker.away", f"The broker does not answer ({type(refusal).__name__}).", mend=mend)


def _files() -> Iterator[Finding]:
    if running.is_embedded() and not running.runs():
        return  # its broker stopped with it
    yield warning(
        "broker.files",
        "Tasks travel through files, which is slow and for one machine alone.",
        mend="Set REDIS_URL, for example REDIS_URL=redis://localhost:6379/0",
    )


def _broker_settings(server: redis.Redis) -> Iterator[Finding]:
    try:
        said: Any = server.config_get("maxmemory-policy", "appendonly")
        memory: Any = server.info("memory")
    except redis.ResponseError:
        yield ok(
            "broker.settings", "The broker does not show its settings. It must not evict: see .env.example."
        )
        return
    policy = said.get("maxmemory-policy", "")
    if policy != "noeviction":
        yield warning(
            "broker.evicts",
            f"The broker throws things away when it is full (maxmemory-policy {policy}).",
            mend="CONFIG SET maxmemory-policy noeviction, and the same in its configuration file.",
        )
    most, used = int(memory.get("maxmemory", 0)), int(memory.get("used_memory", 0))
    if most and used > 0.9 * most:
        yield warning(
            "broker.full",
            f"The broker uses {used * 100 // most} % of the memory that it may.",
            mend="Raise its maxmemory, or see what else keeps things in it.",
        )
    if said.get("appendonly") != "yes":
        # The database knows everything; what the broker forgets is found by the next look.
        yield ok("broker.keeps", "The broker keeps nothing through a restart; that delays work by seconds.")


def check_mail(now: datetime) -> Iterator[Finding]:
    """The mail server lets us in, without sending anything. Of its answer only the code is told: it may hold a name."""
    try:
        home = organisation()
    except DatabaseError:
        return  # which server it is stands there; that it is away is said by its own check
    where = "EMAIL_URL" if settings.EMAIL_URL else "Settings, Mail server"
    if home.mail_is_local:
        yield ok("mail", "Mail is kept here and not sent; people read it at /admin/mail/.", where=where)
        return
    welcome = knock(home, seconds=PATIENCE)
    if welcome.trouble is not None:
        code = f" ({welcome.code})" if welcome.code else ""
        yield error(
            "mail.refused", f"{welcome.trouble.label}{code}.", mend=str(MENDS[welcome.trouble]), where=where
        )
        return
    yield ok("mail", "The mail server lets us in. Nothing was sent.", where=where)
    if welcome.in_clear_text and not is_loopback(welcome.host):
        yield warning(
            "mail.clear",
            "Mail goes to the server in clear text, and so does the password.",
            mend="Use STARTTLS (smtp+tls://, port 587) or TLS (smtp+ssl://, port 465).",
            where=where,
        )
    if welcome.certificate_ends is not None and welcome.certificate_ends - now < EXPIRES_SOON:
        yield warning(
            "mail.certificate",
            f"The mail server's certificate ends on {welcome.certificate_ends:%Y-%m-%d}; then no mail goes out.",
            mend="Tell whoever runs the mail server.",
            where=where,
        )


def check_clock(now: datetime) -> Iterator[Finding]:
    """Clocks of this machine, the database and the broker agree, and nothing was written in the future."""
    found = [*_apart("the database", _database_clock(), now), *_apart("the broker", _broker_clock(), now)]
    found += _written_ahead(now)
    yield from found
    if not found:
        yield ok("clock", "The clocks agree, and nothing is from the future.")


def _apart(whose: str, theirs: datetime | None, now: datetime) -> Iterator[Finding]:
    # What was asked takes a moment itself; `now` is when the doctor began.
    away = abs((theirs or now) - now)
    if away < APART:
        return
    kind = error if away >= FAR_APART else warning
    yield kind(
        "clock.apart",
        f"The clock of {whose} is {away.total_seconds():.0f} seconds away from the one of this machine.",
        mend="Let both take the time from the same place (systemd-timesyncd, chrony). Deadlines of tests depend on it.",
    )


def _database_clock() -> datetime | None:
    if connection.vendor != "postgresql":
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement_timestamp()")
            moment: datetime = cursor.fetchone()[0]
            return moment
    except DatabaseError:
        return None


def _broker_clock() -> datetime | None:
    try:
        server = broker.client(running.broker_url(), seconds=2.0)
        if server is None:
            return None
        with server:
            said: Any = server.time()
            return datetime.fromtimestamp(said[0] + said[1] / 1e6, UTC)
    except (redis.RedisError, OSError, ValueError):
        return None


def _written_ahead(now: datetime) -> Iterator[Finding]:
    try:
        ahead = {
            label: apps.get_model(label).objects.filter(**{f"{column}__gt": now + SILENT_AFTER}).count()
            for label, column in MOMENTS.items()
        }
        ahead["outbox.Sign"] = sum(life(sign.at, now=now) is Life.AHEAD for sign in signs().values())
    except DatabaseError:
        return
    for label, count in ahead.items():
        if count:
            yield warning(
                "clock.ahead",
                f"{count} rows are from the future: a clock was ahead when they were written, or was set back since.",
                mend="See that this machine's time is right. The rows are right again when their time comes.",
                where=label,
            )
