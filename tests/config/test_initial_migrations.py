"""A first start makes each table once, with all that belongs to it."""

from __future__ import annotations

import pytest

from tests.initial_migrations import APPS, initial_migration, steps_behind_their_table


@pytest.mark.parametrize("app", APPS)
def test_tables_are_made_with_their_constraints(app: str) -> None:
    behind = [step.describe() for step in steps_behind_their_table(initial_migration(app))]

    assert behind == [], "Move them: python -m tests.initial_migrations"
