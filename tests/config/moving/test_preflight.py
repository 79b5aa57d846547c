"""Each thing that SQLite keeps and PostgreSQL refuses: it is listed before, and it really is refused."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.db import connections

from tests.config.moving.installation import Installation
from tests.servers.databases import TEMPLATE
from tests.servers.environment import TestRun
from tests.servers.postgres import PostgresServer

pytestmark = pytest.mark.xdist_group("moving")
LONG = "x" * 501


@dataclass(frozen=True)
class Wrong:
    """A value in a row that was right. `says` is part of the finding."""

    name: str
    table: str
    key: int
    column: str
    value: Any
    says: str


WRONG = [
    Wrong(
        "long-text",
        "candidates_candidate",
        1,
        "full_name",
        "é" * 201,
        "holds 201 characters, PostgreSQL takes 200",
    ),
    Wrong("long-slug", "hiring_job", 1, "slug", LONG, "holds 501 characters"),
    Wrong("nul-in-text", "candidates_note", 1, "body", "a\x00b", "holds a NUL character"),
    Wrong("no-utf8", "candidates_note", 2, "body", b"a\xed\xa0\x80", "holds half of a character"),
    Wrong(
        "small-integer",
        "assessments_drawrule",
        1,
        "difficulty",
        40_000,
        "is 40000, PostgreSQL takes 0 to 32767",
    ),
    Wrong(
        "integer",
        "hiring_application",
        1,
        "version",
        2**31,
        "is 2147483648, PostgreSQL takes 0 to 2147483647",
    ),
    Wrong("negative", "hiring_application", 2, "version", -1, "is -1, PostgreSQL takes 0 to"),
    Wrong(
        "text-for-integer", "hiring_application", 3, "version", "two", "is text where a whole number belongs"
    ),
    Wrong(
        "fraction-for-integer",
        "hiring_application",
        4,
        "version",
        1.5,
        "is a number where a whole number belongs",
    ),
    Wrong(
        "bytes-for-text",
        "candidates_candidate",
        2,
        "phone",
        bytearray(b"\xff\x00"),
        "is bytes where text belongs",
    ),
    Wrong("text-for-bytes", "accounts_logo", 1, "content", r"\xzz", "is text where binary data belongs"),
    Wrong("truth", "accounts_user", 1, "is_active", 2, "is neither 0 nor 1"),
    Wrong("text-for-float", "assessments_score", 1, "error", "much", "is text where a number belongs"),
    Wrong("decimal", "assessments_score", 2, "marks", 1e9, "has more than 5 digits before the point"),
    Wrong(
        "infinite-decimal",
        "assessments_score",
        3,
        "marks",
        math.inf,
        "is infinite where a decimal number belongs",
    ),
    Wrong("text-for-decimal", "assessments_score", 4, "marks", "all", "is text where a number belongs"),
    Wrong("moment", "hiring_job", 2, "created_at", "soon", "is not a moment"),
    Wrong("month-13", "hiring_job", 3, "created_at", "2026-13-01 10:00:00", "is not a moment"),
    Wrong("number-for-moment", "candidates_note", 3, "created_at", 5, "is not a moment"),
    Wrong("year-0", "candidates_note", 4, "created_at", "0000-01-01 00:00:00", "is not a moment"),
    Wrong("uuid", "assessments_answerrevision", 1, "save_id", "not-a-uuid", "is not a UUID"),
    Wrong("json-nul", "outbox_event", 1, "data", r'{"why": ["a\u0000b"]}', "holds a NUL character"),
    Wrong("json-nul-in-key", "outbox_event", 2, "data", r'{"a\u0000b": 1}', "holds a NUL character"),
    Wrong("json-surrogate", "outbox_event", 3, "data", r'{"why": "\ud83d"}', "holds half of a character"),
    Wrong("json-nan", "outbox_event", 4, "data", '{"n": NaN}', "holds NaN"),
    Wrong("json-infinity", "outbox_event", 5, "data", "[-Infinity]", "holds -Infinity"),
    Wrong("json-number", "outbox_event", 6, "data", '{"n": 1e200000}', "a number with too many digits"),
    Wrong("json-places", "outbox_event", 7, "data", '{"n": 1e-20000}', "a number with too many digits"),
    Wrong("not-json", "outbox_event", 8, "data", "{'why': 1}", "is not JSON"),
    Wrong("json-depth", "outbox_event", 9, "data", "[" * 100_000 + "]" * 100_000, "nested too deeply"),
    Wrong("nothing", "outbox_event", 10, "kind", None, "is empty where something has to be"),
    Wrong(
        "orphan",
        "candidates_note",
        5,
        "candidate_id",
        999,
        "points at candidates_candidate 999, which does not",
    ),
    Wrong("orphan-tag", "candidates_candidate_tags", 1, "tag_id", 999, "points at candidates_tag 999"),
    Wrong(
        "orphan-permission",
        "auth_group_permissions",
        1,
        "permission_id",
        9999,
        "points at auth_permission 9999",
    ),
    Wrong("check", "outbox_message", 1, "state", "lost", "breaks the rule outbox_message_state_known"),
    Wrong(
        "check-of-two",
        "assessments_assessmentversion",
        1,
        "minutes",
        0,
        "breaks the rule assessments_assessmentversion_has_time",
    ),
]
# Rows that say what another one says already: the statements, the table and the key that is named.
TWICE = {
    "column": ("UPDATE accounts_user SET email = 'a@b.example' WHERE id IN (2, 3)", "accounts_user", 3),
    "columns": (
        "UPDATE assessments_score SET attempt_id = 1, keys_digest = 'same' WHERE id IN (1, 2)",
        "assessments_score",
        2,
    ),
    "key-of-columns": (
        "UPDATE assessments_attemptquestion SET position = 1 WHERE attempt_id = 1 AND position IN (1, 2)",
        "assessments_attemptquestion",
        2,
    ),
    "some-rows": (
        "UPDATE hiring_application SET candidate_id = 1, job_id = 1, status = 'active' WHERE id IN (4, 5)",
        "hiring_application",
        5,
    ),
}


@pytest.fixture(scope="module")
def damaged(_installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A copy of the installation with all of it wrong."""
    copy = _installation.copied(tmp_path_factory.mktemp("damaged") / "data")
    connection = sqlite3.connect(copy.database)
    for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON", "writable_schema = ON"):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite would keep these two itself; a file that was mended by hand may have lost them.
    connection.execute(
        "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE name = 'outbox_event'"
    )
    connection.commit()
    connection.close()
    connection = sqlite3.connect(copy.database)
    for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON"):
        connection.execute(f"PRAGMA {pragma}")
    for wrong in WRONG:
        place = "CAST(? AS TEXT)" if type(wrong.value) is bytes else "?"
        changed = connection.execute(
            f'UPDATE {wrong.table} SET "{wrong.column}" = {place} WHERE rowid = ?', [wrong.value, wrong.key]
        )
        assert changed.rowcount == 1, wrong
    connection.commit()
    connection.close()
    return copy


