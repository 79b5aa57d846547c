"""PostgreSQL in the middle of other people's transactions: locks, deadlocks, transactions that it undoes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.servers.postgres import PostgresServer
from tests.servers.processes import RunningSystem


@dataclass
class Hold:
    """Rows or tables that nobody else can write now."""

    connection: psycopg.Connection[Any]
    watcher: psycopg.Connection[Any]

    def somebody_waits(self) -> bool:
        row = self.watcher.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))",
            [self.connection.info.backend_pid],
        ).fetchone()
        return bool(row and row[0])


@contextmanager
def held(url: str, statement: str) -> Iterator[Hold]:
    """Hold what `statement` locks, so that a worker stops in the middle of its transaction."""
    with psycopg.connect(url) as connection, psycopg.connect(url, autocommit=True) as watcher:
        connection.execute(statement)
        yield Hold(connection, watcher)
        connection.rollback()


@contextmanager
def stopping(url: str, table: str, condition: str) -> Iterator[Hold]:
    """Hold whoever adds a row to `table` for which `condition`, about NEW, is true, in their transaction."""
    with (
        psycopg.connect(url, autocommit=True) as connection,
        psycopg.connect(url, autocommit=True) as watcher,
    ):
        connection.execute("SELECT pg_advisory_lock(1)")
        connection.execute(f"""
            CREATE FUNCTION stand() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF {condition} THEN
                    PERFORM pg_advisory_xact_lock(1);
                END IF;
                RETURN NEW;
            END $$
        """)
        connection.execute(
            f"CREATE TRIGGER stand BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION stand()"
        )
        try:
            yield Hold(connection, watcher)
        finally:
            connection.execute("SELECT pg_advisory_unlock(1)")
            connection.execute("DROP FUNCTION stand CASCADE")


DEADLOCK = """
    DO $$ BEGIN
        WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))) LOOP
            PERFORM pg_sleep(0.01);
            PERFORM pg_stat_clear_snapshot();
        END LOOP;
        PERFORM 1 FROM {row} FOR UPDATE;
    END $$
"""


@contextmanager
def deadlocking(url: str, *, first: str, second: str) -> Iterator[None]:
    """Hold the row `first`; as soon as somebody waits for it, want `second`, which they hold. They are the victim.

    Rows are given as a table with a condition. Ends once PostgreSQL has undone the other one's transaction.
    """
    with psycopg.connect(url) as connection, ThreadPoolExecutor(1) as threads:
        # Whoever looks first finds the deadlock and is undone; this one does not look.
        connection.execute("SET LOCAL deadlock_timeout = '10min'")
        connection.execute(f"SELECT 1 FROM {first} FOR UPDATE")
        circle = threads.submit(connection.execute, DEADLOCK.format(row=second))
        circle.add_done_callback(lambda _: connection.rollback())
        yield
        circle.result(60)


@contextmanager
def colliding(url: str, table: str, code: str, times: int) -> Iterator[Callable[[], int]]:
    """Let PostgreSQL undo the next transactions that write to `table`, with `code`; yield how many it undid."""
    with psycopg.connect(url, autocommit=True) as connection:
        # What a sequence has counted stays counted when the transaction is undone.
        connection.execute("CREATE SEQUENCE collisions")
        connection.execute(f"""
            CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('collisions') <= {times} THEN
                    RAISE 'injected' USING ERRCODE = '{code}';
                END IF;
                RETURN NEW;
            END $$
        """)
        connection.execute(
            f"CREATE TRIGGER collide BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION collide()"
        )

        def undone() -> int:
            row = connection.execute("SELECT last_value, is_called FROM collisions").fetchone()
            return min(times, row[0] if row and row[1] else 0)

        try:
            yield undone
        finally:
            connection.execute("DROP FUNCTION collide CASCADE")
            connection.execute("DROP SEQUENCE collisions")


def database_url(server: PostgresServer, system: RunningSystem) -> str:
    return server.url(system.environment["DATABASE_URL"].rpartition("/")[2])
