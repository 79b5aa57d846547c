"""The form of a job: what it asks beside name and address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Actor
from hiring.enums import AnswerKind, Capability, FieldRule
from hiring.models import ApplicationQuestion, Job
from hiring.operations.access import require_may
from hiring.operations.jobs.events import record_job_event
from hiring.rules.answers import (
    LINE_LENGTH,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    NO,
    OFFERED,
    OPTION_LENGTH,
    WITH_OPTIONS,
    YES,
    QuestionDraft,
)
from rendering.characters import clean_line, clean_text

INTRODUCTION_LENGTH = 5_000
# Above every place that a question can have.
_ASIDE = 1_000


@transaction.atomic
def save_form(
    *,
    job: Job,
    introduction: str,
    resume_rule: FieldRule | str,
    phone_rule: FieldRule | str,
    questions: Sequence[QuestionDraft],
    by: Actor,
    now: datetime,
) -> Job:
    """Write what the form of a job asks, its questions in this order, and return the job.

    What somebody may have seen is never changed: once the job was open, a question with other words is a new one, and
    the old one stays with its answers, out of use. So does one that is left out.
    Raises: `PermissionDenied`; `ValidationError` keyed "introduction", or with the question that is wrong in its words.
    """
    require_may(by, Capability.CHANGE_JOB, job)
    drafts = [_checked(draft, number) for number, draft in enumerate(questions, start=1)]
    if len(drafts) > MOST_QUESTIONS:
        raise ValidationError(
            _("A form has at most %(count)d questions of its own.") % {"count": MOST_QUESTIONS}
        )
    job.form_introduction = clean_text(introduction).strip()
    job.resume_rule, job.phone_rule = FieldRule(resume_rule), FieldRule(phone_rule)
    if len(job.form_introduction) > INTRODUCTION_LENGTH:
        raise ValidationError(
            {
                "introduction": _("Keep the introduction to %(count)d characters.")
                % {"count": INTRODUCTION_LENGTH}
            }
        )
    job.save(update_fields=["form_introduction", "resume_rule", "phone_rule"])
    _write(job, drafts, now=now)
    record_job_event("job.form_changed", job, by=by, now=now)
    return job


def _write(job: Job, drafts: Sequence[QuestionDraft], *, now: datetime) -> None:
    in_use = ApplicationQuestion.objects.filter(job=job, retired_at=None)
    existing = {question.pk: question for question in in_use}
    # Aside first, so that two questions may swap their places.
    in_use.update(position=F("position") + _ASIDE)
    was_seen = job.opened_at is not None
    kept: set[int] = set()
    fresh: list[ApplicationQuestion] = []
    for position, draft in enumerate(drafts, start=1):
        old = existing.get(draft.pk) if draft.pk is not None else None
        wanted = ApplicationQuestion(
            job=job,
            position=position,
            kind=draft.kind,
            text=draft.text,
            help_text=draft.help_text,
            is_required=draft.is_required,
            options=draft.option_rows(),
            flags=draft.flag_rows(),
        )
        if old is not None and _says_the_same(old, wanted):
            # What asks for a second look is read by colleagues alone.
            ApplicationQuestion.objects.filter(pk=old.pk).update(position=position, flags=wanted.flags)
            kept.add(old.pk)
        else:
            fresh.append(wanted)
    gone = in_use.exclude(pk__in=kept)
    if was_seen:
        gone.update(retired_at=now)
    else:
        gone.delete()
    ApplicationQuestion.objects.bulk_create(fresh)


def _says_the_same(old: ApplicationQuestion, wanted: ApplicationQuestion) -> bool:
    return all(
        getattr(old, name) == getattr(wanted, name)
        for name in ("kind", "text", "help_text", "is_required", "options")
    )


def _checked(draft: QuestionDraft, number: int) -> QuestionDraft:
    """Return a question as it may be written. Raises `ValidationError` that names it."""
    cleaned = QuestionDraft(
        kind=draft.kind,
        text=clean_line(draft.text),
        help_text=clean_line(draft.help_text),
        is_required=draft.is_required,
        options=tuple(option for option in map(clean_line, draft.options) if option),
        flagged=tuple(flag for flag in map(clean_line, draft.flagged) if flag),
        least=draft.least,
        most=draft.most,
        below=draft.below,
        above=draft.above,
        pk=draft.pk,
    )
    trouble = _trouble_of(cleaned)
    if trouble:
        name = cleaned.text or _("Question %(number)d") % {"number": number}
        raise ValidationError(_("“%(name)s”: %(trouble)s") % {"name": name, "trouble": trouble})
    return cleaned


def _trouble_of(draft: QuestionDraft) -> str:
    if draft.kind not in OFFERED:
        return _("Choose how it is answered.")
    if not draft.text:
        return _("Write the question.")
    if len(draft.text) > LINE_LENGTH or len(draft.help_text) > LINE_LENGTH:
        return _("Keep the question and its help to %(count)d characters each.") % {"count": LINE_LENGTH}
    if draft.kind in WITH_OPTIONS and (trouble := _trouble_of_options(draft)):
        return trouble
    if (
        draft.kind == AnswerKind.NUMBER
        and draft.least is not None
        and draft.most is not None
        and draft.least > draft.most
    ):
        return _("Its smallest number is above its largest.")
    allowed = (YES, NO) if draft.kind == AnswerKind.YES_NO else draft.options
    unknown = [flag for flag in draft.flagged if flag not in allowed] if draft.kind in _WITH_FLAGS else []
    if unknown:
        return _("“%(flag)s” is none of its answers. Write it as it stands there.") % {"flag": unknown[0]}
    return ""


_WITH_FLAGS = (*WITH_OPTIONS, AnswerKind.YES_NO)


def _trouble_of_options(draft: QuestionDraft) -> str:
    if len(draft.options) < 2:
        return _("Write at least two answers, one on each line.")
    if len(draft.options) > MOST_OPTIONS:
        return _("Write at most %(count)d answers.") % {"count": MOST_OPTIONS}
    if any(len(option) > OPTION_LENGTH for option in draft.options):
        return _("Keep each answer to %(count)d characters.") % {"count": OPTION_LENGTH}
    if len(set(draft.options)) < len(draft.options):
        return _("Two of its answers are the same.")
    return ""
