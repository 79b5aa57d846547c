"""The one short step by which everything of a file is there at once, and what is left to do after it.

Rows that were written before are moved, by their keys: nothing is written anew, so that the step lasts well under a
second for ten thousand questions on either database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from accounts.models import Actor
from outbox.models import Event
from outbox.operations import EventDraft, give_way, nudge, record_event, record_events
from questions.models import (
    AnswerKey,
    Question,
    QuestionBank,
    QuestionPicture,
    QuestionVersion,
    QuestionWords,
)
from questions.operations.importing.staging import PART, Carried, Staged, delete_unseen, throw_away
from questions.operations.touching import LOOK, index_questions, write_words
from questions.operations.writing import known_skills, made_tags
from questions.operations.writing.many import tell_of_added

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
    order = _order(bank, staged, now=now, by=by)
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


def _order(bank: QuestionBank, staged: Staged, *, by: Actor, now: datetime) -> list[Step]:
    """Return what is to be done, all of it worked out: others wait for the one who writes."""
    facts, begun, written_over, keys = [], [], [], []
    for one in staged.carried:
        known, draft = one.line.known, one.line.draft
        assert known is not None
        said = (draft.name, draft.category, draft.kind, draft.level, draft.difficulty, one.line.digest)
        facts.append((*said, known.edit + 1, now, now, known.pk, known.edit))
        if one.version_id is None:
            continue
        if known.draft_id is None:
            begun.append((known.pk, known.number + 1, one.version_id))
            continue
        options = [option.stored() for option in draft.options]
        written_over.append((draft.stem, options, by.user and by.user.pk, now, known.draft_id))
        if one.key_id is not None:
            keys.append((known.draft_id, known.revision + 1, one.key_id))
    columns = (
        *("name", "category", "kind", "level", "intended_difficulty", "source_digest"),
        *("edit", "changed_at", "lint_due_at"),
    )
    new = [(bank.pk, now, pk) for pk in staged.new_ids]
    skills = known_skills(slug for one in staged.carried for slug in one.line.draft.skills)
    tags = made_tags(name for one in staged.carried for name in one.line.draft.tags)
    return [
        # Whoever saved one of them since it was compared was quicker.
        _giving(Question, columns, facts, where=("id", "edit")),
        _giving(Question, ("bank_id", "lint_due_at"), new),
        _giving(QuestionVersion, ("question_id", "number"), begun),
        _giving(QuestionVersion, ("stem", "options", "changed_by_id", "changed_at"), written_over),
        _giving(AnswerKey, ("version_id", "revision"), keys),
        _setting(Question.skills.through, "skill_id", staged.carried, skills, "skills"),
        _setting(Question.tags.through, "questiontag_id", staged.carried, tags, "tags"),
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
        (one.line.known.pk, getattr(one.line.draft, name))
        for one in carried
        if one.line.known is not None
        and set(getattr(one.line.known.said, name)) != set(getattr(one.line.draft, name))
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


def _giving(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    where: Sequence[str] = ("id",),
) -> Step:
    """Return what gives each row values of its own, in one statement that is prepared once.

    The last values of each row are those of `where`. The step raises `Overtaken` where a row is not there.
    """
    fields = {field.column: field for field in model._meta.concrete_fields}
    named = [fields[column] for column in (*columns, *where)]
    prepared = [
        tuple(field.get_db_prep_save(value, connection) for field, value in zip(named, row, strict=True))
        for row in rows
    ]
    quoted = connection.ops.quote_name
    sets = ", ".join(f"{quoted(column)} = %s" for column in columns)
    wheres = " AND ".join(f"{quoted(column)} = %s" for column in where)
    # Names of our own tables alone stand in the text.
    statement = f"UPDATE {quoted(model._meta.db_table)} SET {sets} WHERE {wheres}"  # noqa: S608

    def step() -> None:
        if not prepared:
            return
        with connection.cursor() as cursor:
            cursor.executemany(statement, prepared)
            if cursor.rowcount != len(prepared):
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
) -> None:
    """Do what nobody waits for: tell of each question, let what changed be found by its new words, and clear away.

    Safe to repeat. `first` and `last` are the keys between which the new questions lie, `words` those of changed
    questions by their external ids; what is not among them is read again.
    """
    new = Question.objects.filter(bank=bank, pk__lte=last).order_by("pk")
    while ids := list(new.filter(pk__gte=first).values_list("pk", flat=True)[:PART]):
        # By the ids of a part: in an empty database PostgreSQL would look through all events for each question.
        told = Event.objects.filter(kind="question.added", about=_QUESTION, about_id__in=ids)
        seen = set(told.values_list("about_id", flat=True))
        with transaction.atomic():
            tell_of_added([pk for pk in ids if pk not in seen], by=by, now=now)
        first = ids[-1] + 1
        give_way()
    stand_ins = Question.objects.filter(bank__arriving_for=mark).order_by("pk")
    for part in _parts(stand_ins.values_list("pk", "external_id", "edit")):
        edits = {name: edit for _pk, name, edit in part}
        changed = Question.objects.filter(bank=bank, external_id__in=edits)
        with transaction.atomic():
            # Written first: whoever saves one of them comes before this or after it, never between.
            changed.update(lint_due_at=now)
            rows = list(changed.values_list("pk", "external_id", "edit"))
            known = {pk: words[name] for pk, name, edit in rows if edit == edits[name] and name in words}
            write_words(QuestionWords(question_id=pk, words=said) for pk, said in known.items())
            index_questions(pk for pk, _name, _edit in rows if pk not in known)
            nudge(LOOK)
            record_events(drafts=[_changed(pk) for pk, _name, _edit in rows], by=by, now=now)
            delete_unseen([pk for pk, _name, _edit in part])
    throw_away(mark)


def _parts(rows: Any) -> Iterable[list[Any]]:
    """Yield what `rows` gives, part by part; each part is gone from them when the next is asked for."""
    while part := list(rows[:PART]):
        yield part
        give_way()


def _changed(question_id: int) -> EventDraft:
    return EventDraft(kind="question.changed", about=_QUESTION, about_id=question_id)
