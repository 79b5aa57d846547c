"""`manage.py restore`: check a backup, or put it into an empty installation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.backups.refusals import BackupError
from config.backups.restoring import restore_backup, verify_backup
from config.embedded.folder import start_command


class Command(BaseCommand):
    help = (
        "Put a backup into an empty installation that does not run. Mail is held afterwards until an administrator "
        "releases it. With --verify the backup is checked and nothing is changed."
    )
    # The checks of a site are for what is to run; here its database and keys are still to come.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="what manage.py backup made")
        parser.add_argument("--verify", action="store_true", help="check the backup and change nothing")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, file: Path, verify: bool, json: bool, **options: Any) -> None:
        try:
            said = self.verify(file) if verify else self.restore(file)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(dumped(said) if json else "\n".join(said.pop("words")))

    def verify(self, path: Path) -> dict[str, Any]:
        manifest = verify_backup(path)
        return facts(manifest) | {
            "words": [
                f"{path} is whole: made {manifest['made_at']} by Shortlist {manifest['version']} on "
                f"{manifest['engine']}, {sum(manifest['counts'].values())} rows."
            ]
        }

    def restore(self, path: Path) -> dict[str, Any]:
        restored = restore_backup(path, now=timezone.now())
        manifest, notes = restored.manifest, list(restored.notes)
        if restored.missing_files:
            notes.append(f"Files that rows name and that were missing already: {restored.missing_files}.")
        words = [
            f"Restored what was here at {manifest['cut_at']}: {sum(manifest['counts'].values())} rows.",
            *notes,
            "Mail is held: start Shortlist, sign in as an administrator and look at what would go out.",
        ]
        if manifest["mode"]:
            words.append(f"Start it with: {start_command(Path(settings.DATA_DIR), manifest['mode'])}")
        return facts(manifest) | {
            "missing_files": restored.missing_files,
            "notes": notes,
            "mail_is_held": True,
            "words": words,
        }


def facts(manifest: dict[str, Any]) -> dict[str, Any]:
    return {name: manifest[name] for name in ("version", "engine", "made_at", "cut_at", "counts")}


def dumped(said: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in said.items() if name != "words"})
