"""Who may do it. Every operation of hiring asks here first."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.enums import Role, Scope
from accounts.models import Actor
from accounts.rules import normalise_email
from candidates.models import CandidateEmail
from hiring.models import Application, Job
from hiring.queries.access import may_manage, may_move


def require_manager(actor: Actor, job: Job, *, scope: Scope | None = None) -> None:
    """Raise `PermissionDenied` unless the actor is a recruiter of `job`, an administrator or the system.

    A key needs `scope` as well, and stays within its jobs; where no scope is named no key may.
    """
    if not may_manage(actor, job, scope=scope):
        raise PermissionDenied(_("Only recruiters of this job and administrators can do this."))


def require_mover(actor: Actor, job: Job) -> None:
    """Raise `PermissionDenied` unless the actor may put people of `job` at another stage."""
    if not may_move(actor, job):
        raise PermissionDenied(_("Only recruiters of this job and administrators can do this."))


def require_recruiter(actor: Actor) -> None:
    """Raise `PermissionDenied` unless the actor is a recruiter of the organisation, an administrator or the system."""
    if actor.api_key is not None or not actor.has_role(Role.RECRUITER, Role.ADMINISTRATOR):
        raise PermissionDenied(_("Only recruiters and administrators can do this."))


def is_own(actor: Actor, candidate_id: int) -> bool:
    """Whether the actor is this candidate: the address they sign in with is one of the candidate's. One query."""
    if actor.user is None:
        return False
    return CandidateEmail.objects.filter(
        candidate=candidate_id, normalised=normalise_email(actor.user.email)
    ).exists()


def own_candidate_ids(actor: Actor) -> frozenset[int]:
    """Return the candidates that the actor is themselves. One query."""
    if actor.user is None:
        return frozenset()
    return frozenset(
        CandidateEmail.objects.filter(normalised=normalise_email(actor.user.email)).values_list(
            "candidate_id", flat=True
        )
    )


def require_other_person(actor: Actor, candidate_id: int) -> None:
    """Raise `PermissionDenied` when somebody would decide about their own application."""
    if is_own(actor, candidate_id):
        raise PermissionDenied(_("This is your own application. Ask a colleague to decide about it."))


def require_no_referrer(actor: Actor, application: Application) -> None:
    """Raise `PermissionDenied` when somebody would hire the person whom they referred."""
    if actor.user is not None and application.referred_by_id == actor.user.pk:
        raise PermissionDenied(_("You referred this person. Ask a colleague to decide about hiring them."))
