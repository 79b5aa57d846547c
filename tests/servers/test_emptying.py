"""What `emptying` leaves is what the migrations left."""

import psycopg
import pytest

from tests.servers import emptying
from tests.servers.databases import TEMPLATE


@pytest.fixture
def database(django_db_setup, postgres_server, test_run):
    name = f"emptied_{test_run.worker}"
    postgres_server.clone(TEMPLATE, name)
    emptying.remember(postgres_server, name)
    yield name
    postgres_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


def all_of(url):
    """Every row of every table, and where each sequence stands."""
    with psycopg.connect(url) as connection:
        tables = [name for (name,) in connection.execute(emptying.TABLES)]
        rows = {name: sorted(emptying.copied(connection, name).splitlines()) for name in tables}
        return rows, connection.execute(emptying.SEQUENCES).fetchall()


def test_rows_and_numbers_are_those_of_the_migrations_again(database, postgres_server):
    url = postgres_server.url(database)
    before = all_of(url)
    with psycopg.connect(url, autocommit=True) as stayed:
        stayed.execute("UPDATE hiring_rejectionreason SET id = id + 1000")
        stayed.execute("DELETE FROM auth_group_permissions")
        stayed.execute("INSERT INTO auth_group (name) VALUES ('Of a test'), ('Of the same')")
        stayed.execute("INSERT INTO questions_questiontag (name) VALUES ('Of a test')")
        stayed.execute("SELECT nextval('outbox_event_id_seq')")
        changed = all_of(url)

        assert emptying.empty(postgres_server, database)

        with pytest.raises(psycopg.OperationalError):
            stayed.execute("SELECT 1")
    assert changed != before
    assert all_of(url) == before
    # Emptying was no change of the schema.
    assert emptying.empty(postgres_server, database)


CHANGES = [
    "CREATE TABLE left_behind (id integer)",
    "ALTER TABLE auth_group ADD COLUMN left_behind integer",
    "ALTER TABLE hiring_rejectionreason ALTER COLUMN name DROP NOT NULL",
    "DROP TABLE auth_group_permissions",
    "CREATE FUNCTION left_behind() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE INDEX by_name ON auth_group (name)",
    "ALTER DATABASE {} SET work_mem = '8MB'",
]


def test_database_of_another_schema_is_left_to_a_copy(database, postgres_server):
    was_possible = {}

    for change in CHANGES:
        with psycopg.connect(postgres_server.url(database), autocommit=True) as connection:
            connection.execute(change.format(database))
        was_possible[change] = emptying.empty(postgres_server, database)
        emptying.remember(postgres_server, database)

    assert was_possible == dict.fromkeys(CHANGES, False)


def test_database_that_is_gone_or_unknown_is_left_to_a_copy(database, postgres_server):
    assert not emptying.empty(postgres_server, "test_of_nobody")

    postgres_server.run(f'DROP DATABASE "{database}" WITH (FORCE)', f'CREATE DATABASE "{database}"')

    assert not emptying.empty(postgres_server, database)
