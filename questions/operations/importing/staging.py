"""Writing the questions of a file where nobody sees them: into a bank of its own, part by part.

What is new stands there whole. What changes has a stand-in there, which carries the version and the key that the
question gets. A bank that a worker left behind is thrown away, and the work begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.models import Actor
from outbox.operations.work import Pace
from questions.enums import Status
from questions.models import (
    AnswerKey,
    Question,
    QuestionBank,
    QuestionPicture,
    QuestionVersion,
    QuestionWords,
)
from questions.operations.importing.comparing import Fate, Known, Line
from questions.operations.importing.pictures import FilePictures, write_pictures
from questions.operations.writing.many import (
    words_of_draft,
    write_first_versions,
    write_keys,
    write_questions,
)
from shell.rows import delete_rows, take_keys, write_rows

# So many questions a transaction: SQLite has one writer, and whoever saves an answer meanwhile waits for it.
PART: Final = 200


@dataclass(frozen=True, slots=True)
class Carried:
    """A question that changes, with what was written for it: its stand-in, a version, and the key of that version."""

    line: Line
    known: Known
    stand_in: int
    version_id: int | None
    key_id: int | None


@dataclass(slots=True)
class Staged:
    """A hidden bank with what is to come.

    `new_ids` are the keys of its new questions, `words` by which those that change will be found, by external id.
    """

    bank: QuestionBank
    new_ids: list[int] = field(default_factory=list)
    carried: list[Carried] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)


def stage(
    *,
    mark: str,
    lines: Sequence[Line],
    pictures: FilePictures,
    by: Actor,
    now: datetime,
    told: Callable[[int], None],
) -> Staged:
    """Write what is new and what changes into a hidden bank, and return it. `told(done)` is called after each part."""
    with transaction.atomic():
        bank = QuestionBank.objects.create(
            slug=f"arriving-{mark}".lower(), name=mark, created_at=now, arriving_for=mark
        )
    staged, pace = Staged(bank), Pace()
    writing = write_pictures(bank=bank, pictures=pictures.new, by=by, now=now)
    while True:
        with transaction.atomic():
            if next(writing, None) is None:
                break
        told(0)
        pace()
    for start in range(0, len(lines), PART):
        pace()
        part = lines[start : start + PART]
        new = [line for line in part if line.fate is Fate.NEW]
        changed = [line for line in part if line.fate is Fate.CHANGED]
        words = [words_of_draft(line.draft) for line in new]
        staged.words |= {line.draft.external_id: words_of_draft(line.draft) for line in changed}
        with transaction.atomic():
            _write_new(staged, new, words, by=by, now=now)
            _write_changed(staged, changed, by=by, now=now)
        told(start + len(part))
    return staged


def _write_new(
    staged: Staged, lines: Sequence[Line], words: Sequence[str], *, by: Actor, now: datetime
) -> None:
    if not lines:
        return
    added = write_questions(
        bank=staged.bank,
        drafts=[line.draft for line in lines],
        digests=[line.digest for line in lines],
        words=words,
        status=Status.DRAFT,
        by=by,
        now=now,
    )
    staged.new_ids += added


def _write_changed(staged: Staged, lines: Sequence[Line], *, by: Actor, now: datetime) -> None:
    """Write a stand-in for each, with a version where its text changes and a key where that changes.

    All of them as the question itself will have them: what is left for the step that all see is to take them over.
    """
    pairs = [(line, line.known) for line in lines if line.known is not None]
    if not pairs:
        return
    stand_ins = take_keys(Question, len(pairs))
    write_rows(
        Question,
        (
            *("id", "bank_id", "external_id", "kind", "level", "intended_difficulty", "name", "category"),
            *("source_digest", "edit", "created_at", "changed_at"),
        ),
        [
            (
                *(pk, staged.bank.pk, line.draft.external_id, line.draft.kind, line.draft.level),
                *(line.draft.difficulty, line.draft.name, line.draft.category, line.digest),
                # With another, somebody saved it since.
                *(known.edit + 1, now, now),
            )
            for pk, (line, known) in zip(stand_ins, pairs, strict=True)
        ],
    )
    changed = [
        (pk, line.draft, known)
        for pk, (line, known) in zip(stand_ins, pairs, strict=True)
        if line.has_new_text or line.has_new_key
    ]
    versions = write_first_versions(
        [pk for pk, _draft, _known in changed],
        [draft for _pk, draft, _known in changed],
        # A draft is written over; whatever is frozen gets a next version.
        numbers=[known.number + (known.draft_id is None) for _pk, _draft, known in changed],
        frozen_at=None,
        by=by,
        now=now,
    )
    by_stand_in = dict(zip((pk for pk, _draft, _known in changed), versions, strict=True))
    keyed = [
        (by_stand_in[pk], line.draft, known)
        for pk, (line, known) in zip(stand_ins, pairs, strict=True)
        # A draft that is written over keeps its key where the file has no other; every other version needs one.
        if pk in by_stand_in and (line.has_new_key or known.draft_id is None)
    ]
    keys = write_keys(
        [version for version, _draft, _known in keyed],
        [draft for _version, draft, _known in keyed],
        revisions=[1 if known.draft_id is None else known.revision + 1 for _version, _draft, known in keyed],
        by=by,
        now=now,
    )
    by_version = dict(zip((version for version, _draft, _known in keyed), keys, strict=True))
    for pk, (line, known) in zip(stand_ins, pairs, strict=True):
        version_id = by_stand_in.get(pk)
        key_id = by_version.get(version_id) if version_id is not None else None
        staged.carried.append(Carried(line, known, pk, version_id, key_id))


def throw_away(mark: str, *, told: Callable[[], None] = lambda: None) -> None:
    """Delete what was written into the hidden bank of an import that did not come to its end.

    Part by part; `told` is called after each.
    """
    pace = Pace()
    for bank in QuestionBank.objects.filter(arriving_for=mark).exclude(arriving_for=""):
        while ids := list(
            Question.objects.filter(bank=bank).order_by("pk").values_list("pk", flat=True)[:PART]
        ):
            with transaction.atomic():
                delete_unseen(ids)
            told()
            pace()
        with transaction.atomic():
            QuestionPicture.objects.filter(bank=bank).delete()
            bank.delete()


def delete_unseen(question_ids: Sequence[int]) -> None:
    """Delete questions that nobody ever saw, with all that was written of them."""
    versions = list(QuestionVersion.objects.filter(question__in=question_ids).values_list("pk", flat=True))
    delete_rows(AnswerKey, "version_id", versions)
    delete_rows(QuestionVersion, "id", versions)
    delete_rows(QuestionWords, "question_id", question_ids)
    delete_rows(Question.skills.through, "question_id", question_ids)
    delete_rows(Question.tags.through, "question_id", question_ids)
    delete_rows(Question, "id", question_ids)
