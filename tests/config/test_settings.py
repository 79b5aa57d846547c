"""What the environment decides, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.servers.processes import PROJECT


def settings_with(name: str, **environment: str):
    program = f"import json; from config import settings; print(json.dumps(settings.{name}))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_database_is_reached_as_its_address_says():
    address = "postgres://shortlist:secret@db.example.com/shortlist?sslmode=verify-full"

    options = settings_with("DATABASES", DATABASE_URL=address)["default"]["OPTIONS"]

    assert options["sslmode"] == "verify-full"
    assert "lock_timeout=5s" in options["options"]
    assert "work_mem=16MB" in options["options"]
