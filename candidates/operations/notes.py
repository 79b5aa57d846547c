"""What colleagues write about people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Actor, User
from candidates.enums import NoteAudience, SearchKind
from candidates.models import Candidate, Note, NoteMention
from candidates.operations.searching import forget_words, index_notes
from candidates.registries import MENTION
from candidates.validators import clean_note
from outbox.operations import EventDraft, notify, record_event, record_events

MOST_MENTIONS = 20


@dataclass(frozen=True, kw_only=True)
class NoteDraft:
    """A note that is still to be written."""

    candidate: Candidate
    body: str
    audience: NoteAudience = NoteAudience.TEAM


def checked_note(body: str) -> str:
    """Return the text of a note as it is kept. Raises `ValidationError` for what cannot be one."""
    return clean_note(body)


@transaction.atomic
def add_note(
    *,
    candidate: Candidate,
    body: str,
    audience: NoteAudience = NoteAudience.TEAM,
    mentions: Sequence[User] = (),
    by: Actor,
    now: datetime,
) -> Note:
    """Write a note about a person and return it; the colleagues whom it mentions are told.

    Raises: `ValidationError` keyed "body", or "mentions" when one of them may not read it.
    Side effects: an event, and notifications.
    """
    note = Note.objects.create(
        candidate=candidate,
        body=_clean(body),
        audience=NoteAudience(audience),
        author=by.user,
        created_at=now,
    )
    index_notes([note])
    _record("note.added", note, by, now)
    if mentions:
        _mention(note, mentions, by, now)
    return note


@transaction.atomic
def add_notes(*, drafts: Sequence[NoteDraft], by: Actor, now: datetime) -> list[Note]:
    """Write many notes about people and return them. Mentions nobody. A handful of statements, whatever the number.

    Raises `ValidationError` keyed "body". Side effects: an event for each.
    """
    notes = Note.objects.bulk_create(
        [
            Note(
                candidate=draft.candidate,
                body=_clean(draft.body),
                audience=NoteAudience(draft.audience),
                author=by.user,
                created_at=now,
            )
            for draft in drafts
        ],
        batch_size=500,
    )
    index_notes(notes)
    record_events(
        drafts=[
            EventDraft(
                kind="note.added",
                person_ref=note.candidate.public_id,
                about=Note._meta.label,
                about_id=note.pk,
                data={"audience": note.audience},
            )
            for note in notes
        ],
        by=by,
        now=now,
    )
    return notes


@transaction.atomic
def change_note(*, note: Note, body: str, audience: NoteAudience, by: Actor, now: datetime) -> Note:
    """Change what one wrote oneself. Raises `PermissionDenied` for another's note, `ValidationError` keyed "body"."""
    _only_author(note, by)
    note.body = _clean(body)
    note.audience = NoteAudience(audience)
    note.save(update_fields=["body", "audience"])
    index_notes([note])
    _record("note.changed", note, by, now)
    return note


@transaction.atomic
def delete_note(*, note: Note, by: Actor, now: datetime) -> None:
    """Take a note away: one's own, or any as an administrator. Raises `PermissionDenied`. Side effects: an event."""
    if not by.has_role(Role.ADMINISTRATOR):
        _only_author(note, by)
    _record("note.deleted", note, by, now)
    forget_words(SearchKind.NOTE, note.pk)
    note.delete()


def _mention(note: Note, users: Sequence[User], by: Actor, now: datetime) -> None:
    if len(users) > MOST_MENTIONS:
        words = _("Mention at most %d colleagues in one note.") % MOST_MENTIONS
        raise ValidationError({"mentions": words})
    blind = [
        user for user in users if not Note.objects.filter(pk=note.pk).visible_to(Actor.of_user(user)).exists()
    ]
    if blind:
        raise ValidationError({"mentions": [_cannot_read(note, user) for user in blind]})
    NoteMention.objects.bulk_create([NoteMention(note=note, user=user) for user in users])
    notify(
        users=User.objects.filter(pk__in=[user.pk for user in users]),
        kind=MENTION,
        intent=f"{MENTION}:{note.pk}",
        about=Note._meta.label,
        about_id=note.pk,
        person_ref=note.candidate.public_id,
        by=by,
        now=now,
    )


def _cannot_read(note: Note, user: User) -> str:
    if not Candidate.objects.filter(pk=note.candidate_id).visible_to(Actor.of_user(user)).exists():
        return _("%s may not see this person. Mention somebody who may.") % user
    return (
        _("%s may not read notes for recruiters only. Let the team read it, or mention somebody else.") % user
    )


def _clean(body: str) -> str:
    try:
        return clean_note(body)
    except ValidationError as error:
        raise ValidationError({"body": error.messages}) from error


def _only_author(note: Note, by: Actor) -> None:
    if by.user is None or note.author_id != by.user.pk:
        raise PermissionDenied


def _record(kind: str, note: Note, by: Actor, now: datetime) -> None:
    record_event(
        kind=kind,
        by=by,
        now=now,
        person_ref=note.candidate.public_id,
        about=Note._meta.label,
        about_id=note.pk,
        data={"audience": note.audience},
    )
