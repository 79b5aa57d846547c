"""Questions of a bank as a file of one of many formats, and what the file does not hold of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from outbox.operations.exports import record_export
from questions import queries
from questions.enums import Status
from questions.formats import PICTURE_WRITERS, WRITERS, limits, names
from questions.formats.drafts import Loss, ParsedOption, ParsedQuestion, Written
from questions.formats.pictures import texts_of
from questions.models import Question, QuestionBank, QuestionVersion
from questions.operations.export_pictures import in_the_file, taken_along
from questions.queries.loss_words import PICTURES, loss_words, losses_words
from questions.rules import QuestionDraft, pictures_in

_PART: Final = 500
# Well below what is taken in at once, by number and by size.
PART_OF_FILE: Final = 10_000
# The page of the work tells so many of what is lost.
_SHOWN: Final = 200
# Called with how many are done, of how many.
Told = Callable[[int, int], None]


class Which(StrEnum):
    """Which questions of a bank are taken."""

    CURRENT = "current"
    READY = "ready"
    DRAFTS = "drafts"
    RETIRED = "retired"
    ALL = "all"


_STATUSES: Final = {
    Which.CURRENT: (Status.DRAFT, Status.IN_REVIEW, Status.READY),
    Which.READY: (Status.READY,),
    Which.DRAFTS: (Status.DRAFT, Status.IN_REVIEW),
    Which.RETIRED: (Status.RETIRED,),
    Which.ALL: tuple(Status),
}


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, the ids and keys of the questions that it was asked to hold, and what it does not hold of them."""

    written: Written
    external_ids: Sequence[str]
    question_ids: Sequence[int]

    def losses(self) -> list[dict[str, Any]]:
        """Return what the file does not hold, question by question, in words."""
        return [
            {
                "id": self.external_ids[loss.question],
                "field": loss.field,
                "left_out": loss.is_left_out,
                "message": loss_words(loss),
            }
            for loss in self.written.losses
        ]

    def losses_of_each(self) -> list[tuple[int, str]]:
        """Return the place of each question that the file does not hold, or not all of, with that in words."""
        by_question: dict[int, list[Loss]] = {}
        for loss in self.written.losses:
            by_question.setdefault(loss.question, []).append(loss)
        return [(place, losses_words(losses)) for place, losses in by_question.items()]

    @property
    def count(self) -> int:
        """How many questions are in the file."""
        left_out = {loss.question for loss in self.written.losses if loss.is_left_out}
        return len(self.external_ids) - len(left_out)


def export_questions(
    *, bank: QuestionBank, name: str, which: Which, told: Told = lambda _done, _total: None
) -> Exported:
    """Return the questions of `bank` as a file of the format `name`, one of `formats.WRITERS`, in the order they came.

    Ready ones alone are as tests draw them, everything else as authors read it. A format that can hold pictures does.
    Writes nothing. Seven queries for each 500 questions, and one for each 50 pictures; `told(done, total)` is called
    after each part of the questions.
    """
    rows = Question.objects.filter(bank=bank, status__in=_STATUSES[which])
    return export_rows(rows, name=name, in_force=which is Which.READY, told=told)


def export_parts(*, bank: QuestionBank, name: str, which: Which) -> Iterator[Exported]:
    """Yield the same cut into files that can be taken in again, each with `PART_OF_FILE` questions at most.

    One file is in memory at a time. An empty bank gives one file without questions.
    """
    rows = Question.objects.filter(bank=bank, status__in=_STATUSES[which])
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys) or 1, PART_OF_FILE):
        part = keys[start : start + PART_OF_FILE]
        yield export_rows(rows, name=name, keys=part, in_force=which is Which.READY)


def export_rows(
    rows: QuerySet[Question],
    *,
    name: str,
    keys: Sequence[int] | None = None,
    in_force: bool = False,
    told: Told = lambda _done, _total: None,
) -> Exported:
    """Return `rows`, which have no order yet, as `export_questions` does a bank; `in_force` as tests draw them.

    With `keys` those of them alone that have one of these, however many they are.
    """
    rows = rows.order_by("pk")
    questions: list[ParsedQuestion] = []
    question_ids: list[int] = []
    total = rows.count() if keys is None else len(keys)
    done = 0
    for part in _row_parts(rows, keys):
        done += len(part)
        for pk, question in _parsed(part, in_force=in_force):
            question_ids.append(pk)
            questions.append(question)
        told(done, total)
    if name in PICTURE_WRITERS:
        taken = taken_along(questions, is_repeated=name == names.MOODLE_XML)
        questions = [in_the_file(question, taken) for question in questions]
        written = PICTURE_WRITERS[name](questions, taken.contents)
    else:
        written = WRITERS[name](questions)
    pictured = [
        Loss(number, "not_held", PICTURES)
        for number, question in enumerate(questions)
        if any(pictures_in(text) for text in texts_of(question))
    ]
    losses = sorted([*written.losses, *pictured], key=lambda loss: loss.question)
    return Exported(
        Written(written.content, written.suffix, written.media_type, losses),
        [question.external_id for question in questions],
        question_ids,
    )


