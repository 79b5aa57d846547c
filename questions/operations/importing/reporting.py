"""What an import found and did, as plain data: for pages, programs and the terminal alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from questions.enums import Level
from questions.formats.drafts import ERROR, WARNING, WHOLE_FILE, FileRefused, Where
from questions.operations.importing.comparing import Fate
from questions.operations.importing.lines import shown_of
from questions.operations.importing.running import Outcome
from questions.queries.difference_lines import difference_lines
from questions.queries.differences import drafts_difference
from questions.queries.file_words import problem_words, refusal_words, skip_words, where_words


def outcome_facts(outcome: Outcome) -> dict[str, Any]:
    """Return what became, or would become, of each question of a file, and what is wrong where."""
    parsed, comparison = outcome.parsed, outcome.comparison
    problems = [
        {**place(refusal.where), "id": refusal.external_id, "level": ERROR, "message": refusal.text}
        for refusal in comparison.refused
    ]
    problems += [
        {**place(problem.where), "id": "", "level": WARNING, "message": problem_words(problem)}
        for problem in parsed.problems
        if problem.level == WARNING
    ]
    problems += [
        {**place(WHOLE_FILE), "id": "", "level": WARNING, "message": text}
        for text in outcome.pictures.warnings
    ]
    skipped = [{**place(one.where), "kind": one.kind, "message": skip_words(one)} for one in parsed.skipped]
    changed = [line for line in comparison.lines if line.fate is not Fate.UNCHANGED]
    questions = [
        {
            **place(line.where),
            "id": line.draft.external_id,
            "fate": line.fate.value,
            "differences": differences_of(shown_of(line, outcome.pictures.new)),
        }
        for line in changed
    ]
    return {
        "format": parsed.format,
        "imported": outcome.is_imported,
        "counts": outcome.counts(),
        "problem_count": len(problems),
        "questions": questions,
        "problems": problems,
        "skipped": skipped,
    }


def differences_of(shown: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return how a question of a file differs from the one that is here, as `difference_lines`; nothing of a new one.

    `shown` is as `shown_of` returns it, and as the report of a check keeps it.
    """
    before = shown.get("before")
    return difference_lines(drafts_difference(before, shown)) if before else []


def refused_facts(refused: FileRefused) -> dict[str, Any]:
    """Return the same of a file that cannot be read at all."""
    problem = {**place(WHOLE_FILE), "id": "", "level": ERROR, "message": refusal_words(refused)}
    counts = {**{fate.value: 0 for fate in Fate}, "refused": 0, "skipped": 0}
    return {
        "format": refused.like,
        "imported": False,
        "counts": counts,
        "problem_count": 1,
        "questions": [],
        "problems": [problem],
        "skipped": [],
    }


def place(where: Where) -> dict[str, Any]:
    """Return a place in a file: in words, and each part that its format has."""
    return {
        "where": where_words(where),
        "question": where.question,
        "line": where.line,
        "row": where.row,
        "column": where.column,
    }


def level_words(outcome: Outcome, level: str) -> str:
    """Say how many new questions get a level that their file does not say; "" for none."""
    count = sum(line.fate is Fate.NEW for line in outcome.comparison.lines) - sum(
        bool(question.level) for question in outcome.parsed.questions
    )
    if count <= 0:
        return ""
    words = ngettext(
        "%(count)d question says no level: it comes in as “%(level)s”.",
        "%(count)d questions say no level: they come in as “%(level)s”.",
        count,
    )
    return words % {"count": count, "level": Level(level).label}


def summary_words(outcome: Outcome) -> str:
    """Say in a sentence what was imported, or would be."""
    counts = outcome.counts()
    said = _("%(new)d new, %(changed)d changed, %(unchanged)d unchanged, %(refused)d refused.") % counts
    return said if outcome.is_imported else f"{said} {_('Nothing was imported yet.')}"


def count_words(counts: Mapping[str, int]) -> list[list[Any]]:
    """Return how many questions became what, each with what people call it."""
    words = {
        "new": _("New"),
        "changed": _("Changed"),
        "unchanged": _("Unchanged"),
        "refused": _("Refused"),
        "skipped": _("Skipped, because they cannot be asked here"),
    }
    return [[label, counts[fate]] for fate, label in words.items()]
