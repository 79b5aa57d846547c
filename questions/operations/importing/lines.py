"""The report of a check, line by line: written once, read page by page, and forgotten with its file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import asdict
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from outbox.models import Work
from outbox.operations.work import Pace
from outbox.registries import Report
from questions.enums import Found
from questions.formats.drafts import WARNING, WHOLE_FILE, Where
from questions.models import ImportLine
from questions.operations.importing.comparing import Line
from questions.operations.importing.running import Outcome
from questions.queries.file_words import problem_words, skip_words
from questions.rules import PICTURES, QuestionDraft

_PART: Final = 200
# A picture that comes with the file is not here before the import: its description stands there until then.
_PICTURE: Final = re.compile(rf"!\[((?:\\.|[^\]\\\n]){{0,1000}})\]\({re.escape(PICTURES)}(\w{{1,60}})\)")


def write_lines(work: Work, outcome: Outcome, report: Report) -> dict[str, int]:
    """Write the report of `outcome` for the check `work`, and return how many lines there are of what was found.

    What an earlier try wrote is thrown away first. Part by part: others get their turn between.
    """
    forget_lines(ImportLine.objects.filter(work=work))
    counts, pace = dict.fromkeys(Found.values, 0), Pace()
    part: list[ImportLine] = []
    total = len(outcome.parsed.questions)
    for line in _lines(outcome):
        line.work = work
        line.number = counts[line.found] = counts[line.found] + 1
        part.append(line)
        if len(part) == _PART:
            _write(part)
            pace()
            report(total, total)
            part = []
    _write(part)
    return counts


def _write(part: list[ImportLine]) -> None:
    with transaction.atomic():
        ImportLine.objects.bulk_create(part)


def forget_lines(lines: Any) -> None:
    """Delete these lines, part by part."""
    pace = Pace()
    while ids := list(lines.order_by("pk").values_list("pk", flat=True)[:_PART]):
        ImportLine.objects.filter(pk__in=ids).delete()
        pace()


def forget_old_lines() -> None:
    """Delete the reports of files that are not kept any more."""
    forget_lines(ImportLine.objects.filter(Q(work__file="") | Q(work__file=None)))


def _lines(outcome: Outcome) -> Iterator[ImportLine]:
    for refusal in outcome.comparison.refused:
        yield _at(refusal.where, Found.REFUSED, external_id=refusal.external_id, text=refusal.text)
    for problem in outcome.parsed.problems:
        if problem.level == WARNING:
            yield _at(problem.where, Found.WARNING, text=problem_words(problem))
    for text in outcome.pictures.warnings:
        yield _at(WHOLE_FILE, Found.WARNING, text=text)
    for skipped in outcome.parsed.skipped:
        yield _at(skipped.where, Found.SKIPPED, text=skip_words(skipped))
    for line in outcome.comparison.lines:
        yield _at(
            line.where,
            Found(line.fate.value),
            external_id=line.draft.external_id,
            shown=shown_of(line, outcome.pictures.new),
        )


def _at(where: Where, found: Found, **values: Any) -> ImportLine:
    return ImportLine(
        found=found,
        question=where.question,
        line=where.line,
        row=where.row,
        column=where.column[:250],
        part="" if where.part == WHOLE_FILE.part else where.part[:300],
        **values,
    )


def shown_of(line: Line, coming: Collection[str]) -> dict[str, Any]:
    """Return a question that comes in as plain data, and where it changes "before", what is here: as it is shown, and
    as `drafts_difference` compares it. `coming` are the names of pictures that are not here yet.
    """
    draft = line.draft
    shown = {"kind": draft.kind, **_text(draft, coming)}
    if line.known is None:
        return shown
    # What differs is seen when somebody reads it.
    said = line.known.said
    return shown | {
        "key": asdict(draft.key),
        "facts": _facts(draft),
        "before": {"kind": said.kind, **_text(said, ()), "key": asdict(said.key), "facts": _facts(said)},
    }


def _text(draft: QuestionDraft, coming: Collection[str]) -> dict[str, Any]:
    options = [
        {"code": option.code, "text": _without(option.text, coming), "place": option.place}
        for option in draft.options
    ]
    return {"stem": _without(draft.stem, coming), "options": options}


def _facts(draft: QuestionDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "category": draft.category,
        "level": draft.level,
        "difficulty": draft.difficulty,
        "skills": sorted(draft.skills),
        "tags": sorted(draft.tags),
    }


def _without(text: str, coming: Collection[str]) -> str:
    if not coming or PICTURES not in text:
        return text
    return _PICTURE.sub(lambda found: f"*{found[1]}*" if found[2] in coming else found[0], text)