def losses_of(question_ids: Sequence[int], *, name: str) -> dict[int, str]:
    """Return what a file of the format `name` would not hold of these questions, in words, by their keys.

    Writes nothing. For as many as a page lists: costs what a file of them does.
    """
    exported = export_rows(Question.objects.all(), name=name, keys=question_ids)
    return {exported.question_ids[place]: words for place, words in exported.losses_of_each()}


def record_taken(*, bank: QuestionBank, name: str, which: str, count: int, by: Actor, now: datetime) -> None:
    """Write down that somebody takes questions of a bank with them as a file of the format `name`."""
    record_export(
        listed="questions",
        format=name,
        count=count,
        filters=[which],
        about=QuestionBank._meta.label_lower,
        about_id=bank.pk,
        by=by,
        now=now,
    )


def _row_parts(rows: QuerySet[Question], keys: Sequence[int] | None) -> Iterator[list[Question]]:
    """Yield `rows` in their order, part by part, each in a statement of its own: no transaction stays open."""
    rows = rows.prefetch_related("skills", "tags")
    if keys is not None:
        wanted = sorted(set(keys))
        for start in range(0, len(wanted), _PART):
            yield list(rows.filter(pk__in=wanted[start : start + _PART]))
        return
    last = 0
    while part := list(rows.filter(pk__gt=last)[:_PART]):
        last = part[-1].pk
        yield part


def _parsed(part: Sequence[Question], *, in_force: bool) -> Iterator[tuple[int, ParsedQuestion]]:
    versions = _versions(part, in_force=in_force)
    keys = queries.keys_for(version.pk for version in versions.values())
    for row in part:
        version = versions.get(row.pk)
        if version is not None:
            yield row.pk, parsed_question(queries.question_draft(row, version, keys.get(version.pk)))


def _versions(rows: Sequence[Question], *, in_force: bool) -> dict[int, QuestionVersion]:
    if in_force:
        wanted = QuestionVersion.objects.filter(pk__in=[row.current_version_id for row in rows])
    else:
        wanted = QuestionVersion.objects.filter(question__in=[row.pk for row in rows]).order_by(
            "number", "pk"
        )
    return {version.question_id: version for version in wanted}


def parsed_question(draft: QuestionDraft) -> ParsedQuestion:
    """Return a question in the common form of files."""
    key = draft.key
    return ParsedQuestion(
        kind=draft.kind,
        stem=draft.stem,
        options=tuple(
            ParsedOption(
                option.text,
                Fraction(key.shares.get(option.code, "0")),
                key.feedback.get(option.code, ""),
                option.place,
            )
            for option in draft.options
        ),
        external_id=draft.external_id,
        name=draft.name,
        explanation=key.explanation,
        category=draft.category,
        tags=tuple(sorted(draft.tags)),
        marking=key.marking,
        level=draft.level,
        difficulty=draft.difficulty,
        skills=tuple(sorted(draft.skills)),
        source=key.source,
        model_answer=key.model_answer,
        look_fors=tuple(key.look_fors),
        warning_signs=tuple(key.warning_signs),
        follow_ups=tuple(key.follow_ups),
    )


def remarks(exported: Exported) -> dict[str, Any]:
    """Return what the file does not hold, as the page of a work shows it: a line for each question, the first of them,
    and how many more. `row` is the place of the question among those that the file was asked to hold."""
    told = exported.losses_of_each()
    return {
        "title": _("What the file does not hold"),
        "named": _("Question"),
        "rows": [
            {"row": place + 1, "column": exported.external_ids[place], "text": words}
            for place, words in told[:_SHOWN]
        ],
        "more": max(0, len(told) - _SHOWN),
    }


def too_many_words(exported: Exported) -> list[str]:
    """Say of a file with more questions than one that comes in may have that this is so; nothing of others."""
    if exported.count <= limits.QUESTIONS:
        return []
    words = _(
        "A file that is taken in here has %(most)s questions at most. Split this one before you do,"
        " or let “manage.py export_questions --parts” write several."
    )
    return [words % {"most": f"{limits.QUESTIONS:,}"}]


def export_summary(exported: Exported, *, is_made: bool = True) -> str:
    """Say in a sentence what is in the file, or would be."""
    count, left_out = exported.count, len(exported.external_ids) - exported.count
    if is_made:
        words = ngettext("%(count)d question is in the file.", "%(count)d questions are in the file.", count)
    else:
        words = ngettext(
            "%(count)d question would be in the file. None is made yet.",
            "%(count)d questions would be in the file. None is made yet.",
            count,
        )
    said = words % {"count": count}
    if left_out:
        more = ngettext("%(count)d is left out.", "%(count)d are left out.", left_out)
        said = f"{said} {more % {'count': left_out}}"
    return said if exported.written.losses else f"{said} {_('Nothing of them is lost.')}"
