"""Banks and skills."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.enums import Role
from accounts.models import Actor
from outbox.operations import record_event
from questions.models import QuestionBank, Skill


@transaction.atomic
def create_bank(*, slug: str, name: str, description: str = "", by: Actor, now: datetime) -> QuestionBank:
    """Create an empty bank and return it. Raises `ValidationError` keyed by field when the short name is taken."""
    bank = QuestionBank(slug=slug, name=name.strip(), description=description, created_at=now)
    bank.full_clean()
    bank.save()
    record_event(
        kind="question_bank.created", by=by, now=now, about=QuestionBank._meta.label_lower, about_id=bank.pk
    )
    return bank


@transaction.atomic
def update_bank(*, bank: QuestionBank, name: str, description: str, by: Actor, now: datetime) -> QuestionBank:
    """Change what a bank is called and return it. Raises `ValidationError` keyed by field."""
    current = QuestionBank.objects.get(pk=bank.pk)
    current.name, current.description = name.strip(), description
    current.full_clean()
    current.save(update_fields=["name", "description"])
    record_event(
        kind="question_bank.changed", by=by, now=now, about=QuestionBank._meta.label_lower, about_id=bank.pk
    )
    return current


@transaction.atomic
def set_second_reviewer(*, bank: QuestionBank, on: bool, by: Actor, now: datetime) -> QuestionBank:
    """Say whether questions of a bank are made ready by others than their authors, and return the bank.

    Raises `PermissionDenied` for everybody but administrators.
    """
    if not by.has_role(Role.ADMINISTRATOR):
        raise PermissionDenied
    changed = QuestionBank.objects.filter(pk=bank.pk, second_reviewer=not on).update(second_reviewer=on)
    if changed:
        record_event(
            kind="question_bank.changed",
            by=by,
            now=now,
            about=QuestionBank._meta.label_lower,
            about_id=bank.pk,
            data={"second_reviewer": on},
        )
    bank.second_reviewer = on
    return bank


@transaction.atomic
def set_bank_cap(*, bank: QuestionBank, times: int | None, by: Actor, now: datetime) -> QuestionBank:
    """Say after how many times of being shown questions of a bank rest that have no cap of their own; None for never.

    Those that were shown so often already rest when they are shown next. Returns the bank.
    Raises `ValidationError` keyed by field for less than once.
    """
    current = QuestionBank.objects.get(pk=bank.pk)
    if current.rests_after != times:
        current.rests_after = times
        current.full_clean()
        current.save(update_fields=["rests_after"])
        record_event(
            kind="question_bank.changed",
            by=by,
            now=now,
            about=QuestionBank._meta.label_lower,
            about_id=bank.pk,
            data={"rests_after": times},
        )
    return current


@transaction.atomic
def save_skill(*, slug: str, name: str, description: str = "", by: Actor, now: datetime) -> Skill:
    """Create the skill `slug`, or rename the one that is there, and return it. Raises `ValidationError` by field."""
    skill = Skill.objects.filter(slug=slug).first() or Skill(slug=slug)
    skill.name, skill.description = name.strip(), description
    skill.full_clean()
    skill.save()
    record_event(kind="skill.saved", by=by, now=now, about=Skill._meta.label_lower, about_id=skill.pk)
    return skill
