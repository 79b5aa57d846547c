"""`manage.py seed_demo`: a believable sample company, for looking around."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hiring.management.sample_company.company import NotSample, found


class Command(BaseCommand):
    help = "Found the sample company, once, and print how to get in. Safe to repeat. Refuses a database with real data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print logins and link as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            entrance = found(now=timezone.now())
        except NotSample as error:
            raise CommandError(
                "This database holds data already. Sample data goes into an empty one: set DATA_DIR to a new folder."
            ) from error
        if options["json"]:
            self.stdout.write(entrance.as_json())
            return
        for login in entrance.logins:
            self.stdout.write(f"{login.role:<18} {login.email:<32} {login.password}")
        self.stdout.write(f"Take a test as a candidate: {entrance.link}")
        self.stdout.write(f"Mail is kept here: {entrance.mail}")
