"""The sample company on SQLite, moved to a real PostgreSQL."""

from __future__ import annotations

import json
import sqlite3
import time
from types import SimpleNamespace

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from config.embedded import folder
from config.management.commands import migrate_database
from config.moving import databases
from config.moving.databases import MoveRefusedError
from config.moving.tables import moved_tables
from tests.config.moving.installation import make_installation

# One worker for all of them: the installation is made once.
pytestmark = pytest.mark.xdist_group("moving")


def rows_of(url, table):
    with psycopg.connect(url) as connection:
        return connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]


def is_empty(url):
    with databases.opened(databases.TARGET, databases.target_configuration(url)) as side:
        return databases.holdings(side) == {}


def run(url, *statements):
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_everything_is_moved_and_the_product_goes_on_there(installation, postgres_server, test_run):
    name = f"moved_{test_run.worker}"
    postgres_server.run(f'CREATE DATABASE "{name}"')
    url = postgres_server.url(name)

    done = installation.python("manage.py", "migrate_database", "--to", url, "--json")

    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert (outcome["moved"], outcome["findings"]) == (True, [])
    compared = {each["table"]: each["rows"] for each in outcome["compared"]}
    assert compared == outcome["rows"]
    with sqlite3.connect(installation.database) as source:
        (tables,) = zip(*source.execute("SELECT name FROM sqlite_master WHERE type = 'table'"), strict=True)
        counted = {table: source.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in compared}
    made_anew = {
        "auth_permission",
        "django_content_type",
        "django_migrations",
        "django_session",
        "sqlite_sequence",
    }
    assert set(tables) == set(compared) | made_anew
    assert counted == compared == {table: rows_of(url, table) for table in compared}
    assert compared["assessments_answerrevision"] > 900

    there = installation.inside("go_on", installation.made["link"], DATABASE_URL=url)

    assert installation.made["saved"] == "saved"
    assert there["where"].endswith("/question/1/")
    assert (there["ticked"], there["second"]) == (1, "saved")
    assert (there["state"], there["answers"]) == ("submitted", [1, 1, 0])
    assert there["is_new"]
    # The history names rows that are gone, so no number is given twice.
    assert there["next_event"] > installation.made["top"]


def test_roles_keep_their_rights_though_permissions_have_other_numbers(moving, target, installation):
    with sqlite3.connect(installation.database) as source:
        source.execute("PRAGMA foreign_keys = OFF")
        source.execute("UPDATE auth_permission SET id = id + 5000")
        source.execute("UPDATE auth_group_permissions SET permission_id = permission_id + 5000")
        source.execute("INSERT INTO django_content_type (app_label, model) VALUES ('gone', 'thing')")
        source.execute(
            "INSERT INTO auth_permission (id, content_type_id, codename, name)"
            " SELECT 9000, max(id), 'view_thing', 'Can view' FROM django_content_type"
        )
        source.execute(
            "INSERT INTO auth_group_permissions (group_id, permission_id) SELECT min(id), 9000 FROM auth_group"
        )
        rights = """
            SELECT g.name, t.app_label, p.codename FROM auth_group_permissions AS h
            JOIN auth_group AS g ON g.id = h.group_id
            JOIN auth_permission AS p ON p.id = h.permission_id
            JOIN django_content_type AS t ON t.id = p.content_type_id
        """
        before = set(source.execute(rights))

    moving()

    with psycopg.connect(target) as connection:
        after = set(connection.execute(rights))
    assert before == after
    assert any(codename == "view_thing" for _name, _app, codename in after)


def test_looking_writes_nothing_and_may_happen_while_others_write(moving, target, installation):
    with sqlite3.connect(installation.database) as writer:
        writer.execute("BEGIN IMMEDIATE")

        outcome = moving(dry_run=True)

    assert (outcome.moved, outcome.findings, outcome.compared) == (False, [], [])
    assert outcome.rows["hiring_job"] == 3
    assert is_empty(target)


def test_moving_refuses_while_somebody_writes(moving, target, installation):
    with sqlite3.connect(installation.database) as writer:
        writer.execute("BEGIN IMMEDIATE")

        with pytest.raises(MoveRefusedError, match=r"database is locked\. Stop everything"):
            moving()

    assert is_empty(target)


@pytest.fixture
def command(installation, target, monkeypatch):
    """The command in this process, for `installation`."""
    settings = SimpleNamespace(
        DATABASES={"default": installation.configuration}, DATA_DIR=installation.folder
    )
    monkeypatch.setattr(migrate_database, "settings", settings)
    monkeypatch.setattr(folder, "LEFT_BEHIND_SECONDS", 0.1)

    monkeypatch.setattr(databases, "migrate", lambda url: None)

    def call(*, ENGINE="django.db.backends.sqlite3", to=target, **options):  # noqa: N803 -- as in the settings
        settings.DATABASES["default"]["ENGINE"] = ENGINE
        call_command("migrate_database", to=to, **options)

    return call


def test_command_refuses_a_running_installation(command, installation, target, capsys):
    with folder.hold(installation.folder):
        with pytest.raises(CommandError, match=r"already running on .*Stop it there first"):
            command()
        command(dry_run=True)

    assert "PostgreSQL would take every row. Nothing was written." in capsys.readouterr().out
    assert is_empty(target)


