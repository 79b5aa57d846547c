"""Puts a PostgreSQL database of a test back without copying all of it: a copy costs five times as much or more.

What the migrations left is remembered once a process. Afterwards the tables with other rows are emptied and filled as
they were, sequences count from where they stood, and a schema that is no longer the same is left to a fresh copy.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

from tests.servers.postgres import PostgresServer

# Rows of the catalogue that any change of the schema adds, removes or writes again. Emptying a table touches none.
SCHEMA = " UNION ALL ".join(
    f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM {name}"
    for name in ("pg_attribute", "pg_constraint", "pg_trigger", "pg_index", "pg_proc", "pg_rewrite")
)
# Of this database alone: the table is one for all, and other workers change theirs meanwhile.
SETTINGS = (
    "SELECT count(*) FROM pg_db_role_setting"
    " WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY oid"
)
SEQUENCES = (
    "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY sequencename"
)
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
END_OTHERS = f"SELECT pg_terminate_backend(pid, 10000) {OTHERS}"


@dataclass(frozen=True)
class FirstState:
    """A database as its migrations left it: its schema, the rows of each table as COPY writes them, the sequences."""

    schema: list[tuple[object, ...]]
    rows: dict[str, bytes]
    sequences: dict[str, int | None]


_first: dict[str, FirstState] = {}


def remember(server: PostgresServer, database: str) -> None:
    """Take note of a database that is in its first state."""
    with psycopg.connect(server.url(database), autocommit=True) as connection:
        tables = [name for (name,) in connection.execute(TABLES)]
        rows = {name: copied(connection, name) for name in filled(connection, tables)}
        _first[database] = FirstState(
            schema_of(connection),
            dict.fromkeys(tables, b"") | rows,
            dict(connection.execute(SEQUENCES).fetchall()),
        )


def empty(server: PostgresServer, database: str) -> bool:
    """Put the database back to its first state, whoever is still connected to it.

    Returns whether that was possible: not before `remember`, nor when a test has changed the schema.
    """
    first = _first.get(database)
    if first is None:
        return False
    try:
        connection = psycopg.connect(server.url(database), autocommit=True)
    except psycopg.OperationalError:
        return False  # A test has removed it.
    with connection:
        connection.execute(END_OTHERS)
        if schema_of(connection) != first.schema:
            return False
        with connection.transaction():
            # Rows come back in any order; what they refer to comes back too.
            connection.execute("SET LOCAL session_replication_role = replica")
            changed = [
                name for name in filled(connection, [*first.rows]) if not is_first(connection, first, name)
            ]
            if changed:
                names = sql.SQL(", ").join(map(sql.Identifier, changed))
                connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
            for name, rows in first.rows.items():
                if rows and copied(connection, name) != rows:
                    fill(connection, name, rows)
            put_back_sequences(connection, first.sequences)
    return True


def schema_of(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    return [*connection.execute(SCHEMA).fetchall(), *connection.execute(SETTINGS).fetchall()]


def filled(connection: psycopg.Connection, tables: list[str]) -> list[str]:
    """Return those tables that have rows."""
    each = [sql.SQL("EXISTS (SELECT FROM {})").format(sql.Identifier(name)) for name in tables]
    found = connection.execute(sql.SQL("SELECT {}").format(sql.SQL(", ").join(each))).fetchone()
    assert found is not None
    return [name for name, has_rows in zip(tables, found, strict=True) if has_rows]


def is_first(connection: psycopg.Connection, first: FirstState, table: str) -> bool:
    return bool(first.rows[table]) and copied(connection, table) == first.rows[table]


def copied(connection: psycopg.Connection, table: str) -> bytes:
    statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
    with connection.cursor().copy(statement) as copy:
        return b"".join(map(bytes, copy))


def fill(connection: psycopg.Connection, table: str, rows: bytes) -> None:
    """Write the rows of a table that was emptied, or lost only some of them with what they refer to."""
    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
        copy.write(rows)


def put_back_sequences(connection: psycopg.Connection, first: dict[str, int | None]) -> None:
    for name, last in connection.execute(SEQUENCES).fetchall():
        if last == first[name]:
            continue
        if first[name] is None:
            connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(name)))
        else:
            connection.execute(
                "SELECT setval(%s::regclass, %s)", [sql.Identifier(name).as_string(connection), first[name]]
            )
