"""`manage.py export_questions`: the questions of a bank as a file, and what the file does not hold of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Actor
from questions.formats import WRITERS, names
from questions.management.asking import WRONG_USAGE, named_bank
from questions.operations.exporting import (
    PART_OF_FILE,
    Exported,
    Which,
    export_parts,
    export_questions,
    export_summary,
    record_taken,
)


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
        parser.add_argument(
            "--parts",
            action="store_true",
            help=(
                f"write a large bank into several files, FILE-1, FILE-2 and so on, of {PART_OF_FILE:,} questions each"
                " at most, so that each can be imported again"
            ),
        )
        parser.add_argument("--json", action="store_true", help="print what was written and lost as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        bank = named_bank(options["bank"])
        name = written_format(options["format"])
        output, which = options["output"], Which(options["which"])
        if options["parts"]:
            made = export_parts(bank=bank, name=name, which=which)
        else:
            made = iter([export_questions(bank=bank, name=name, which=which)])
        count, losses, files = 0, list[dict[str, Any]](), list[str]()
        for path, exported in _named(made, output):
            if path is not None:
                _write(path, exported.written.content)
                files.append(str(path))
            count += exported.count
            if options["json"]:
                losses += exported.losses()
                continue
            for place, words in exported.losses_of_each():
                self.stderr.write(f"{exported.external_ids[place]}: {words}")
            summary = export_summary(exported, is_made=path is not None)
            self.stdout.write(f"{path}: {summary}" if path is not None else summary)
        if output is not None:
            by, now = Actor.system(), timezone.now()
            record_taken(bank=bank, name=name, which=which.value, count=count, by=by, now=now)
        if options["json"]:
            facts = {"format": name, "bank": bank.slug, "count": count, "files": files, "losses": losses}
            self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1))


def _named(made: Iterator[Exported], output: Path | None) -> Iterator[tuple[Path | None, Exported]]:
    """Yield each file with its path: the one that was named, or with its number where there are several."""
    first, second = next(made), next(made, None)
    if output is None or second is None:
        yield output, first
    else:
        yield _numbered(output, 1), first
    del first
    number = 2
    while second is not None:
        yield _numbered(output, number) if output is not None else None, second
        second, number = next(made, None), number + 1


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=WRONG_USAGE) from error


def written_format(name: str) -> str:
    """Return the format that somebody means, of those that are written. Raises `CommandError`."""
    found = next((one for one in names.formats_named(name.strip().casefold()) if one in WRITERS), None)
    if found is None:
        raise CommandError(
            f"“{name}” is no format that is written. Written are {', '.join(WRITERS)}.",
            returncode=WRONG_USAGE,
        )
    return found
