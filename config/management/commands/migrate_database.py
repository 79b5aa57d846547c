"""`manage.py migrate_database`: from SQLite to PostgreSQL, every row looked at, copied and compared."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.embedded import folder
from config.embedded.options import RefusalError
from config.moving.databases import SQLITE, MoveRefusedError
from config.moving.move import Outcome, move

AFTERWARDS = """\
Every row was compared and is the same on both sides. What is left to do:
  1. Set DATABASE_URL to the new database, in .env or in the environment of every process, and REDIS_URL with it.
  2. Keep {data_dir}/keys and {data_dir}/files where DATA_DIR points: the links that candidates hold and the uploaded
     files depend on them. Neither is in a database.
  3. Start Shortlist again. Colleagues sign in anew.
Never start anything on {database} again: it would send mail a second time and take
answers that the new database does not get. Keep the file as a backup until you trust the move, then delete it."""


class Command(BaseCommand):
    help = (
        "Move this installation from SQLite to an empty PostgreSQL database. Looks at every row first and lists those "
        "that PostgreSQL would refuse; then copies all rows in one transaction and compares both sides. Stop Shortlist "
        "before."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to",
            required=True,
            metavar="URL",
            help="postgres://user:password@host:5432/database; without the password, PGPASSWORD or ~/.pgpass has it",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="only look and count; Shortlist may be running"
        )
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, to: str, dry_run: bool, **options: Any) -> None:
        self.quiet = bool(options["json"])
        configuration = settings.DATABASES["default"]
        if configuration["ENGINE"] != SQLITE:
            raise CommandError(
                "This installation's database is PostgreSQL already. To move from SQLite leave DATABASE_URL out, "
                "and name the new database with --to."
            )
        if not Path(configuration["NAME"]).exists():
            raise CommandError(
                f"There is no database at {configuration['NAME']}. Set DATA_DIR to the folder of the installation."
            )
        try:
            with ExitStack() as stack:
                if not dry_run:
                    stack.enter_context(folder.hold(settings.DATA_DIR))
                outcome = move(configuration, to, dry_run=dry_run, say=self.say, progress=self.progress)
        except (MoveRefusedError, RefusalError) as refused:
            raise CommandError(str(refused)) from refused
        if options["json"]:
            self.stdout.write(json.dumps(outcome.as_dict()))
        else:
            self.tell(outcome, to)
        if outcome.findings:
            raise CommandError(
                f"PostgreSQL would refuse {len(outcome.findings)} values, and nothing was written. Stop Shortlist, "
                "copy the file, mend them with sqlite3 or another editor of SQLite, and try again."
            )

    def say(self, words: str) -> None:
        # Whoever reads JSON reads nothing else from here.
        (self.stderr if self.quiet else self.stdout).write(words)

    def progress(self, table: str, done: int) -> None:
        self.say(f"  {table} {done}")

    def tell(self, outcome: Outcome, to: str) -> None:
        for finding in outcome.findings:
            self.stdout.write(f"  {finding}")
        if outcome.findings:
            return
        if not outcome.moved:
            for table, rows in outcome.rows.items():
                if rows:
                    self.stdout.write(f"  {table} {rows}")
            self.stdout.write("PostgreSQL would take every row. Nothing was written.")
            return
        for compared in outcome.compared:
            if compared.rows:
                self.stdout.write(
                    f"  {compared.table} {compared.rows} rows, checksum {compared.checksum[:16]}"
                )
        target = urlsplit(to)
        self.stdout.write(
            f"{sum(outcome.rows.values())} rows were moved to {target.path[1:]} on {target.hostname or 'this machine'}."
        )
        self.stdout.write(
            AFTERWARDS.format(data_dir=settings.DATA_DIR, database=settings.DATABASES["default"]["NAME"])
        )
