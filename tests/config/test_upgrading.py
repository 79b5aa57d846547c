"""An upgrade is done wholly or not at all, and no old program works on a newer database."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import namedtuple
from contextlib import closing
from io import StringIO

import pytest
from django.core import checks
from django.core.management import call_command
from django.core.management.base import CommandError, SystemCheckError
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from accounts.models import User
from config import schema, upgrading
from config.schema import SchemaTooNewError
from outbox.enums import SignName
from outbox.models import Sign
from tests.factories.accounts import make_user
from tests.servers.processes import PROJECT

Usage = namedtuple("Usage", "total used free")

UPGRADE = """
import django
django.setup()
from config.upgrading import bring_up_to_date
bring_up_to_date(say=lambda line: print(line, flush=True))
"""


@pytest.fixture
def newer(transactional_db):
    """The database as a newer version leaves it."""
    MigrationRecorder(connection).record_applied("hiring", "0002_interviews")


@pytest.fixture
def upgrade(house):
    """`upgrade()` starts a newer version on rows of an older one; it waits in the middle for `go_on`."""
    make_user(full_name="As it was")
    connections.close_all()
    folder = house.root / "upgraded"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.config.upgrade.settings",
        "DATA_DIR": str(folder),
        "GO_ON": str(house.root / "go on"),
    }
    if house.server is None:
        folder.mkdir()
        # Not the file alone: where a connection of another thread is open, the last rows are in the log beside it.
        with (
            closing(sqlite3.connect(house.first)) as source,
            closing(sqlite3.connect(folder / "shortlist.sqlite3")) as target,
        ):
            source.backup(target)

    def start():
        return subprocess.Popen(
            [sys.executable, "-c", UPGRADE],
            env=environment,
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


def kill_in_the_middle(process):
    said = []
    for line in process.stdout:
        said.append(line.strip())
        if line == "in the middle\n":
            break
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    return said


def test_f22_migration_that_is_killed_half_way_is_undone_and_done_again(upgrade, house):
    said = kill_in_the_middle(upgrade())
    assert said[-1] == "in the middle"
    assert len(said) == (1 if house.server else 2)

    # Whoever goes back to the version before finds what that version left.
    older = []
    if house.server is None:
        shutil.copytree(house.root / "upgraded", house.root / "older")
        house.enter("older")
    upgrading.bring_up_to_date(say=older.append)
    assert User.objects.get().full_name == "As it was"
    assert "upgrade_half" not in connection.introspection.table_names()
    assert len(older) == (0 if house.server else 1)

    # The newer version begins again.
    house.enter("upgraded", database=house.first if house.server else None)
    (house.root / "go on").touch()
    with upgrade() as second:
        again = second.stdout.read()

    assert second.returncode == 0, again
    assert User.objects.get().full_name == "half upgraded"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM upgrade_half")
        assert cursor.fetchone()[0] == 1
    if house.server is None:
        folder = house.root / "upgraded" / "before-upgrade"
        assert "The last upgrade was cut off. The database was put back as it was before" in again
        assert "the database is kept as it was in" in said[0]
        assert len(list(folder.glob("*-cut-off.sqlite3"))) == 1
        assert {path.stat().st_mode & 0o077 for path in folder.glob("*Z.sqlite3")} == {0}
        assert not (folder / "unfinished").exists()


def test_database_that_is_up_to_date_is_neither_copied_nor_migrated(transactional_db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    said = []

    upgrading.bring_up_to_date(say=said.append)

    assert (said, list(tmp_path.iterdir())) == ([], [])
    assert Sign.objects.get(name=SignName.VERSION).data == {"version": "0.1.0"}


def test_newer_database_is_refused_with_the_version_that_wrote_it(newer):
    schema.note_version()
    Sign.objects.filter(name=SignName.VERSION).update(data={"version": "0.9.0"})

    with pytest.raises(SchemaTooNewError) as refusal:
        upgrading.bring_up_to_date(say=print)

    assert str(refusal.value) == (
        "This database was written by Shortlist 0.9.0; this is Shortlist 0.1.0 and does not know "
        "hiring.0002_interviews. Start the newer version again, or restore a backup from before the upgrade into an "
        "empty installation: docs/upgrading.md"
    )
    assert Sign.objects.get(name=SignName.VERSION).data == {"version": "0.9.0"}


def test_newer_database_is_refused_by_the_start_of_the_embedded_mode(newer, tmp_path):
    with pytest.raises(
        CommandError, match=r"written by a newer version of Shortlist; this is Shortlist 0\.1\.0"
    ):
        call_command("prepare_embedded", "run", result=tmp_path / "result", stdout=StringIO())


def test_newer_database_is_refused_by_migrate_and_by_the_checks(newer):
    with pytest.raises(SystemCheckError, match=r"shortlist\.E004"):
        call_command("migrate", verbosity=0, stdout=StringIO(), stderr=StringIO(), skip_checks=False)

    found = checks.run_checks(tags=["shortlist"], databases=["default"])
    assert [message.id for message in found] == ["shortlist.E004"]
    assert checks.run_checks(tags=["shortlist"]) == []


def test_migrations_of_others_are_none_of_our_business():
    names = ["auth.0099_later", "gone.0001_initial", "accounts.0001_initial", "outbox.0002_later"]

    assert schema.unknown_migrations(names) == ["outbox.0002_later"]


def test_f16_upgrade_without_room_for_a_copy_is_refused(transactional_db, tmp_path, monkeypatch, test_run):
    if test_run.uses_postgres:
        pytest.skip("PostgreSQL is not copied")
    monkeypatch.setattr(upgrading.shutil, "disk_usage", lambda folder: Usage(10**9, 10**9, 1_000_000))

    with pytest.raises(upgrading.UpgradeRefusedError, match=r"needs \d+ MB; the disk .* has 1 MB free"):
        upgrading.keep_copy(tmp_path / "before-upgrade", print)

    assert list((tmp_path / "before-upgrade").iterdir()) == []


def test_cut_off_upgrade_without_its_copy_is_left_to_a_person(transactional_db, tmp_path, test_run):
    if test_run.uses_postgres:
        pytest.skip("PostgreSQL is not copied")
    (tmp_path / "unfinished").write_text('{"copy": "2026.sqlite3"}')

    with pytest.raises(upgrading.UpgradeRefusedError, match=r"is gone\. Restore a backup"):
        upgrading.put_back(tmp_path, print)

    assert User.objects.count() == 0


def test_last_copies_are_kept(tmp_path):
    for day in range(1, 6):
        (tmp_path / f"2026-11-0{day}T020000.0Z.sqlite3").touch()
    (tmp_path / "2026-11-01T020000.0Z.sqlite3-wal").touch()

    upgrading.remove_old(tmp_path)

    assert sorted(path.name[:10] for path in tmp_path.iterdir()) == ["2026-11-03", "2026-11-04", "2026-11-05"]
