"""A folder with a real installation on SQLite in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.databases import only_one
from tests.servers.processes import PROJECT

KEYS = {"SECRET_KEY": "moving-tests-" + "k" * 50, "LINK_KEYS": "moving-tests-" + "l" * 50}


@dataclass
class Installation:
    """A folder of data with SQLite in it. `made` is what its maker said."""

    folder: Path
    made: dict[str, Any]

    @property
    def database(self) -> Path:
        return self.folder / "shortlist.sqlite3"

    @property
    def configuration(self) -> dict[str, Any]:
        """Its database as the settings name it."""
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(self.database),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 1,
                "init_command": "PRAGMA journal_mode=WAL",
            },
        }

    def python(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return subprocess.run(
            [sys.executable, *arguments],
            env=given | KEYS | {"DATA_DIR": str(self.folder)} | environment,
            cwd=PROJECT,
            capture_output=True,
            text=True,
        )

    def inside(self, *arguments: str, **environment: str) -> Any:
        done = self.python("-m", "tests.config.moving.inside", *arguments, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def copied(self, folder: Path) -> Installation:
        """The same in another folder. Nobody has the file open, so all of it is in there."""
        shutil.copytree(self.folder, folder)
        return Installation(folder, self.made)


def make_installation(folder: Path, *, more: int = 0) -> Installation:
    folder.mkdir()
    installation = Installation(folder, {})
    installation.made = installation.inside("make", str(more))
    return installation


def shared_installation(root: Path) -> Installation:
    """The one of all workers of a run, below `root`; whoever comes first makes it and the others wait for it."""
    root.mkdir(exist_ok=True)
    with only_one(root / "lock"):
        said = root / "made.json"
        if not said.exists():
            said.write_text(json.dumps(make_installation(root / "data").made))
    return Installation(root / "data", json.loads(said.read_text()))
