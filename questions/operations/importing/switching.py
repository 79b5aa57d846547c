"""The one short step by which everything of a file is there at once, and what is left to do after it.

Rows that were written before are moved, and what changes is taken over from rows that were written before, within the
database: so the step lasts well under a second for ten thousand questions on either one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from accounts.models import Actor
from outbox.models import Event
from outbox.operations import EventDraft, nudge, record_event, record_events
from outbox.operations.work import Pace
from questions.models import (
    AnswerKey,
    Question,
    QuestionBank,
    QuestionPicture,
    QuestionVersion,
    QuestionWords,
)
from questions.operations.importing.staging import PART, Carried, Staged, delete_unseen, throw_away
from questions.operations.touching import LOOK, index_questions
from questions.operations.writing import known_skills, made_tags
from questions.operations.writing.many import tell_of_added
from shell.rows import delete_rows, write_rows

IMPORTED: Final = "question_bank.imported"
_LABEL: Final = QuestionBank._meta.label_lower
_QUESTION: Final = Question._meta.label_lower


class Overtaken(Exception):  # noqa: N818 -- nothing went wrong, somebody was quicker
    """Somebody wrote one of the questions after it was compared: all of it is compared anew."""


def switch(
    *,
    bank: QuestionBank,
    staged: Staged,
    mark: str,
    facts: dict[str, Any],
    by: Actor,
    now: datetime,
) -> None:
    """Let everything that was staged be in `bank` from now on, or nothing of it.

    Raises `Overtaken`; then nothing is written.
    """
    order = _order(bank, staged, now=now)
    try:
        with transaction.atomic():
            # One at a time: the bank's row is written first.
            QuestionBank.objects.filter(pk=bank.pk).update(name=F("name"))
            for step in order:
                step()
            QuestionPicture.objects.filter(bank=staged.bank).update(bank=bank)
            data = {"work": mark, **facts}
            record_event(kind=IMPORTED, by=by, now=now, about=_LABEL, about_id=bank.pk, data=data)
    except IntegrityError as error:
        # An id, a version or a picture that came in meanwhile.
        raise Overtaken from error


Step = Callable[[], None]


def _order(bank: QuestionBank, staged: Staged, *, now: datetime) -> list[Step]:
    """Return what is to be done, all of it worked out: others wait for the one who writes."""
    carried = staged.carried
    versions = [(one, one.version_id) for one in carried if one.version_id is not None]
    skills = known_skills(slug for one in carried for slug in one.line.draft.skills)
    tags = made_tags(name for one in carried for name in one.line.draft.tags)
    facts = (
        "name",
        "category",
        "kind",
        "level",
        "intended_difficulty",
        "source_digest",
        "edit",
        "changed_at",
    )

    def show_new() -> None:
        # Stand-ins were saved once more than what they stand for.
        new = Question.objects.filter(bank=staged.bank, edit=0)
        if new.update(bank=bank, lint_due_at=now) != len(staged.new_ids):
            raise Overtaken

    return [
        _taking_over(
            Question,
            {column: column for column in facts} | {"lint_due_at": "changed_at"},
            [(one.known.pk, one.stand_in) for one in carried],
            # Whoever saved one of them since it was compared was quicker.
            where="mine.edit = other.edit - 1",
        ),
        show_new,
        _moving(
            QuestionVersion,
            "question_id",
            [(version, one.known.pk) for one, version in versions if one.known.draft_id is None],
        ),
        _taking_over(
            QuestionVersion,
            {
                "stem": "stem",
                "options": "options",
                "changed_by_id": "created_by_id",
                "changed_at": "created_at",
            },
            [(one.known.draft_id, version) for one, version in versions if one.known.draft_id is not None],
            where="mine.frozen_at IS NULL",
        ),
        _moving(
            AnswerKey,
            "version_id",
            [
                (one.key_id, one.known.draft_id)
                for one in carried
                if one.key_id is not None and one.known.draft_id is not None
            ],
        ),
        _setting(Question.skills.through, "skill_id", carried, skills, "skills"),
        _setting(Question.tags.through, "questiontag_id", carried, tags, "tags"),
    ]


def _setting(
    through: type[models.Model],
    column: str,
    carried: Sequence[Carried],
    keys: Mapping[str, int],
    name: str,
) -> Step:
    """Return what gives changed questions other skills or tags, where a file has others."""
    changed = [
        (one.known.pk, getattr(one.line.draft, name))
        for one in carried
        if set(getattr(one.known.said, name)) != set(getattr(one.line.draft, name))
    ]
    ids = [pk for pk, _names in changed]
    rows = [
        through(question_id=pk, **{column: keys[word]})
        for pk, names in changed
        for word in dict.fromkeys(names)
    ]

    def step() -> None:
        for start in range(0, len(ids), 500):
            through._default_manager.filter(question__in=ids[start : start + 500]).delete()
        through._default_manager.bulk_create(rows, batch_size=500)

    return step


def _taking_over(
    model: type[models.Model], columns: Mapping[str, str], pairs: Sequence[tuple[int, int]], *, where: str
) -> Step:
    """Return what gives the first row of each pair values of the second.

    `columns` are those of the first, with those of the second that they come from. `where` is a condition on both,
    `mine` and `other`. The step raises `Overtaken` where it does not hold, or a row is not there.
    """
    quoted = connection.ops.quote_name
    table = quoted(model._meta.db_table)
    sets = ", ".join(f"{quoted(mine)} = other.{quoted(other)}" for mine, other in columns.items())
    # Names of our own tables and columns alone stand in the text, here and below.
    return _each(
        f"UPDATE {table} AS mine SET {sets} FROM {{pairs}} CROSS JOIN {table} AS other"  # noqa: S608
        f" WHERE mine.id = pairs.one AND other.id = pairs.two AND {where}",
        pairs,
    )


def _moving(model: type[models.Model], column: str, pairs: Sequence[tuple[int, int]]) -> Step:
    """Return what lets the row that is first in each pair refer to the second. The step raises `Overtaken`."""
    quoted = connection.ops.quote_name
    return _each(
        f"UPDATE {quoted(model._meta.db_table)} AS mine SET {quoted(column)} = pairs.two"  # noqa: S608
        f" FROM {{pairs}} WHERE mine.id = pairs.one",
        pairs,
    )


def _each(statement: str, pairs: Sequence[tuple[int, int]]) -> Step:
    """Return what does `statement` once for all `pairs`, which are a table in it, and tells whether it did for each."""
    if connection.vendor == "postgresql":
        table = "unnest(%s::bigint[], %s::bigint[]) AS pairs(one, two)"
        params: list[Any] = [[one for one, _two in pairs], [two for _one, two in pairs]]
    else:
        values = "json_extract(value, '$[0]') AS one, json_extract(value, '$[1]') AS two"
        table, params = f"(SELECT {values} FROM json_each(%s)) AS pairs", [json.dumps(pairs)]  # noqa: S608

    def step() -> None:
        if not pairs:
            return
        with connection.cursor() as cursor:
            cursor.execute(statement.format(pairs=table), params)
            if cursor.rowcount != len(pairs):
                raise Overtaken

    return step


def seen_before(mark: str, bank: QuestionBank | None = None) -> Event | None:
    """Return what an earlier try of this import told once all could see it; None where none came so far.

    Where the bank is known, its own story alone is looked through.
    """
    told = Event.objects.filter(kind=IMPORTED, about=_LABEL, data__work=mark)
    if bank is not None:
        told = told.filter(about_id=bank.pk)
    return told.select_related("actor_user").first()


def finish(
    *,
    bank: QuestionBank,
    mark: str,
    first: int,
    last: int,
    words: Mapping[str, str],
    by: Actor,
    now: datetime,
    told: Callable[[int], None],
) -> None:
    """Do what nobody waits for: tell of each question, let what changed be found by its new words, and clear away.

    Safe to repeat. `first` and `last` are the keys between which the new questions lie, `words` those of changed
    questions by their external ids; what is not among them is read again. `told(done)` is called after each part.
    """
    done, pace = 0, Pace()
    new = Question.objects.filter(bank=bank, pk__lte=last).order_by("pk")
    while ids := list(new.filter(pk__gte=first).values_list("pk", flat=True)[:PART]):
        # By the ids of a part: in an empty database PostgreSQL would look through all events for each question.
        events = Event.objects.filter(kind="question.added", about=_QUESTION, about_id__in=ids)
        seen = set(events.values_list("about_id", flat=True))
        with transaction.atomic():
            tell_of_added([pk for pk in ids if pk not in seen], by=by, now=now)
        first = ids[-1] + 1
        done += len(ids)
        told(done)
        pace()
    stand_ins = Question.objects.filter(bank__arriving_for=mark).order_by("pk")
    for part in _parts(stand_ins.values_list("pk", "external_id", "edit"), pace):
        edits = {name: edit for _pk, name, edit in part}
        changed = Question.objects.filter(bank=bank, external_id__in=edits)
        with transaction.atomic():
            # Written first: whoever saves one of them comes before this or after it, never between.
            changed.update(lint_due_at=now)
            rows = list(changed.values_list("pk", "external_id", "edit"))
            known = {pk: words[name] for pk, name, edit in rows if edit == edits[name] and name in words}
            delete_rows(QuestionWords, "question_id", list(known))
            write_rows(QuestionWords, ("question_id", "words"), known.items())
            index_questions(pk for pk, _name, _edit in rows if pk not in known)
            nudge(LOOK)
            record_events(drafts=[_changed(pk) for pk, _name, _edit in rows], by=by, now=now)
            delete_unseen([pk for pk, _name, _edit in part])
        done += len(part)
        told(done)
    throw_away(mark)


def _parts(rows: Any, pace: Pace) -> Iterable[list[Any]]:
    """Yield what `rows` gives, part by part; each part is gone from them when the next is asked for."""
    while part := list(rows[:PART]):
        yield part
        pace()


def _changed(question_id: int) -> EventDraft:
    return EventDraft(kind="question.changed", about=_QUESTION, about_id=question_id)
