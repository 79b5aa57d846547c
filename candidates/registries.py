"""Everything about one person, told by the apps that know: each registers one part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from django.utils.translation import gettext_lazy as _

from shell.registries import register_events

if TYPE_CHECKING:
    from accounts.models import Actor
    from candidates.models import Candidate

# That a note calls a colleague. The words are hiring's: its page shows the note.
MENTION: Final = "mention"


@dataclass(frozen=True)
class TimelineEntry:
    """One line of a person's timeline; `url` leads to more."""

    at: datetime
    kind: str
    text: str
    url: str = ""


class PersonPart(Protocol):
    """What one app keeps of a person. Only `candidates.operations` calls it, inside a transaction of its own.

    `models` are the labels ("app.Model") of every model with a way to the person that this part covers: a test walks
    all models and fails on one that no part covers.
    """

    name: str
    models: tuple[str, ...]

    def merge(self, kept: Candidate, merged: Candidate) -> dict[str, Any]:
        """Move everything of `merged` to `kept`; return what moved as plain data (ids), enough to move it back."""

    def unmerge(self, kept: Candidate, merged: Candidate, moved: Mapping[str, Any]) -> None:
        """Move back exactly what `merge` returned, as far as it still exists."""

    def export(self, candidate: Candidate) -> dict[str, Any]:
        """Return all of it as plain data for the person to read: no ids of other people, no secrets."""

    def redact(self, candidate: Candidate, now: datetime, names: frozenset[str]) -> None:
        """Blank or delete whatever names the person; counts stay. `names` are all names and addresses known."""

    def timeline(self, candidate: Candidate, actor: Actor) -> list[TimelineEntry]:
        """Return what happened with the person, oldest first, as far as `actor` may read it."""


_parts: dict[str, PersonPart] = {}


def register_person_part(part: PersonPart) -> None:
    """Let `part` take its share in merging, exporting, erasing and telling. In the order of the rooms, lowest first."""
    _parts[part.name] = part


def person_parts() -> tuple[PersonPart, ...]:
    """Return all parts, lowest room first."""
    return tuple(_parts.values())


def register_words() -> None:
    """Say what the history tells of people. Called once, when the app is ready."""
    register_events(
        "people",
        _("People"),
        {
            "candidate.added": _("Person added"),
            "candidate.changed": _("Person changed"),
            "candidate.merged": _("Two rows made one person"),
            "candidate.unmerged": _("Two persons again"),
            "candidate.exported": _("Everything about a person taken along"),
            "candidate.erased": _("Person erased"),
            "document.added": _("Document added"),
            "document.downloaded": _("Document taken along as it was sent"),
            "note.added": _("Note written"),
            "note.changed": _("Note changed"),
            "note.deleted": _("Note taken away"),
        },
    )
