"""Who sees which people, with what colleagues wrote about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from accounts.enums import Role
from accounts.models import Actor
from accounts.registries import EVERYTHING, Everything, register_grant, register_veil
from assessments.models import Invitation
from candidates.enums import NoteAudience, SearchKind
from candidates.models import Candidate, Note
from hiring.models import Application, ApplicationDocument
from hiring.queries.access import jobs_joined
from hiring.queries.grants.bases import applications_seen, is_limited, sees_everybody, to_roles
from hiring.queries.interviewing import interviewed
from hiring.rules import MANAGING_ROLES

# Whether there is such a row, of each person of a statement.
_Ask = Callable[[QuerySet[Any]], Any]
# Of one in so many applications or more most people of a list are seen, or a good part of them.
_MANY: Final = 20_000


def _probed(rows: QuerySet[Any]) -> IsNull:
    """Ask it of one person after the other. Of an `Exists` PostgreSQL works out the answers of everybody, though a list
    shows the first fifty.
    """
    return IsNull(Subquery(rows.values("pk")[:1]), False)


def _asked_on_a_walk(actor: Actor) -> _Ask:
    """How to ask while a list is read in its order: whoever sees few must go far until a page is full. One query, once
    an actor.
    """
    if actor.user is None or sees_everybody(actor):
        return Exists
    sees_many: bool | None = actor.__dict__.get("_sees_many")
    if sees_many is None:
        sees_many = applications_seen(actor)[_MANY : _MANY + 1].exists()
        actor.__dict__["_sees_many"] = sees_many
    return _probed if sees_many else Exists


def _on_a_walk(condition: Callable[[Actor, _Ask], Any]) -> Callable[[Actor], Any]:
    return lambda actor: condition(actor, _asked_on_a_walk(actor))


def _without_job(actor: Actor, ask: _Ask = Exists) -> Q | Everything | None:
    """People who belong to no job: seen by every recruiter, and by whoever added or invited them.

    Of those who applied jobs alone decide, so that nobody goes on seeing whom they once added. A key that is limited
    to jobs reaches nobody beyond them.
    """
    if actor.user is None or is_limited(actor):
        return None
    if sees_everybody(actor):
        return EVERYTHING
    nobodys = ~_applied(ask)
    if not actor.has_role(Role.RECRUITER):
        invited = Invitation.objects.filter(candidate=OuterRef("pk"), invited_by=actor.user)
        nobodys &= Q(created_by=actor.user) | Q(ask(invited))
    return nobodys


def _candidates_with_job(actor: Actor, ask: _Ask = Exists) -> Q | Everything | None:
    if sees_everybody(actor):
        return EVERYTHING
    return _applied_in_sight(actor, ask)


def _applied(ask: _Ask = Exists) -> Q:
    """Asked of each person: where few are looked for a database need not read everybody's applications."""
    return Q(ask(Application.objects.filter(candidate=OuterRef("pk"))))


def _applied_in_sight(actor: Actor, ask: _Ask = Exists) -> Q:
    return Q(ask(Application.objects.filter(candidate=OuterRef("pk")).visible_to(actor)))


def _notes(actor: Actor) -> Q | Everything | None:
    if sees_everybody(actor):
        return EVERYTHING
    return Q(Exists(Candidate.objects.filter(pk=OuterRef("candidate")).visible_to(actor)))


def _notes_for_recruiters(actor: Actor) -> Q | None:
    """Hides what only recruiters may read from everybody who recruits for no job of that person."""
    if actor.has_role(Role.ADMINISTRATOR):
        return None
    theirs = Application.objects.filter(candidate=OuterRef("candidate"))
    readable = Q(author=actor.user) | Q(Exists(theirs.filter(job__in=jobs_joined(actor, MANAGING_ROLES))))
    if actor.has_role(Role.RECRUITER):
        readable |= Q(~Exists(theirs))
    return Q(audience=NoteAudience.RECRUITERS) & ~readable


def notes_read(actor: Actor) -> QuerySet[Note]:
    """Return the notes that an actor may read about people who have applied, asked for each note by itself. Lazy."""
    notes = Note.objects.all()
    if not sees_everybody(actor):
        seen = Application.objects.all().visible_to(actor).filter(candidate=OuterRef("candidate"))
        notes = notes.filter(Exists(seen))
    hidden = _notes_for_recruiters(actor)
    return notes if hidden is None else notes.exclude(hidden)


def _tags(actor: Actor) -> Q | Everything | None:
    if actor.has_role(Role.ADMINISTRATOR, Role.RECRUITER):
        return EVERYTHING
    seen = Candidate.objects.all().visible_to(actor).values("pk")
    return Q(pk__in=Candidate.tags.through.objects.filter(candidate__in=seen).values("tag"))


def _documents(actor: Actor) -> Q | Everything | None:
    """Those of people whom one sees: of an application that one sees, or of none. Not those of other jobs."""
    if sees_everybody(actor):
        return EVERYTHING
    tied = ApplicationDocument.objects.filter(document=OuterRef("pk"))
    of_what_one_sees = Exists(tied.filter(application__in=applications_seen(actor))) | ~Exists(tied)
    return Q(of_what_one_sees) & Q(candidate__in=Candidate.objects.all().visible_to(actor).values("pk"))


def _documents_of_those_one_interviews(actor: Actor) -> Q | Everything | None:
    tied = ApplicationDocument.objects.filter(application__in=interviewed(actor).values("pk"))
    return Q(pk__in=tied.values("document"))


def _words(actor: Actor) -> Q | Everything | None:
    """What people whom one sees are found by; the veils hide what of it one may not read."""
    if sees_everybody(actor):
        return EVERYTHING
    return Q(candidate__in=Candidate.objects.all().visible_to(actor).values("pk"))


def _words_of_other_jobs(actor: Actor) -> Q | None:
    """Hides the words of documents that belong to applications out of sight alone."""
    if sees_everybody(actor):
        return None
    # Asked for each row that was found, which are few, and not worked out for all documents.
    tied = ApplicationDocument.objects.filter(document=OuterRef("ref"))
    seen = tied.filter(application__in=applications_seen(actor))
    return Q(kind=SearchKind.DOCUMENT) & Exists(tied) & ~Exists(seen)


def register() -> None:
    """Register what hiring opens and hides of people."""
    applied = _on_a_walk(_candidates_with_job)
    register_grant("candidates.Candidate", "hiring", _candidates_with_job, walked=applied)
    # Each asks what candidates opens by itself and who applied for what besides, in one question.
    register_grant("candidates.Candidate", "added", _without_job, walked=_on_a_walk(_without_job))
    register_grant("candidates.Note", "of_people", _notes)
    register_grant("candidates.Document", "hiring", _documents)
    register_grant("candidates.Document", "hiring.interviewers", _documents_of_those_one_interviews)
    register_grant("candidates.SearchEntry", "hiring", _words)
    register_grant("candidates.Tag", "hiring", _tags)
    register_grant("candidates.ConsentText", "hiring", to_roles(Role.ADMINISTRATOR, Role.RECRUITER))
    register_veil("candidates.SearchEntry", "hiring.documents", _words_of_other_jobs)
    for label in ("candidates.Note", "candidates.SearchEntry"):
        register_veil(label, "hiring.recruiters_only", _notes_for_recruiters)
