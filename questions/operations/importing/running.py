"""An import from its file to its end: read, compared, staged, made visible, finished."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.enums import Role, Scope
from accounts.models import Actor
from outbox.operations import give_way
from questions.formats.drafts import Parsed
from questions.models import QuestionBank
from questions.operations.importing.comparing import Comparison, Fate, compare
from questions.operations.importing.drafting import ImportChoices
from questions.operations.importing.pictures import FilePictures, file_pictures
from questions.operations.importing.staging import stage, throw_away
from questions.operations.importing.switching import Overtaken, finish, seen_before, switch

_TRIES: Final = 3
# An import compares, writes, and tells of what it wrote.
_STEPS: Final = 3
# Called with how many are done, of how many.
Told = Callable[[int, int], None]


def _silent(_done: int, _total: int) -> None:
    """Nobody looks."""


class ImportRefused(Exception):  # noqa: N818 -- a refusal, not a fault
    """The file cannot be imported as things stand. The message says why, and what to do; `code` is for programs."""

    def __init__(self, words: str, code: str = "refused") -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file beside a bank: what it holds, what of it would be imported, and, once it is, how many became what."""

    parsed: Parsed
    comparison: Comparison
    pictures: FilePictures
    is_imported: bool = False

    def counts(self) -> dict[str, int]:
        """Return how many questions of the file are new, changed, unchanged, refused and skipped."""
        return {
            **{fate.value: self.comparison.count(fate) for fate in Fate},
            "refused": len(self.comparison.refused),
            "skipped": len(self.parsed.skipped),
        }


def may_author(actor: Actor) -> bool:
    """Whether an actor writes questions, and so takes them in and out. A key needs the scope for it as well."""
    reaches = actor.api_key is None or Scope.QUESTIONS_WRITE in actor.api_key.scopes
    return reaches and actor.has_role(Role.QUESTION_AUTHOR, Role.ADMINISTRATOR)


def check_import(*, bank: QuestionBank, parsed: Parsed, choices: ImportChoices, told: Told) -> Outcome:
    """Return what importing `parsed` into `bank` would do. Writes nothing."""
    pictures = file_pictures(bank, parsed.pictures)
    return Outcome(parsed, compare(bank, parsed, choices, pictures=pictures.addresses, told=told), pictures)


def run_import(
    *,
    bank: QuestionBank,
    parsed: Parsed,
    choices: ImportChoices,
    mark: str,
    by: Actor,
    now: datetime,
    told: Told,
) -> Outcome:
    """Import `parsed` into `bank`, all at once for whoever reads, and return what became of it.

    New questions arrive as drafts. What differs of a question that was ready, or shown, becomes its next draft: no
    file puts anything in force. `mark` names this import: again under the same one, it goes on where it stopped and
    doubles nothing. `told(done, total)` is called between short transactions, at least every few seconds, with numbers
    that rise through all of it; what it raises stops the import, which is then not seen at all, or finished later.
    Raises `ImportRefused` where questions are refused and the choices do not leave them out, or nothing is left.
    """
    total = len(parsed.questions)
    for attempt in range(1, _TRIES + 1):
        throw_away(mark, told=lambda: told(0, total))
        outcome = check_import(bank=bank, parsed=parsed, choices=choices, told=_step(told, 0, total))
        _require(outcome, choices)
        try:
            _write(bank, outcome, mark=mark, by=by, now=now, told=told)
        except Overtaken:
            if attempt == _TRIES:
                raise
        else:
            return Outcome(parsed, outcome.comparison, outcome.pictures, is_imported=True)
    raise AssertionError("unreachable")


def resume_import(
    *, bank: QuestionBank, mark: str, by: Actor, now: datetime, told: Told = _silent
) -> Mapping[str, int] | None:
    """Finish an import that is visible already and return its counts; None where that came to nothing so far.

    `told` as in `run_import`.
    """
    seen = seen_before(mark, bank)
    if seen is None:
        return None
    said = seen.data
    counts: dict[str, int] = said["counts"]
    _finish(bank, said, mark=mark, words={}, by=by, now=now, told=_step(told, 2, sum(counts.values())))
    return counts


def _require(outcome: Outcome, choices: ImportChoices) -> None:
    if outcome.comparison.refused and not choices.leaves_out:
        raise ImportRefused(
            _(
                "Some questions of the file are refused, so nothing was imported. Mend them, or leave them out."
            )
        )


def _write(bank: QuestionBank, outcome: Outcome, *, mark: str, by: Actor, now: datetime, told: Told) -> None:
    lines = outcome.comparison.lines
    if not lines:
        return
    total = len(outcome.parsed.questions)
    write = _step(told, 1, total)
    staged = stage(
        mark=mark,
        lines=lines,
        pictures=outcome.pictures,
        by=by,
        now=now,
        told=lambda done: write(done, len(lines)),
    )
    facts: dict[str, Any] = {
        "counts": outcome.counts(),
        "first": min(staged.new_ids, default=0),
        "last": max(staged.new_ids, default=0),
    }
    give_way()
    write(len(lines), len(lines))
    switch(bank=bank, staged=staged, mark=mark, facts=facts, by=by, now=now)
    _finish(bank, facts, mark=mark, words=staged.words, by=by, now=now, told=_step(told, 2, total))


def _finish(
    bank: QuestionBank,
    facts: Mapping[str, Any],
    *,
    mark: str,
    words: Mapping[str, str],
    by: Actor,
    now: datetime,
    told: Told,
) -> None:
    total = facts["counts"]["new"] + facts["counts"]["changed"]
    finish(
        bank=bank,
        mark=mark,
        first=facts["first"],
        last=facts["last"],
        words=words,
        by=by,
        now=now,
        told=lambda done: told(min(done, total), total),
    )


def _step(told: Told, number: int, total: int) -> Told:
    """Return what tells of a step, the first of which is 0, as its share of all of them: what is shown only rises."""

    def tell(done: int, of: int) -> None:
        told(total * (number * of + done) // (_STEPS * of) if of else 0, total)

    return tell
