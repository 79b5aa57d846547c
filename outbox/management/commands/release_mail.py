"""`manage.py release_mail`: let mail go out again after a restore."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Actor
from outbox.operations import cancel_waiting, release_mail


class Command(BaseCommand):
    help = "Let mail go out that is held since a backup was restored. The page “Mail is held” shows it first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--cancel-before",
            metavar="MOMENT",
            default="",
            help="first cancel what was written before, for example 2026-11-25T21:30:00+00:00 (UTC without an offset)",
        )
        parser.add_argument("--json", action="store_true", help="print what was done as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        now, by = timezone.now(), Actor.system()
        cancelled = 0
        if options["cancel_before"]:
            try:
                moment = parse_datetime(options["cancel_before"])
            except ValueError:
                moment = None
            if moment is None:
                raise CommandError(
                    f"--cancel-before is {options['cancel_before']!r}, which is no moment. "
                    "Write it like 2026-11-25T21:30:00+00:00. Nothing was done."
                )
            if timezone.is_naive(moment):
                moment = timezone.make_aware(moment)
            cancelled = cancel_waiting(written_before=moment, by=by, now=now)
        released = release_mail(by=by, now=now)
        if options["json"]:
            self.stdout.write(json.dumps({"released": released, "cancelled": cancelled}))
            return
        if cancelled:
            self.stdout.write(f"Messages cancelled: {cancelled}.")
        self.stdout.write("Mail goes out again." if released else "Mail was not held.")