def look(installation: Installation) -> list[Any]:
    """All that is found wrong."""
    from config.moving.databases import TARGET, opened, opened_source
    from config.moving.preflight import find_all
    from config.moving.tables import moved_tables

    with (
        opened(TARGET, {"ENGINE": "django.db.backends.postgresql", "NAME": "not opened"}) as side,
        opened_source(installation.configuration, alone=False) as source,
    ):
        return list(find_all(source, moved_tables(side.ops)))


@pytest.fixture(scope="module")
def findings(damaged: Installation, django_db_setup: None, django_db_blocker: Any) -> list[Any]:
    with django_db_blocker.unblock():
        return look(damaged)


@pytest.fixture(scope="module")
def moved(
    _installation: Installation,
    postgres_server: PostgresServer,
    test_run: TestRun,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: Any,
) -> Iterator[str]:
    """The address of a PostgreSQL database that holds the undamaged installation."""
    from config.moving.move import move

    name = f"sound_{test_run.worker}"
    postgres_server.clone(TEMPLATE, name)
    url = postgres_server.url(name)
    source = _installation.copied(tmp_path_factory.mktemp("sound") / "data")
    with django_db_blocker.unblock():
        connections.close_all()
        quiet = {"say": lambda words: None, "progress": lambda table, done: None}
        assert move(source.configuration, url, dry_run=False, **quiet).moved
    yield url
    postgres_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_value_that_postgres_refuses_is_found(findings, wrong):
    column = "the row" if wrong.says.startswith("breaks") else wrong.column
    found = [
        each for each in findings if (each.table, each.key, each.column) == (wrong.table, wrong.key, column)
    ]

    assert len(found) == 1, found
    assert wrong.says in found[0].wrong
    assert found[0].mend.endswith(".")
    assert LONG not in str(found[0])


def test_nothing_else_is_found(findings):
    expected = Counter((wrong.table, wrong.key) for wrong in WRONG)

    assert Counter((each.table, each.key) for each in findings) == expected


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_postgres_really_refuses_it(moved, wrong):
    with psycopg.connect(moved) as connection, pytest.raises(psycopg.Error):
        write(connection, wrong)


def write(connection: psycopg.Connection, wrong: Wrong) -> None:
    """Put the value in its place."""
    if isinstance(wrong.value, bytes | bytearray):
        place, value = "convert_from(%s, 'UTF8')", bytes(wrong.value)
    else:
        # Text without a type, which the server reads as what the column holds.
        place, value = "%s", wrong.value if wrong.value is None else str(wrong.value)
    connection.execute(f'UPDATE {wrong.table} SET "{wrong.column}" = {place} WHERE id = {wrong.key}', [value])
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(("statement", "table", "key"), TWICE.values(), ids=TWICE)
def test_row_that_may_stand_once_is_found_and_refused(installation, moved, statement, table, key, unblocked):
    with sqlite3.connect(installation.database) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        # Without its rules, as a damaged index would leave it.
        connection.executescript(
            f"CREATE TABLE copy AS SELECT * FROM {table}; DROP TABLE {table}; ALTER TABLE copy RENAME TO {table};"
        )
        connection.executescript(statement)

    found = look(installation)

    assert [(each.table, each.key) for each in found if "may stand once" in each.wrong] == [(table, key)]
    with psycopg.connect(moved) as server, pytest.raises(psycopg.errors.UniqueViolation):
        server.execute(statement)


def test_infinity_is_a_number_for_postgres_too(installation, moving, target):
    with sqlite3.connect(installation.database) as connection:
        connection.execute("UPDATE assessments_score SET error = 9e999 WHERE id = 1")

    assert moving().moved
    with psycopg.connect(target) as server:
        assert server.execute("SELECT error FROM assessments_score WHERE id = 1").fetchone() == (math.inf,)


def test_findings_stop_the_move_before_anything_is_written(damaged, target, unblocked):
    from config.moving import databases
    from config.moving.move import move

    outcome = move(
        damaged.configuration,
        target,
        dry_run=False,
        say=lambda words: None,
        progress=lambda table, done: None,
    )

    assert not outcome.moved
    assert len(outcome.findings) == len(WRONG)
    with databases.opened(databases.TARGET, databases.target_configuration(target)) as side:
        assert databases.holdings(side) == {}
