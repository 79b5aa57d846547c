"""`manage.py backup`: one file that holds the whole installation, made while it runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.backups.making import make_backup, megabytes
from config.backups.refusals import BackupError


class Command(BaseCommand):
    help = (
        "Write the database, the uploaded files and the keys to one file, while everything runs. "
        "Keep it as safe as the installation: it holds all of it. Without --output: backups below DATA_DIR."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--output", metavar="FILE|FOLDER", default="", help="where to write it; a folder has to exist"
        )
        parser.add_argument("--json", action="store_true", help="print what was made as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        output = Path(options["output"]).absolute() if options["output"] else own_folder()
        check_sample_data()
        try:
            made = make_backup(output=output, now=timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows = sum(made.manifest["counts"].values())
        if options["json"]:
            answer = {
                "file": str(made.path),
                "size": made.size,
                "seconds": round(made.seconds, 2),
                **{name: made.manifest[name] for name in ("version", "engine", "cut_at", "counts")},
                "files": made.files,
            }
            self.stdout.write(json.dumps(answer))
            return
        self.stdout.write(
            f"{made.path}\n{rows} rows and {made.files} files, {megabytes(made.size)} MB, "
            f"in {made.seconds:.1f} seconds.\n"
            "Keep it as safe as the installation itself: it holds everybody's data and the keys."
        )


def own_folder() -> Path:
    folder = Path(settings.DATA_DIR) / "backups"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def check_sample_data() -> None:
    """Sample data is in a file of its own; a database that `.env` names is another installation's."""
    marker = Path(settings.DATA_DIR) / "mode"
    if settings.DATABASE_URL and marker.exists() and marker.read_text().strip() == "demo":
        raise CommandError(
            f"{settings.DATA_DIR} holds sample data, but DATABASE_URL names another database. "
            "Run this without it: DATABASE_URL= READ_DOT_ENV=0"
        )
