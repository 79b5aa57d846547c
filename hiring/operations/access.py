"""Who may do it. Every operation of hiring asks here first."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.enums import Role, Scope
from accounts.models import Actor
from accounts.rules import normalise_email
from candidates.models import CandidateEmail
from hiring.enums import Capability
from hiring.models import Application, Job
from hiring.queries.access import may


def require_may(actor: Actor, code: Capability, job: Job, *, scope: Scope | None = None) -> None:
    """Raise `PermissionDenied` unless the actor may do this on `job`; see `hiring.queries.may`."""
    if not may(actor, code, job, scope=scope):
        raise PermissionDenied(
            _("Your role on this job does not include: %s. Ask a recruiter of the job.") % code.label
        )


def require_manager(actor: Actor, job: Job, *, scope: Scope | None = None) -> None:
    """Raise `PermissionDenied` unless the actor changes `job` itself."""
    require_may(actor, Capability.CHANGE_JOB, job, scope=scope)


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
