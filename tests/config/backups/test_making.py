"""A backup is one whole file, or there is none."""

import json
import os
import signal
import subprocess
import sys
import tarfile
from collections import namedtuple
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from config.backups import files, making, postgres
from config.backups.making import make_backup
from config.backups.refusals import BackupError
from outbox.enums import BackupOutcome
from tests.factories.accounts import make_user
from tests.servers.environment import database_name
from tests.servers.postgres import find_binaries
from tests.servers.processes import PROJECT

Usage = namedtuple("Usage", "total used free")


def run(*arguments):
    said = StringIO()
    call_command("backup", *arguments, stdout=said)
    return said.getvalue()


def leftovers(house):
    return [path.name for path in house.root.rglob("*") if ".part" in path.name or ".backup-" in path.name]


def test_backup_holds_database_files_keys_and_a_manifest_and_nobody_else_reads_it(
    house, settings, monkeypatch
):
    make_user()
    files.default_storage.save("work/people.csv", ContentFile(b"name\n"))
    monkeypatch.setenv("SITE_ADDRESS", "https://jobs.example.org")
    settings.LINK_KEYS = ["new" * 20, "old" * 20]

    said = json.loads(run("--output", str(house.root), "--json"))

    with tarfile.open(said["file"]) as tar:
        database, *names = tar.getnames()
        manifest = json.load(tar.extractfile("manifest.json"))
        keys = tar.extractfile("keys/link_keys").read().decode().split()
    assert os.stat(said["file"]).st_mode & 0o777 == 0o600
    assert database == ("database.dump" if house.server else "database.sqlite3.gz")
    assert names == [
        *("keys/secret_key", "keys/link_keys", "files/work/people.csv"),
        *("manifest.json", "manifest.sha256"),
    ]
    assert keys == settings.LINK_KEYS
    assert (said["files"], said["counts"]["accounts_user"]) == (1, 1)
    assert said["counts"]["outbox_sign"] == 0
    assert "accounts.0001_initial" in manifest["migrations"]
    assert "SITE_ADDRESS" in manifest["set_in_environment"]
    assert "https://jobs.example.org" not in json.dumps(manifest)
    assert settings.SECRET_KEY not in json.dumps(manifest)
    assert leftovers(house) == []


@pytest.mark.usefixtures("same_on_both")
def test_backup_without_a_place_is_in_the_folder_of_the_data(house, settings):
    path = run().splitlines()[0]

    assert path.startswith(f"{settings.DATA_DIR}/backups/shortlist-20")
    assert path.endswith("Z.tar")


@pytest.mark.usefixtures("same_on_both")
def test_backup_is_written_over_nothing(house, backup):
    path = backup()
    before = path.read_bytes()

    with pytest.raises(CommandError, match="exists already"):
        run("--output", str(path))

    assert path.read_bytes() == before


def test_f16_backup_that_does_not_fit_is_refused_before_it_begins(house, backup, monkeypatch):
    monkeypatch.setattr(making.shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 1_000_000))

    with pytest.raises(BackupError, match=r"has 1 MB free, a backup may need \d+ MB") as refusal:
        backup()

    assert refusal.value.outcome is BackupOutcome.NO_SPACE
    assert list(house.root.rglob("*.tar*")) == []


@pytest.mark.usefixtures("same_on_both")
def test_f16_disk_that_fills_up_meanwhile_leaves_nothing_behind(house, backup, monkeypatch):
    def full(self, name, path, *, step):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making.archive.Writer, "add_file", full)

    with pytest.raises(BackupError, match="No space left") as refusal:
        backup()

    assert refusal.value.outcome is BackupOutcome.NO_SPACE
    assert list(house.root.rglob("*.tar*")) == []
    assert leftovers(house) == []


@pytest.mark.usefixtures("same_on_both")
def test_folder_that_cannot_be_made_is_said_with_the_mend(house):
    (house.root / "thing").write_text("a file")

    with pytest.raises(CommandError, match="another folder with --output"):
        run("--output", str(house.root / "thing" / "backup.tar"))


@pytest.mark.usefixtures("same_on_both")
def test_two_backups_at_once_are_one(house, backup):
    with making.only_one(), pytest.raises(BackupError, match="Another backup is being made"):
        backup()

    assert backup().exists()


