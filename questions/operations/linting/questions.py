"""Looking through single questions: one on its save, many by the worker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from questions import queries
from questions.enums import FindingKind, Status
from questions.models import Question, QuestionFinding, QuestionPicture, QuestionVersion
from questions.operations.linting.keeping import TEXT, Changed, keep_findings
from questions.rules import PICTURES, QuestionDraft, lint
from questions.rules.lint import texts

PART: Final = 200


@dataclass(frozen=True, slots=True)
class Read:
    """A question as it is looked through: its newest version, and since when it was due."""

    row: Question
    version: QuestionVersion
    draft: QuestionDraft


def look_through_questions(*, question_ids: Collection[int], now: datetime) -> Changed:
    """Look through questions as they are now and keep what is found; return what changed. About ten statements.

    They are not due any more, unless somebody changed one meanwhile. Meant for a few hundred at once.
    """
    return look_through_read(read_questions(question_ids), now=now)


def look_through_due(*, now: datetime, limit: int = PART) -> int:
    """Look through up to `limit` questions that changed, those that wait longest first; return how many."""
    due = Question.objects.filter(lint_due_at__lte=now).order_by("lint_due_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:limit])
    if ids:
        look_through_questions(question_ids=ids, now=now)
    return len(ids)


def read_questions(question_ids: Collection[int]) -> list[Read]:
    """Return questions with what their newest version says, in the order of their numbers. Five statements."""
    rows = Question.objects.filter(pk__in=question_ids).prefetch_related("skills", "tags").order_by("pk")
    versions = QuestionVersion.objects.filter(question__in=question_ids).order_by("number", "pk")
    newest = {version.question_id: version for version in versions}
    keys = queries.keys_for(version.pk for version in newest.values())
    return [
        Read(row, version, queries.question_draft(row, version, keys.get(version.pk)))
        for row in rows
        if (version := newest.get(row.pk)) is not None
    ]


def look_through_read(read: Sequence[Read], *, now: datetime) -> Changed:
    """Do what `look_through_questions` does with questions that are read already."""
    known = list(QuestionFinding.objects.filter(question__in=[each.row.pk for each in read]).order_by("pk"))
    pictures = _pictures(read)
    found = [
        finding_of(each, one, now=now)
        for each in read
        for one in lint.look_through(each.draft, pictures=pictures)
    ]
    found += _still_alike(read, known, now=now)
    with transaction.atomic():
        changed = keep_findings(found=found, known=known, now=now)
        _no_longer_due(read)
    return changed


def finding_of(each: Read, found: lint.Found, *, now: datetime) -> QuestionFinding:
    """Return the row of something that was found, not saved."""
    return QuestionFinding(
        bank_id=each.row.bank_id,
        question_id=each.row.pk,
        version_id=each.version.pk,
        kind=found.kind,
        place=found.place,
        values={**found.values, TEXT: lint.fingerprint(each.draft, found.place)},
        weight=found.weight,
        found_at=now,
    )


def _pictures(read: Iterable[Read]) -> set[str]:
    """The addresses of the pictures that there are, of those that the questions show. Whichever bank a picture came to:
    it is shown by its address, and stays where it is when a question moves."""
    named = {
        picture.address.removeprefix(PICTURES)
        for each in read
        for _place, text in lint.texts_of(each.draft)
        if "![" in text
        for picture in texts.read(text).pictures
    }
    if not named:
        return set()
    rows = QuestionPicture.objects.filter(public_id__in=named).values_list("public_id", flat=True)
    return {f"{PICTURES}{public_id}" for public_id in rows}


def _still_alike(
    read: Sequence[Read], known: Iterable[QuestionFinding], *, now: datetime
) -> Iterator[QuestionFinding]:
    """What a look through the bank found alike is asked again of those two alone: others need every bank."""
    alike = [row for row in known if row.kind == FindingKind.NEAR_DUPLICATE]
    if not alike:
        return
    others = {
        each.row.pk: each for each in read_questions([int(row.values.get("other", 0)) for row in alike])
    }
    mine = {each.row.pk: each for each in read}
    for row in alike:
        other, one = others.get(int(row.values.get("other", 0))), mine[row.question_id or 0]
        if other is None or other.row.status == Status.RETIRED:
            continue
        likeness = lint.likeness(lint.trigrams(one.draft.stem), lint.trigrams(other.draft.stem))
        if likeness >= lint.NEAR:
            yield finding_of(one, lint.near_duplicate(other.row.pk, likeness), now=now)


def _no_longer_due(read: Iterable[Read]) -> None:
    by_moment: dict[datetime, list[int]] = defaultdict(list)
    for each in read:
        if each.row.lint_due_at is not None:
            by_moment[each.row.lint_due_at].append(each.row.pk)
    for moment, ids in by_moment.items():
        Question.objects.filter(pk__in=ids, lint_due_at=moment).update(lint_due_at=None)