def test_command_says_what_to_do_next(command, installation, capsys):
    command()

    said = capsys.readouterr().out
    assert "Every row was compared and is the same on both sides." in said
    assert "Set DATABASE_URL" in said
    assert f"Keep {installation.folder}/keys and {installation.folder}/files" in said
    assert f"Never start anything on {installation.database} again" in said
    with pytest.raises(
        CommandError, match=r"is not empty, it holds account_emailaddress \(7 rows\), .* more tables"
    ):
        command()


def test_command_names_what_it_cannot_open(command, installation, target):
    with pytest.raises(CommandError, match=r"--to has to name a PostgreSQL database"):
        command(to="sqlite:////tmp/other.sqlite3")
    with pytest.raises(CommandError, match=r"nowhere on 127\.0\.0\.1 cannot be opened: .*does not exist"):
        command(to=target.rpartition("/")[0] + "/nowhere")
    with pytest.raises(CommandError, match="database is PostgreSQL already"):
        command(ENGINE="django.db.backends.postgresql")
    installation.database.unlink()
    with pytest.raises(CommandError, match="There is no database at"):
        command()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "DELETE FROM django_migrations WHERE app = 'hiring'",
            "is older than this version: it lacks hiring.0001_",
        ),
        (
            "INSERT INTO django_migrations (app, name, applied) VALUES ('hiring', '0999_later', '2026-01-01')",
            "is newer than this version: it has hiring.0999_later",
        ),
        ("ALTER TABLE outbox_event DROP COLUMN data", "outbox_event lacks the column data"),
    ],
)
def test_source_of_another_version_is_refused(moving, installation, statement, words):
    with sqlite3.connect(installation.database) as source:
        source.execute(statement)

    with pytest.raises(MoveRefusedError, match=words):
        moving()


def test_target_with_a_table_that_is_not_ours_is_refused(moving, target):
    run(target, "CREATE TABLE wordpress_posts (id integer)")

    with pytest.raises(MoveRefusedError, match=r"is not empty, it holds wordpress_posts \(0 rows\)"):
        moving()


BREAK = """
    CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.number = 2 THEN {what}; END IF; RETURN NEW;
    END $$
"""
TRIGGER = (
    "CREATE TRIGGER break BEFORE INSERT ON hiring_applicationtransition FOR EACH ROW EXECUTE FUNCTION break()"
)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (
            "RAISE 'out of space' USING DETAIL = 'Ada Lovelace'",
            "PostgreSQL refused it: out of space. Nothing was written",
        ),
        ("NEW.comment := 'other'", r"hiring_applicationtransition \d+ was not the same on both sides"),
        ("PERFORM pg_terminate_backend(pg_backend_pid())", "PostgreSQL refused it: .*Nothing was written"),
    ],
)
def test_move_that_breaks_leaves_nothing(moving, target, what, words):
    run(target, BREAK.format(what=what), TRIGGER)

    with pytest.raises(MoveRefusedError, match=words) as refused:
        moving()

    assert "Ada" not in str(refused.value)
    assert is_empty(target)


def test_move_that_broke_can_be_made_again(moving, target):
    run(target, BREAK.format(what="RAISE 'out of space'"), TRIGGER)
    with pytest.raises(MoveRefusedError):
        moving()
    run(target, "DROP FUNCTION break CASCADE")

    assert moving().moved
    assert rows_of(target, "hiring_application") == 60


def test_target_that_was_filled_meanwhile_is_left_alone(moving, target, monkeypatch):
    def fill(url):
        run(target, "INSERT INTO questions_skill (slug, name, description) VALUES ('a', 'A', '')")

    monkeypatch.setattr(databases, "migrate", fill)

    with pytest.raises(MoveRefusedError, match=r"holds questions_skill \(1 rows\)"):
        moving()

    assert rows_of(target, "questions_skill") == 1


def test_nothing_of_a_move_stays_behind_in_this_process(moving):
    moving(dry_run=True)

    assert set(connections.databases) == {"default"}


def test_every_table_and_column_is_known(unblocked):
    from django.db.backends.postgresql.operations import DatabaseOperations

    tables = moved_tables(DatabaseOperations(None))

    assert len(tables) > 50
    for table in tables:
        assert list(table.unique_sets()) is not None
        assert table.key in {"rowid", *(column.name for column in table.columns)}


@pytest.mark.stress
def test_drill_with_fifty_thousand_rows(postgres_server, test_run, tmp_path, capsys):
    large = make_installation(tmp_path / "data", more=12_500)
    name = f"drill_{test_run.worker}"
    postgres_server.run(f'CREATE DATABASE "{name}"')

    begun = time.monotonic()
    done = large.python("manage.py", "migrate_database", "--to", postgres_server.url(name), "--json")
    took = time.monotonic() - begun

    assert done.returncode == 0, done.stderr
    rows = sum(each["rows"] for each in json.loads(done.stdout)["compared"])
    assert rows > 50_000
    with capsys.disabled():
        print(f"\n{rows} rows were looked at, moved and compared in {took:.1f} s")
