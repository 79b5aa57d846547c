"""Writing questions. What somebody was shown is frozen: an edit of it starts a new version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from outbox.operations import record_event
from questions import queries
from questions.enums import Status
from questions.models import AnswerKey, Question, QuestionBank, QuestionTag, QuestionVersion, Skill
from questions.rules import KeyDraft, OptionDraft
from questions.validators import validate_content, validate_ready


class QuestionLocked(Exception):  # noqa: N818 -- a refusal, not a fault
    """The question is not in a state that allows this. The message is for its author."""


@transaction.atomic
def add_question(
    *,
    bank: QuestionBank,
    external_id: str,
    kind: str,
    level: str,
    intended_difficulty: int,
    skills: Iterable[Skill],
    stem: str,
    options: Sequence[OptionDraft],
    key: KeyDraft,
    by: Actor,
    now: datetime,
    tags: Iterable[QuestionTag] = (),
) -> Question:
    """Add a question to `bank` as a draft and return it, with its first version and key.

    Raises `ValidationError` keyed by field (external_id, stem, options, key …).
    """
    question = Question(
        bank=bank,
        external_id=external_id.strip(),
        kind=kind,
        level=level,
        intended_difficulty=intended_difficulty,
        created_by=by.user,
        created_at=now,
        changed_at=now,
    )
    question.full_clean(exclude=["current_version"])
    validate_content(kind=kind, stem=stem, options=options, key=key)
    question.save()
    question.skills.set(skills)
    question.tags.set(tags)
    _write_version(question, 1, stem, options, key, by=by, now=now)
    _record("question.added", question, by=by, now=now)
    return question


@transaction.atomic
def edit_question(
    *,
    question: Question,
    level: str,
    intended_difficulty: int,
    skills: Iterable[Skill],
    tags: Iterable[QuestionTag],
    stem: str,
    options: Sequence[OptionDraft],
    key: KeyDraft,
    by: Actor,
    now: datetime,
    kind: str | None = None,
) -> QuestionVersion:
    """Change a question and return the version that now holds its text.

    A draft is changed in place (its key gets a new revision). When the latest version is frozen and what is shown or
    what is right changed, a new draft version is started; candidates get the frozen one until the draft is made ready.
    Raises `ValidationError` keyed by field, and `QuestionLocked` for a change of `kind` after it was frozen.
    """
    current = _held(question, now=now)
    latest = queries.latest_version(current)
    kind = kind or current.kind
    if (
        kind != current.kind
        and QuestionVersion.objects.filter(question=current, frozen_at__isnull=False).exists()
    ):
        raise QuestionLocked(
            _("The kind of a question that was ready does not change. Add a new question instead.")
        )
    current.kind, current.level, current.intended_difficulty = kind, level, intended_difficulty
    current.full_clean()
    validate_content(kind=kind, stem=stem, options=options, key=key)
    current.save(update_fields=["kind", "level", "intended_difficulty"])
    current.skills.set(skills)
    current.tags.set(tags)
    version = _save_content(current, latest, stem, options, key, by=by, now=now)
    _record("question.changed", current, by=by, now=now)
    return version


def _save_content(
    question: Question,
    latest: QuestionVersion | None,
    stem: str,
    options: Sequence[OptionDraft],
    key: KeyDraft,
    *,
    by: Actor,
    now: datetime,
) -> QuestionVersion:
    stored = [option.stored() for option in options]
    if latest is None:
        return _write_version(question, 1, stem, options, key, by=by, now=now)
    known = queries.keys_for([latest.pk]).get(latest.pk)
    same_text = latest.stem == stem and latest.options == stored
    same_key = known is not None and key_draft(known) == _plain(key)
    if same_text and same_key:
        return latest
    if latest.frozen_at is not None:
        return _write_version(question, latest.number + 1, stem, options, key, by=by, now=now)
    QuestionVersion.objects.filter(pk=latest.pk, frozen_at=None).update(stem=stem, options=stored)
    if not same_key:
        _write_key(latest, (known.revision if known else 0) + 1, key, by=by, now=now)
    latest.stem, latest.options = stem, stored
    return latest


@transaction.atomic
def send_to_review(*, question: Question, by: Actor, now: datetime) -> Question:
    """Put a draft before a colleague. Raises `QuestionLocked` when it is not a draft."""
    changed = Question.objects.filter(pk=question.pk, status=Status.DRAFT).update(
        status=Status.IN_REVIEW, changed_at=now
    )
    if not changed:
        raise QuestionLocked(_("Only a draft can be sent to review."))
    _record("question.sent_to_review", question, by=by, now=now)
    question.refresh_from_db()
    return question


@transaction.atomic
def make_ready(*, question: Question, by: Actor, now: datetime) -> Question:
    """Let tests draw the latest version of a question; a draft of it is frozen. A ready question stays as it is.

    Raises `ValidationError` keyed by field for a question that is not complete.
    """
    current = _held(question, now=now)
    version = queries.latest_version(current)
    if version is None:
        raise ValidationError({"stem": _("Write the question.")})
    key = queries.keys_for([version.pk]).get(version.pk)
    draft = key_draft(key) if key is not None else KeyDraft()
    options = option_drafts(version)
    validate_content(kind=current.kind, stem=version.stem, options=options, key=draft)
    validate_ready(kind=current.kind, key=draft, skills=current.skills.count())
    if current.status == Status.READY and current.current_version_id == version.pk:
        return current
    QuestionVersion.objects.filter(pk=version.pk, frozen_at=None).update(frozen_at=now)
    current.status, current.current_version = Status.READY, version
    current.save(update_fields=["status", "current_version"])
    _record("question.made_ready", current, by=by, now=now, version=version)
    return current


@transaction.atomic
def retire_question(*, question: Question, by: Actor, now: datetime) -> Question:
    """Take a question out of use: new tests leave it out, running ones draw it only when nothing else is left."""
    changed = (
        Question.objects.filter(pk=question.pk)
        .exclude(status=Status.RETIRED)
        .update(status=Status.RETIRED, changed_at=now)
    )
    if changed:
        _record("question.retired", question, by=by, now=now)
    question.refresh_from_db()
    return question


@transaction.atomic
def mend_key(*, version: QuestionVersion, key: KeyDraft, reason: str, by: Actor, now: datetime) -> AnswerKey:
    """Write a new revision of the key of a frozen version and return it. What was shown stays as it was.

    Scores do not change by this alone: the floor above marks attempts again.
    Raises `ValidationError` keyed by field; `reason` is required, for whoever asks why a score changed.
    """
    if not reason.strip() or len(reason) > 300:
        raise ValidationError({"reason": _("Say what was wrong with the key, in at most 300 characters.")})
    question = _held(version.question, now=now)
    validate_content(kind=question.kind, stem=version.stem, options=option_drafts(version), key=key)
    known = queries.keys_for([version.pk]).get(version.pk)
    written = _write_key(
        version, (known.revision if known else 0) + 1, key, reason=reason.strip(), by=by, now=now
    )
    _record("question.key_mended", question, by=by, now=now, version=version)
    return written


def option_drafts(version: QuestionVersion) -> list[OptionDraft]:
    """Return the options of a version as an author edits them."""
    return [
        OptionDraft(option["code"], option["text"], option.get("place", "")) for option in version.options
    ]


def key_draft(key: AnswerKey) -> KeyDraft:
    """Return a key as an author edits it."""
    return KeyDraft(
        shares=dict(key.shares),
        feedback=dict(key.feedback),
        marking=key.marking,
        explanation=key.explanation,
        source=key.source,
        model_answer=key.model_answer,
        look_fors=list(key.look_fors),
        warning_signs=list(key.warning_signs),
        follow_ups=list(key.follow_ups),
    )


def key_fields(key: KeyDraft) -> dict[str, object]:
    """Return what an `AnswerKey` row stores of a draft."""
    return {
        "shares": {code: str(share) for code, share in key.shares.items()},
        "feedback": {code: text for code, text in key.feedback.items() if text},
        "marking": key.marking,
        "explanation": key.explanation,
        "source": key.source,
        "model_answer": key.model_answer,
        "look_fors": list(key.look_fors),
        "warning_signs": list(key.warning_signs),
        "follow_ups": list(key.follow_ups),
    }


def _plain(key: KeyDraft) -> KeyDraft:
    return KeyDraft(**key_fields(key))  # type: ignore[arg-type]


def _held(question: Question, *, now: datetime) -> Question:
    """Return the question, its row written first: two authors who save at once come one after the other."""
    Question.objects.filter(pk=question.pk).update(changed_at=now)
    return Question.objects.get(pk=question.pk)


def _write_version(
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
    _write_key(version, 1, key, by=by, now=now)
    return version


def _write_key(
    version: QuestionVersion, revision: int, key: KeyDraft, *, by: Actor, now: datetime, reason: str = ""
) -> AnswerKey:
    return AnswerKey.objects.create(
        version=version,
        revision=revision,
        reason=reason,
        created_by=by.user,
        created_at=now,
        **key_fields(key),
    )


def _record(
    kind: str, question: Question, *, by: Actor, now: datetime, version: QuestionVersion | None = None
) -> None:
    record_event(
        kind=kind,
        by=by,
        now=now,
        about=Question._meta.label_lower,
        about_id=question.pk,
        data={"version": version.number} if version is not None else None,
    )
