"""The way of a question to where tests may draw it, past a second pair of eyes."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from questions import queries
from questions.enums import Status
from questions.models import Question, QuestionVersion
from questions.operations.writing.content import QuestionLocked, held, keep, record, set_review, set_status
from questions.rules import KeyDraft
from questions.validators import validate_content, validate_ready
from rendering.characters import clean_text

LONGEST_NOTE = 500


class SameWriter(QuestionLocked):
    """Whoever wrote a question, or asked for its review, does not review it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody else than its author makes a question ready. Ask a colleague, or an administrator to allow "
                "it on the page of the bank."
            )
        )


@transaction.atomic
def send_to_review(*, question: Question, by: Actor, now: datetime) -> Question:
    """Put a draft before a colleague; the draft of a ready question leaves it ready.

    Raises `QuestionLocked` where there is no draft, or it waits already.
    """
    current = held(question)
    version = queries.latest_version(current)
    next_waits = (
        current.status == Status.READY
        and current.review_asked_at is None
        and version is not None
        and version.frozen_at is None
    )
    if current.status != Status.DRAFT and not next_waits:
        raise QuestionLocked(_("Only a draft can be sent to review."))
    fields: tuple[str, ...] = ()
    if current.status == Status.DRAFT:
        fields = set_status(current, Status.IN_REVIEW, by=by, now=now)
    keep(current, *dict.fromkeys((*fields, *set_review(current, now, by=by))), now=now)
    record("question.sent_to_review", current, by=by, now=now, version=version)
    return current


@transaction.atomic
def send_back(*, question: Question, note: str, by: Actor, now: datetime) -> Question:
    """Give a question that waits for a review back to its author, with what is to be changed.

    Raises `QuestionLocked` for one that does not wait, `ValidationError` for a `note` that says nothing.
    """
    note = clean_text(note).strip()
    if not note or len(note) > LONGEST_NOTE:
        raise ValidationError(
            {"note": _("Say what is to be changed, in at most %(most)d characters.") % {"most": LONGEST_NOTE}}
        )
    current = held(question)
    if current.review_asked_at is None:
        raise QuestionLocked(_("This question does not wait for a review."))
    fields: tuple[str, ...] = ()
    if current.status == Status.IN_REVIEW:
        fields = set_status(current, Status.DRAFT, by=by, now=now)
    keep(current, *dict.fromkeys((*fields, *set_review(current, None, by=by, note=note))), now=now)
    record("question.sent_back", current, by=by, now=now)
    return current


@transaction.atomic
def make_ready(*, question: Question, by: Actor, now: datetime) -> Question:
    """Let tests draw the latest version of a question; a draft of it is frozen. A ready question stays as it is.

    Raises `ValidationError` keyed by field for a question that is not complete, and `SameWriter` where its bank wants
    somebody else to review what `by` wrote or sent to review.
    """
    current = held(question)
    version = queries.latest_version(current)
    if version is None:
        raise ValidationError({"stem": _("Write the question.")})
    key = queries.keys_for([version.pk]).get(version.pk)
    draft = queries.key_draft(key) if key is not None else KeyDraft()
    options = queries.option_drafts(version)
    validate_content(kind=current.kind, stem=version.stem, options=options, key=draft)
    validate_ready(kind=current.kind, key=draft, skills=current.skills.count())
    if current.status == Status.READY and current.current_version_id == version.pk:
        return current
    if _is_own(current, version, by) and current.bank.second_reviewer:
        raise SameWriter
    QuestionVersion.objects.filter(pk=version.pk, frozen_at=None).update(frozen_at=now)
    current.current_version = version
    keep(current, "current_version", *set_status(current, Status.READY, by=by, now=now), now=now)
    record("question.made_ready", current, by=by, now=now, version=version)
    return current


def _is_own(question: Question, version: QuestionVersion, by: Actor) -> bool:
    """Whether `by` had a hand in a draft. What is frozen was reviewed."""
    if by.user is None or version.frozen_at is not None:
        return False
    return by.user.pk in (version.created_by_id, version.changed_by_id, question.review_asked_by_id)
