"""Everything between installing and serving, in one process: reading the code takes longer than the work."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.queries import organisation
from config.schema import SchemaTooNewError
from config.upgrading import UpgradeRefusedError, bring_up_to_date
from hiring.operations import finish_starting
from hiring.queries import was_started_for_real


class Command(BaseCommand):
    help = "Prepare the database, the files and the content for the embedded mode; its supervisor calls this."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("mode", choices=["demo", "run"])
        parser.add_argument(
            "--result", type=Path, required=True, help="where to write what the supervisor will show"
        )

    def handle(self, *args: Any, mode: str, result: Path, **options: Any) -> None:
        try:
            self.prepare(mode, result)
        except KeyboardInterrupt:
            # Whoever presses Ctrl-C knows why it stopped.
            sys.exit(130)

    def prepare(self, mode: str, result: Path) -> None:
        self.stdout.write("Preparing the database.")
        try:
            bring_up_to_date(say=self.stdout.write)
        except (SchemaTooNewError, UpgradeRefusedError) as refusal:
            raise CommandError(str(refusal)) from refusal
        if mode == "demo" and was_started_for_real():
            # Clearing the sample company was cut off before its last step, which would have kept this start away.
            command = finish_starting()
            raise CommandError(f"The sample company was cleared away here. From now on start with: {command}")
        self.collect_files()
        facts: dict[str, Any] = {}
        if mode == "run":
            call_command("ensure_administrator")
            call_command("seed_starter_content", stdout=io.StringIO())
        else:
            self.stdout.write("Preparing the sample data.")
            call_command("seed_starter_content", stdout=io.StringIO())
            said = io.StringIO()
            call_command("seed_demo", json=True, stdout=said)
            facts = json.loads(said.getvalue())
        home = organisation()
        facts |= {"site_address": home.site_address, "mail_goes_out": home.mail_goes_out}
        result.touch(mode=0o600)
        result.write_text(json.dumps(facts))

    def collect_files(self) -> None:
        """Run collectstatic when any file has changed since the last time."""
        marker = Path(settings.STATIC_ROOT) / ".collected"
        wanted = fingerprint()
        if marker.exists() and marker.read_text() == wanted:
            return
        self.stdout.write("Preparing the pages' files.")
        call_command("collectstatic", interactive=False, verbosity=0)
        marker.write_text(wanted)


def fingerprint() -> str:
    """Return a digest of every static file's name, size and time of change."""
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list(None):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path}:{found.st_size}:{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
