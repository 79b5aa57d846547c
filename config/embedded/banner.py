"""What the operator reads when the site is up."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.embedded.options import EVERYWHERE, Options

# Below this, SQLite can damage a database that several programs write at once. Rare, but not to be kept quiet.
SOUND_SQLITE = (3, 51, 3)


def banner(options: Options, environment: Mapping[str, str], facts: Mapping[str, Any]) -> str:
    """Return the text; `facts` is what preparing said: logins, a candidate's link."""
    site = environment["SITE_ADDRESS"]
    lines = ["", f"Shortlist is running at {site}/", ""]
    if facts.get("logins"):
        lines.append("  Sign in as")
        lines += [f"    {one['role']:<18} {one['email']:<32} {one['password']}" for one in facts["logins"]]
        lines.append("")
    if facts.get("link"):
        lines += ["  Take a test as a candidate", f"    {facts['link']}", ""]
    if not environment.get("EMAIL_URL") and not facts.get("mail_goes_out"):
        lines += ["  Mail is kept here and not sent; read it at", f"    {site}/admin/mail/", ""]
    lines += [
        f"  Everything is kept in {shown(options.data_dir)}, logs in {shown(options.data_dir / 'logs')}."
    ]
    lines += [f"  {note}" for note in notes(options, environment)]
    return "\n".join([*lines, "  Ctrl-C stops it.", ""])


def notes(options: Options, environment: Mapping[str, str]) -> list[str]:
    found = []
    if options.host in EVERYWHERE and environment["SITE_ADDRESS"] == options.address:
        found.append(
            "Other machines are turned away until SITE_ADDRESS says which address they use, "
            f"for example SITE_ADDRESS=http://hiring.local:{options.port}"
        )
    elif environment.get("SITE_ADDRESS_FROM") == "screen" and environment["SITE_ADDRESS"] != options.address:
        found.append(
            "This address was set under Settings, Organisation. To start without it: "
            f"SITE_ADDRESS={options.address} make {options.mode}"
        )
    on_sqlite = options.mode == "run" and not environment.get("DATABASE_URL")
    if on_sqlite and sqlite3.sqlite_version_info < SOUND_SQLITE:
        found.append(
            f"This Python brings SQLite {sqlite3.sqlite_version}, which can in rare cases damage a database that "
            "several programs write at once. For live hiring use PostgreSQL: docs/deployment.md"
        )
    return found


def shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