@pytest.mark.usefixtures("same_on_both")
def test_file_that_comes_or_goes_meanwhile_is_there_when_a_row_names_it(house, tmp_path, monkeypatch):
    """A file that goes after the cut, and one that comes before it."""
    storage = files.default_storage
    storage.save("work/going.csv", ContentFile(b"going"))
    cut = making.cut_database

    def slow_cut(scratch, step):
        storage.save("work/coming.csv", ContentFile(b"coming"))
        found = cut(scratch, step)
        storage.delete("work/going.csv")
        return found

    monkeypatch.setattr(making, "cut_database", slow_cut)
    path = make_backup(output=tmp_path / "b.tar", now=timezone.now()).path

    with tarfile.open(path) as tar:
        assert tar.extractfile("files/work/going.csv").read() == b"going"
        assert tar.extractfile("files/work/coming.csv").read() == b"coming"


@pytest.mark.usefixtures("same_on_both")
def test_files_on_a_storage_without_second_names_are_copied(house, backup, monkeypatch):
    def no_links(*args, **kwargs):
        raise OSError(18, "Invalid cross-device link")

    files.default_storage.save("work/a.csv", ContentFile(b"a"))
    monkeypatch.setattr(files.os, "link", no_links)

    with tarfile.open(backup()) as tar:
        assert tar.extractfile("files/work/a.csv").read() == b"a"


SLOW = """
import django, sys, time
django.setup()
from pathlib import Path
from django.utils import timezone
from config.backups import archive, making
add = archive.Writer.add_text
def slow(self, name, text):
    add(self, name, text)
    print("writing", flush=True)
    time.sleep(600)
archive.Writer.add_text = slow
making.make_backup(output=Path(sys.argv[1]), now=timezone.now())
"""


@pytest.mark.usefixtures("same_on_both")
def test_backup_that_is_killed_leaves_nothing_that_looks_whole_and_the_next_one_cleans_up(house, settings):
    settings_of_child = os.environ | {"DATA_DIR": str(settings.DATA_DIR), "PG_DUMP": settings.PG_DUMP}
    if not house.server:
        settings_of_child["DATABASE_URL"] = f"sqlite:///{house.first}"
    output = house.root / "out"
    output.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, str(output)],
        env=settings_of_child,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout.readline() == b"writing\n"
        os.kill(child.pid, signal.SIGKILL)

    assert [path.name[-9:] for path in output.iterdir()] == [".tar.part"]

    make_backup(output=output, now=timezone.now())

    assert [path.suffix for path in output.iterdir()] == [".tar"]
    assert leftovers(house) == []


@pytest.mark.usefixtures("same_on_both")
def test_sample_data_is_not_mixed_with_the_database_of_a_real_installation(house, settings):
    (settings.DATA_DIR / "mode").write_text("demo\n")
    settings.DATABASE_URL = "postgres://real.example/hiring"

    with pytest.raises(CommandError, match="holds sample data, but DATABASE_URL names another database"):
        run()


# --- PostgreSQL's own programs ---


def test_missing_pg_dump_is_said_with_what_to_install(settings):
    settings.PG_DUMP = "/nowhere/pg_dump"

    with pytest.raises(BackupError, match=r"There is no pg_dump at /nowhere/pg_dump\. Install") as refusal:
        postgres.find_program("pg_dump")

    assert refusal.value.outcome is BackupOutcome.NO_PROGRAM


def test_older_pg_dump_is_refused_before_it_begins(house, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(postgres, "server_version", lambda: 99)

    with pytest.raises(BackupError, match=r"is of PostgreSQL \d+, the server of 99"):
        postgres.check_version(str(find_binaries() / "pg_dump"))


def test_password_of_the_database_stands_on_no_command_line(house, backup, monkeypatch, test_run):
    if not test_run.uses_postgres:
        pytest.skip("needs TEST_DATABASE=postgres")
    commands = []
    real = postgres.run
    monkeypatch.setattr(
        postgres, "run", lambda command, *, step: commands.append(command) or real(command, step=step)
    )

    backup()

    assert commands
    assert house.server.password not in str(commands)
    assert database_name(test_run) == house.first
