"""Initial migrations whose tables come with their constraints: `python -m tests.initial_migrations`.

`makemigrations` writes most constraints and indexes as steps of their own behind all tables. SQLite then builds the
table anew for each of them, and Django works every model out again: that was most of the time of a first start. Run
this after an initial migration was made anew; `tests/config/test_initial_migrations.py` fails until it was.
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tests.servers import environment

if TYPE_CHECKING:
    from django.db.migrations.migration import Migration
    from django.db.migrations.operations.base import Operation

ROOT = Path(__file__).resolve().parents[1]
APPS = ("accounts", "assessments", "candidates", "hiring", "outbox", "questions")


def initial_migration(app: str) -> Migration:
    """The first migration of one of our apps, by the app's name."""
    migration: Migration = import_module(f"{app}.migrations.0001_initial").Migration("0001_initial", app)
    return migration


def steps_behind_their_table(migration: Migration) -> list[Operation]:
    """Say which constraints and indexes of a migration could stand in the step that makes their table.

    Args:
        migration: an initial migration

    Returns:
        all that name no field which comes later than its table, as those do that lead to a table made after it
    """
    from django.db import migrations

    later: dict[str, set[str]] = {}
    for step in migration.operations:
        if isinstance(step, migrations.AddField):
            later.setdefault(step.model_name_lower, set()).add(step.name)
    return [
        step
        for step in migration.operations
        if isinstance(step, migrations.AddConstraint | migrations.AddIndex)
        and not any(
            re.search(rf"'{name}(__\w+)?'", repr(step.deconstruct()))
            for name in later.get(step.model_name_lower, ())
        )
    ]


def with_their_tables(migration: Migration) -> list[Operation]:
    """The steps of a migration, those of `steps_behind_their_table` moved into the making of their tables."""
    from django.db import migrations

    moved = steps_behind_their_table(migration)
    steps: list[Operation] = []
    for step in migration.operations:
        if any(step is other for other in moved):
            continue
        if isinstance(step, migrations.CreateModel):
            options = dict(step.options)
            for other in moved:
                if other.model_name_lower == step.name_lower:  # type: ignore[attr-defined]
                    key, part = (
                        ("constraints", other.constraint)
                        if isinstance(other, migrations.AddConstraint)
                        else ("indexes", other.index)  # type: ignore[attr-defined]
                    )
                    options[key] = [*options.get(key, ()), part]
            step = migrations.CreateModel(step.name, step.fields, options, step.bases, step.managers)
        steps.append(step)
    return steps


def main() -> None:
    from django.db.migrations.writer import MigrationWriter

    for app in APPS:
        migration = initial_migration(app)
        count = len(steps_behind_their_table(migration))
        if not count:
            continue
        migration.operations = with_their_tables(migration)
        path = ROOT / app / "migrations" / "0001_initial.py"
        path.write_text(MigrationWriter(migration).as_string())
        for words in (["check", "--fix", "-q"], ["format", "-q"]):
            subprocess.run([Path(sys.executable).with_name("ruff"), *words, path], check=True)
        print(f"{app}: {count} steps stand in the making of their tables now.")


if __name__ == "__main__":
    environment.prepare()
    import django

    django.setup()
    main()
