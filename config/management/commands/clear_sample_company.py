"""`manage.py clear_sample_company`: leave the sample company behind and start for real."""

from __future__ import annotations

import json
import os
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Actor
from accounts.operations import NotSampleData
from hiring.operations import FirstAdministrator, start_for_real


class Command(BaseCommand):
    help = (
        "Remove the sample company's people, jobs, attempts, mail and logins; questions, tests and templates stay. "
        "ADMIN_EMAIL and ADMIN_PASSWORD make the first administrator; without them the next start asks. "
        "Safe to repeat. Refuses real data."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print what was removed as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            started = start_for_real(
                name="", administrator=given_administrator(), by=Actor.system(), now=timezone.now()
            )
        except NotSampleData as error:
            raise CommandError("This database holds no sample data. Nothing was removed.") from error
        except ValidationError as error:
            texts = " ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
            raise CommandError(
                f"ADMIN_EMAIL or ADMIN_PASSWORD cannot be used. Nothing was removed. {texts}"
            ) from error
        if options["json"]:
            administrator = started.administrator
            answer = {
                "removed": started.removed,
                "administrator": administrator.email if administrator else None,
                "start": started.command,
            }
            self.stdout.write(json.dumps(answer))
            return
        self.stdout.write(
            f"The sample company is gone: {sum(started.removed.values())} rows of people and their work."
        )
        if started.administrator is not None:
            self.stdout.write(f"Sign in as {started.administrator.email}.")
        if started.command:
            self.stdout.write(f"From now on start with: {started.command}")


def given_administrator() -> FirstAdministrator | None:
    email, password = os.environ.get("ADMIN_EMAIL", ""), os.environ.get("ADMIN_PASSWORD", "")
    if not email or not password:
        return None
    return FirstAdministrator(
        full_name=os.environ.get("ADMIN_NAME", "") or email, email=email, password=password
    )
