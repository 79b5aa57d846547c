"""`manage.py export_questions`: the questions of a bank as a file, and what the file does not hold of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Actor
from questions.formats import WRITERS, names
from questions.management.asking import WRONG_USAGE, named_bank
from questions.operations.exporting import Which, export_questions, export_summary, record_taken


class Command(BaseCommand):
    help = (
        "Write the questions of a bank into a file. What the format has no place for is told for each question, on the"
        " standard error or as JSON."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--bank", required=True, metavar="NAME", help="short name of the bank, or its name"
        )
        parser.add_argument(
            "--format", required=True, help=f"one of {', '.join(WRITERS)}, in any usual spelling"
        )
        into = parser.add_mutually_exclusive_group(required=True)
        into.add_argument("--output", metavar="FILE", type=Path, help="where to write it")
        into.add_argument(
            "--dry-run", action="store_true", help="say what the file would not hold, and write nothing"
        )
        parser.add_argument(
            "--which",
            default=Which.CURRENT.value,
            choices=[which.value for which in Which],
            help="current (all but retired ones; the default), ready (as tests draw them), drafts, retired or all",
        )
        parser.add_argument("--json", action="store_true", help="print what was written and lost as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        bank = named_bank(options["bank"])
        name = written_format(options["format"])
        exported = export_questions(bank=bank, name=name, which=Which(options["which"]))
        output: Path | None = options["output"]
        if output is not None:
            try:
                output.write_bytes(exported.written.content)
            except OSError as error:
                raise CommandError(f"{output}: {error.strerror}", returncode=WRONG_USAGE) from error
            now = timezone.now()
            record_taken(
                bank=bank, name=name, which=options["which"], count=exported.count, by=Actor.system(), now=now
            )
        if options["json"]:
            losses = exported.losses()
            facts = {"format": name, "bank": bank.slug, "count": exported.count, "losses": losses}
            self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1))
            return
        for place, words in exported.losses_of_each():
            self.stderr.write(f"{exported.external_ids[place]}: {words}")
        summary = export_summary(exported, is_made=output is not None)
        self.stdout.write(f"{output}: {summary}" if output is not None else summary)


def written_format(name: str) -> str:
    """Return the format that somebody means, of those that are written. Raises `CommandError`."""
    found = next((one for one in names.formats_named(name.strip().casefold()) if one in WRITERS), None)
    if found is None:
        raise CommandError(
            f"“{name}” is no format that is written. Written are {', '.join(WRITERS)}.",
            returncode=WRONG_USAGE,
        )
    return found
