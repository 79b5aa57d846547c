"""An installation that is backed up, and empty ones to restore into."""

from pathlib import Path

import pytest

# This file is read before Django is set up, so what needs models is imported where it is used.


class House:
    """Points this process at one installation after the other, each a folder and a database of its own."""

    def __init__(self, settings, root, run, server):
        from django.conf import settings as real

        self.settings, self.root, self.run, self.server = settings, root, run, server
        self.database = real.DATABASES["default"]
        self.first = self.database["NAME"]
        self.made = []

    def enter(self, name, *, database=None):
        """Go to the installation `name`; a new one is empty."""
        from django.db import connections

        connections.close_all()
        folder = self.root / name
        folder.mkdir(mode=0o700, exist_ok=True)
        self.settings.DATA_DIR = folder
        self.settings.STORAGES = self.settings.STORAGES | {
            "default": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": str(folder / "files"), "base_url": None},
            }
        }
        self.database["NAME"] = database or self.empty_database(folder)
        return folder

    def empty_database(self, folder):
        if not self.run.uses_postgres:
            return str(folder / "shortlist.sqlite3")
        name = f"{self.first}_{len(self.made)}"
        self.server.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
        self.made.append(name)
        return name

    def leave(self):
        from django.db import connections

        connections.close_all()
        self.database["NAME"] = self.first
        for name in self.made:
            self.server.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def house(transactional_db, settings, tmp_path, test_run, request):
    """The test's own database is that of the installation "first", which one is in."""
    from tests.servers.postgres import find_binaries

    server = request.getfixturevalue("postgres_server") if test_run.uses_postgres else None
    if server:
        settings.PG_DUMP = str(find_binaries() / "pg_dump")
    house = House(settings, tmp_path, test_run, server)
    house.enter("first", database=house.first)
    yield house
    house.leave()


@pytest.fixture
def same_on_both(test_run):
    """For tests of what has nothing to do with the kind of database: once is enough."""
    if test_run.uses_postgres:
        pytest.skip("the same on both databases")


@pytest.fixture
def backup(house, tmp_path):
    """`backup()` makes one of the installation that one is in and returns its path."""
    from django.utils import timezone

    from config.backups.making import make_backup

    def make(name="backup.tar") -> Path:
        return make_backup(output=tmp_path / name, now=timezone.now()).path

    return make
