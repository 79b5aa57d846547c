"""Which migrations a database has, and whether this code knows all of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.apps import apps
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from config.environment import BASE_DIR
from config.version import version
from outbox.enums import SignName
from outbox.models import Sign
from outbox.operations import give_sign


class SchemaTooNewError(Exception):
    """A newer version has written here; the text tells the operator which, and how to go on."""


def applied_migrations() -> list[str]:
    """Return the migrations that the database has, as "app.name"; none where it is empty."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def has_pending_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def unknown_migrations(names: Iterable[str]) -> list[str]:
    """Return those of `names` that belong to apps of ours and that this code does not have."""
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == BASE_DIR}
    known = set()
    for key, migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items():
        known |= {".".join(key), *(f"{app}.{name}" for app, name in migration.replaces)}
    return sorted(name for name in names if name.split(".")[0] in ours and name not in known)


def refuse_newer_schema() -> None:
    """Raises `SchemaTooNewError` where the database was migrated by a newer version."""
    unknown = unknown_migrations(applied_migrations())
    if unknown:
        raise SchemaTooNewError(
            f"This database was written by {last_version() or 'a newer version of Shortlist'}; this is "
            f"Shortlist {version()} and does not know {', '.join(unknown[:3])}"
            f"{' and others' if len(unknown) > 3 else ''}. Start the newer version again, or restore a backup from "
            "before the upgrade into an empty installation: docs/upgrading.md"
        )


def last_version() -> str:
    """Return "Shortlist" with the version that last ran on this database, "" where nobody wrote it down."""
    try:
        data = Sign.objects.filter(name=SignName.VERSION).values_list("data", flat=True).first()
    except DatabaseError:
        return ""
    return f"Shortlist {data['version']}" if data and data.get("version") else ""


def note_version() -> None:
    """Write down which version runs on this database, when it is another one than before."""
    if last_version() != f"Shortlist {version()}":
        give_sign(name=SignName.VERSION, now=timezone.now(), data={"version": version()})
