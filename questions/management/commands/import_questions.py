"""`manage.py import_questions`: take the questions of a file into a bank, or see what that would do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Actor
from accounts.rules import random_code
from questions.enums import Level
from questions.formats import names
from questions.formats.drafts import FileRefused
from questions.management.asking import (
    WRONG_USAGE,
    add_columns,
    content_of,
    named_bank,
    named_format,
    said_columns,
)
from questions.models import Skill
from questions.operations.importing import ImportChoices, ImportRefused, check_import, run_import
from questions.operations.importing.reporting import outcome_facts, refused_facts
from questions.operations.reading import READERS, parse
from questions.queries.file_words import refusal_words


class Command(BaseCommand):
    help = (
        "Import the questions of a file into a bank: all of them, or none where one is refused. New ones come in as"
        " drafts, and what differs of a ready one becomes its next draft. Ends with 1 when nothing was imported because"
        " of what is wrong with the file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--bank", required=True, metavar="NAME", help="short name of the bank, or its name"
        )
        parser.add_argument(
            "--format",
            default=names.AUTO,
            help=f"auto (seen from the content; the default), or one of {', '.join(sorted(READERS))}",
        )
        add_columns(parser)
        parser.add_argument("--dry-run", action="store_true", help="say what it would do, and write nothing")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--level",
            default=Level.JUNIOR.value,
            choices=Level.values,
            help="of new questions whose file says none (default: junior)",
        )
        parser.add_argument(
            "--skill",
            default="",
            metavar="NAME",
            help="short name of the skill of new questions that say none",
        )
        parser.add_argument(
            "--leave-out", action="store_true", help="import the others where some questions are refused"
        )
        parser.add_argument(
            "--replace-drafts", action="store_true", help="write over drafts that somebody wrote here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        bank = named_bank(options["bank"])
        choices = ImportChoices(
            level=options["level"],
            skill=named_skill(options["skill"]),
            leaves_out=options["leave_out"],
            replaces_drafts=options["replace_drafts"],
        )
        name = named_format(options["format"])
        try:
            columns = said_columns(options["columns"])
            parsed = parse(content_of(options["file"]), name, columns)
        except FileRefused as refused:
            if options["json"]:
                self._print_json(refused_facts(refused))
            raise CommandError(refusal_words(refused)) from refused
        outcome = check_import(bank=bank, parsed=parsed, choices=choices, told=_silent)
        refusal: ImportRefused | None = None
        if not options["dry_run"]:
            try:
                outcome = run_import(
                    bank=bank,
                    parsed=parsed,
                    choices=choices,
                    mark=random_code(),
                    by=Actor.system(),
                    now=timezone.now(),
                    told=_silent,
                )
            except ImportRefused as error:
                refusal = error
        facts = outcome_facts(outcome)
        if options["json"]:
            self._print_json(facts)
        else:
            self._print_words(facts)
        if refusal is not None:
            raise CommandError(str(refusal))

    def _print_json(self, facts: dict[str, Any]) -> None:
        # Whatever the terminal's encoding is: the document is JSON, which is UTF-8.
        reconfigure = getattr(self.stdout, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8")
        self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1))

    def _print_words(self, facts: dict[str, Any]) -> None:
        counts = ", ".join(f"{count} {fate}" for fate, count in facts["counts"].items())
        done = "imported" if facts["imported"] else "nothing imported"
        self.stdout.write(f"{facts['format']}: {counts}; {done}")
        for question in facts["questions"]:
            self.stdout.write(f"{question['where']}: {question['fate']}. {question['id']}")
            for difference in question["differences"]:
                text = difference["text"].replace("\n", "\n      ")
                self.stdout.write(f"    {difference['part']}: {text}")
        for skipped in facts["skipped"]:
            self.stdout.write(f"{skipped['where']}: skipped. {skipped['message']}")
        for problem in facts["problems"]:
            self.stdout.write(f"{problem['where']}: {problem['level']}. {problem['message']}")


def named_skill(name: str) -> str:
    """Return the short name of a skill that exists. Raises `CommandError`."""
    if name and not Skill.objects.filter(slug=name).exists():
        raise CommandError(
            f"--skill: there is no skill with the short name “{name}”.", returncode=WRONG_USAGE
        )
    return name


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""
