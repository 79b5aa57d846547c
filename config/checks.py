"""System checks: mistakes of an operator, with an id and the mend."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 -- Django's own name

from accounts.rules import is_loopback
from config.receiving import listen_address
from config.schema import SchemaTooNewError, refuse_newer_schema

# `manage.py check --tag shortlist` runs these alone.
OURS = "shortlist"
SHORTEST_LINK_KEY = 32
SHORTEST_METRICS_TOKEN = 16
# Below this, SQLite's write-ahead log can damage a database that several processes write at once.
SOUND_SQLITE = (3, 51, 3)
SQLITE = "django.db.backends.sqlite3"
# Of an address that mail comes to: plain enough for every mail server's table.
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,22}[A-Za-z0-9])?")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


@register(OURS, Tags.security)
def check_link_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if any(len(key) < SHORTEST_LINK_KEY for key in settings.LINK_KEYS):
        return [
            Error(
                f"LINK_KEYS has a key of fewer than {SHORTEST_LINK_KEY} characters, so links can be guessed.",
                hint="Make a new one with: python -c 'import secrets; print(secrets.token_urlsafe(50))'",
                id="shortlist.E001",
            )
        ]
    if settings.SECRET_KEY in settings.LINK_KEYS:
        return [
            Error(
                "SECRET_KEY and LINK_KEYS are the same key, so changing one kills every link that candidates hold.",
                hint="Give LINK_KEYS a key of its own, made with: "
                "python -c 'import secrets; print(secrets.token_urlsafe(50))'",
                id="shortlist.E002",
            )
        ]
    return []


@register(OURS)
def check_site_address(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    site = urlsplit(settings.SITE_ADDRESS)
    if site.scheme not in ("http", "https") or not site.hostname or site.path:
        return [
            Error(
                f"SITE_ADDRESS is {settings.SITE_ADDRESS!r}, which is not the address of a site.",
                hint="Write the scheme and the name, for example SITE_ADDRESS=https://hiring.example.com",
                id="shortlist.E003",
            )
        ]
    return []


@register(OURS)
def check_single_sign_on(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Whoever can change what the provider answers on the way could sign in as anybody."""
    issuer = urlsplit(settings.OIDC_ISSUER)
    if settings.OIDC_ISSUER and issuer.scheme != "https" and not is_loopback(issuer.hostname or ""):
        return [
            Error(
                f"OIDC_ISSUER is {settings.OIDC_ISSUER!r}, which is not reached through https.",
                hint="Write the issuer as the provider does, for example OIDC_ISSUER=https://login.example.com",
                id="shortlist.E004",
            )
        ]
    return []


@register(OURS)
def check_inbound_mail(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """What stands behind the plus takes 40 characters, and mail servers know 64."""
    found: list[CheckMessage] = []
    name, _at, domain = settings.INBOUND_ADDRESS.rpartition("@")
    if settings.INBOUND_ADDRESS and not (_PLAIN.fullmatch(name) and _DOMAIN.fullmatch(domain)):
        found.append(
            Error(
                f"INBOUND_ADDRESS is {settings.INBOUND_ADDRESS!r}, which is no address that mail can come to.",
                hint="Write one address, for example INBOUND_ADDRESS=hiring@example.org: letters, digits, dots, "
                "hyphens; no plus; at most 24 characters before the @.",
                id="shortlist.E005",
            )
        )
    if settings.INBOUND_LISTEN and listen_address(settings.INBOUND_LISTEN) is None:
        found.append(
            Error(
                f"INBOUND_LISTEN is {settings.INBOUND_LISTEN!r}, which is no address and port.",
                hint="Write both, for example INBOUND_LISTEN=127.0.0.1:2525",
                id="shortlist.E006",
            )
        )
    if settings.INBOUND_LISTEN and not settings.INBOUND_ADDRESS:
        found.append(
            Warning(
                "INBOUND_LISTEN is set but INBOUND_ADDRESS is not, so no mail is received.",
                hint="Set INBOUND_ADDRESS to the address whose mail is passed on to it.",
                id="shortlist.W005",
            )
        )
    return found


@register(OURS, Tags.security)
def check_metrics_token(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if 0 < len(settings.METRICS_TOKEN) < SHORTEST_METRICS_TOKEN:
        return [
            Warning(
                f"METRICS_TOKEN has fewer than {SHORTEST_METRICS_TOKEN} characters, so it can be guessed.",
                hint="Make a new one with: python -c 'import secrets; print(secrets.token_urlsafe(24))'",
                id="shortlist.W004",
            )
        ]
    return []


@register(OURS, deploy=True)
def check_links_in_mail(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A trial with a mail catcher on one's own machine is fine, so this is asked of deployments alone."""
    if settings.EMAIL_URL and is_loopback(urlsplit(settings.SITE_ADDRESS).hostname or ""):
        return [
            Warning(
                f"EMAIL_URL sends mail to people, but its links lead to {settings.SITE_ADDRESS}, which no other "
                "machine can open.",
                hint="Set SITE_ADDRESS to the address at which candidates reach the site.",
                id="shortlist.W001",
            )
        ]
    return []


@register(OURS, deploy=True)
def check_sqlite_version(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.DATABASES["default"]["ENGINE"] == SQLITE and sqlite3.sqlite_version_info < SOUND_SQLITE:
        return [
            Warning(
                f"This Python brings SQLite {sqlite3.sqlite_version}. Before 3.51.3, several programs writing at once "
                "can in rare cases damage the database.",
                hint="For live hiring set DATABASE_URL to a PostgreSQL database, or use a Python with a newer SQLite.",
                id="shortlist.W002",
            )
        ]
    return []


@register(OURS, deploy=True)
def check_redis(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Limits are counted in the cache, which every web process has to share."""
    if settings.DATABASES["default"]["ENGINE"] != SQLITE and not settings.REDIS_URL:
        return [
            Warning(
                "DATABASE_URL is set but REDIS_URL is not, so web processes on several machines would not share their "
                "limits, and workers would exchange tasks through files.",
                hint="Set REDIS_URL, for example REDIS_URL=redis://localhost:6379/0",
                id="shortlist.W003",
            )
        ]
    return []


@register(OURS, Tags.database)
def check_schema(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Asked before migrating, and with `check --database default`: no old code on a newer database."""
    if not databases or "default" not in databases:
        return []
    try:
        refuse_newer_schema()
    except SchemaTooNewError as refusal:
        return [
            Error(
                str(refusal),
                hint="Run the version that wrote it, or restore an older backup.",
                id="shortlist.E004",
            )
        ]
    return []
