"""What colleagues write about people."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.enums import Role
from accounts.models import Actor
from candidates.enums import NoteAudience, SearchKind
from candidates.models import Candidate, Note
from candidates.operations.searching import forget_words, index_notes
from candidates.validators import clean_note
from outbox.operations import record_event


@transaction.atomic
def add_note(
    *, candidate: Candidate, body: str, audience: NoteAudience = NoteAudience.TEAM, by: Actor, now: datetime
) -> Note:
    """Write a note about a person and return it. Raises `ValidationError` keyed "body". Side effects: an event."""
    note = Note.objects.create(
        candidate=candidate,
        body=_clean(body),
        audience=NoteAudience(audience),
        author=by.user,
        created_at=now,
    )
    index_notes([note])
    _record("note.added", note, by, now)
    return note


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
