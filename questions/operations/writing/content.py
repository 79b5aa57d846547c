"""The rows of a question: what is written of a draft, and how they read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Actor
from outbox.operations import record_event
from questions.enums import Status
from questions.models import AnswerKey, Question, QuestionTag, QuestionVersion, Skill
from questions.rules import KeyDraft, OptionDraft, key_fields

LONGEST_TAG: Final = 50


class QuestionLocked(Exception):  # noqa: N818 -- a refusal, not a fault
    """The question is not in a state that allows this. The message is for its author."""


def held(question: Question) -> Question:
    """Return the question, its row written first: two authors who save at once come one after the other."""
    Question.objects.filter(pk=question.pk).update(edit=F("edit"))
    return Question.objects.get(pk=question.pk)


def keep(question: Question, *fields: str, now: datetime) -> None:
    """Store `fields` of a question that is held. Whoever began from what it was before does not save over it."""
    question.changed_at = now
    question.edit += 1
    question.save(update_fields=[*fields, "changed_at", "edit"])


def set_status(question: Question, status: Status, *, by: Actor, now: datetime) -> tuple[str, ...]:
    """Give a question that is held its next status and return the fields to store. No review is asked for any more."""
    question.status, question.status_at, question.status_by = status, now, by.user
    return ("status", "status_at", "status_by", *set_review(question, None, by=by))


def set_review(
    question: Question, asked_at: datetime | None, *, by: Actor, note: str = ""
) -> tuple[str, ...]:
    """Say since when a question that is held waits for a colleague, if it does, and return the fields to store."""
    question.review_asked_at = asked_at
    question.review_asked_by = by.user if asked_at is not None else None
    question.review_note = note
    return ("review_asked_at", "review_asked_by", "review_note")


def write_version(
    question: Question,
    number: int,
    stem: str,
    options: Sequence[OptionDraft],
    key: KeyDraft,
    *,
    by: Actor,
    now: datetime,
) -> QuestionVersion:
    version = QuestionVersion.objects.create(
        question=question,
        number=number,
        stem=stem,
        options=[option.stored() for option in options],
        created_by=by.user,
        created_at=now,
    )
    write_key(version, 1, key, by=by, now=now)
    return version


def write_key(
    version: QuestionVersion,
    revision: int,
    key: KeyDraft,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    changes_marks: bool = False,
) -> AnswerKey:
    return AnswerKey.objects.create(
        version=version,
        revision=revision,
        reason=reason,
        changes_marks=changes_marks,
        created_by=by.user,
        created_at=now,
        **key_fields(key),
    )


def record(
    kind: str,
    question: Question,
    *,
    by: Actor,
    now: datetime,
    version: QuestionVersion | None = None,
    facts: Mapping[str, object] | None = None,
) -> None:
    told: dict[str, object] = {"version": version.number} if version is not None else {}
    if facts:
        told["facts"] = dict(facts)
    record_event(
        kind=kind, by=by, now=now, about=Question._meta.label_lower, about_id=question.pk, data=told or None
    )


def known_skills(slugs: Iterable[str]) -> dict[str, int]:
    """Return the keys of skills by their short names. Raises `ValidationError` for those that are none."""
    wanted = set(slugs)
    found = dict(Skill.objects.filter(slug__in=wanted).values_list("slug", "pk"))
    missing = sorted(wanted - set(found))
    if missing:
        raise ValidationError(
            {"skills": _("There is no skill “%(name)s”. Add it, or choose another.") % {"name": missing[0]}}
        )
    return found


def made_tags(names: Iterable[str]) -> dict[str, int]:
    """Return the keys of tags by their names; those that nobody used so far are made.

    Raises `ValidationError` for a name that is too long.
    """
    wanted = sorted(set(names))
    long = [name for name in wanted if len(name) > LONGEST_TAG]
    if long:
        raise ValidationError(
            {
                "tags": _("Shorten the tag “%(name)s…” to %(most)d characters.")
                % {"name": long[0][:20], "most": LONGEST_TAG}
            }
        )
    if not wanted:
        return {}
    QuestionTag.objects.bulk_create([QuestionTag(name=name) for name in wanted], ignore_conflicts=True)
    return dict(QuestionTag.objects.filter(name__in=wanted).values_list("name", "pk"))
