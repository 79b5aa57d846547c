"""Who sees which invitations, attempts and scores."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from accounts.enums import Role
from accounts.models import Actor
from accounts.registries import EVERYTHING, Everything, Grant, register_grant
from assessments.models import Assessment, Attempt, Invitation
from assessments.registries import register_taking
from candidates.models import Candidate
from hiring.models import ApplicationAssessment, JobOpenLink, Stage
from hiring.queries.access import jobs_joined, managed_jobs, may_take_everybody
from hiring.queries.grants.bases import applications_seen, is_limited, sees_everybody, to_colleagues, to_roles
from hiring.rules import MANAGING_ROLES, SEEING_ROLES


def _invitations_of_jobs(actor: Actor) -> Q | Everything | None:
    return EVERYTHING if sees_everybody(actor) else _invited_by_application(actor, "pk")


def _invited_by_application(actor: Actor, field: str) -> Q:
    links = ApplicationAssessment.objects.filter(invitation=OuterRef(field))
    return Q(Exists(links.filter(application__in=applications_seen(actor))))


def invited_without_job(actor: Actor) -> Q | Everything | None:
    """Tests sent outside of any application: to whoever sent them, and to recruiters who see the person."""
    if actor.user is None or is_limited(actor):
        return None
    mine = Q(invited_by=actor.user)
    if actor.has_role(Role.RECRUITER):
        mine |= Q(Exists(Candidate.objects.filter(pk=OuterRef("candidate")).visible_to(actor)))
    return Q(~Exists(ApplicationAssessment.objects.filter(invitation=OuterRef("pk")))) & mine


def invitation_seen(actor: Actor, field: str) -> Q:
    """Return the condition that the actor, who does not see everybody, sees the invitation whose id `field` holds.

    The two ways to it apart, as a database can look up each of them.
    """
    seen = _invited_by_application(actor, field)
    loose = invited_without_job(actor)
    if isinstance(loose, Q):
        seen |= Q(Exists(Invitation.objects.filter(loose, pk=OuterRef(field))))
    return seen


def _accommodations(actor: Actor) -> Q | Everything | None:
    """What people asked for may tell of their health: only those who decide about it read it, not all of the job."""
    if sees_everybody(actor):
        return EVERYTHING
    if actor.user is None or not actor.has_role(Role.ADMINISTRATOR, Role.RECRUITER):
        return None
    managed = ApplicationAssessment.objects.filter(
        application__job__in=managed_jobs(actor).values("pk"), application__in=applications_seen(actor)
    )
    own = Q(invitation__in=managed.values("invitation"))
    loose = invited_without_job(actor)
    if isinstance(loose, Q):
        own |= Q(invitation__in=Invitation.objects.filter(loose).values("pk"))
    return own


def _open_links(actor: Actor) -> Q | Everything | None:
    """Those of a job to whoever recruits for it, the others to every recruiter."""
    if sees_everybody(actor):
        return EVERYTHING
    if actor.user is None or actor.api_key is not None or not actor.has_role(Role.RECRUITER):
        return None
    mine = JobOpenLink.objects.filter(job__in=jobs_joined(actor, MANAGING_ROLES))
    return Q(pk__in=mine.values("open_link")) | ~Q(pk__in=JobOpenLink.objects.values("open_link"))


def _attempts(actor: Actor) -> Q | Everything | None:
    """Those of invitations that one sees, and those whose result is used again where one decides."""
    reused = ApplicationAssessment.objects.filter(
        application__in=applications_seen(actor), reused_attempt__isnull=False
    )
    seen = Invitation.objects.filter(pk=OuterRef("invitation")).visible_to(actor)
    return Q(Exists(seen)) | Q(pk__in=reused.values("reused_attempt"))


def _scores(actor: Actor) -> Q | Everything | None:
    return Q(Exists(Attempt.objects.filter(pk=OuterRef("attempt")).visible_to(actor)))


def _tests_of_jobs(actor: Actor) -> Q | Everything | None:
    """Managers and interviewers know the tests that their jobs use."""
    if actor.user is None:
        return None
    used = Stage.objects.filter(job__in=jobs_joined(actor), assessment__isnull=False).values("assessment")
    sent = ApplicationAssessment.objects.filter(application__job__in=jobs_joined(actor, SEEING_ROLES))
    return Q(pk__in=used) | Q(
        pk__in=Assessment.objects.filter(versions__invitations__in=sent.values("invitation")).values("pk")
    )


def _own_typing(actor: Actor) -> Q | Everything | None:
    return Q(user=actor.user) if actor.user is not None else None


def register() -> None:
    """Register what hiring opens of tests, and of the questions in them."""
    register_taking(may_take_everybody)
    authors = to_roles(Role.ADMINISTRATOR, Role.RECRUITER, Role.QUESTION_AUTHOR)
    grants: dict[str, Grant] = {
        "assessments.Invitation": _invitations_of_jobs,
        "assessments.AccommodationRequest": _accommodations,
        "assessments.OpenLink": _open_links,
        "assessments.Attempt": _attempts,
        "assessments.Score": _scores,
        # About the question, not the person: authors read them all, without a way to the attempt.
        "assessments.ProblemReport": to_roles(Role.ADMINISTRATOR, Role.QUESTION_AUTHOR),
        "assessments.Assessment": to_roles(
            Role.ADMINISTRATOR, Role.RECRUITER, Role.QUESTION_AUTHOR, Role.ANALYST
        ),
        # How many attempts, not whose: who they are is asked of the attempts.
        "assessments.RegradeRequest": authors,
        "questions.Skill": to_colleagues,
        "questions.QuestionBank": authors,
        "questions.Question": authors,
        "questions.QuestionTag": authors,
        "questions.QuestionFinding": authors,
        "questions.UnsavedEdit": _own_typing,
    }
    for label, grant in grants.items():
        register_grant(label, "hiring", grant)
    register_grant("assessments.Invitation", "hiring.without_job", invited_without_job)
    register_grant("assessments.Assessment", "hiring.of_jobs", _tests_of_jobs)
    register_grant("assessments.ProblemReport", "hiring.of_attempts", _scores)
