"""What hiring opens to whom, for every model that a page shows. Registered once, when the app is ready.

Each grant is an id in a subquery, never a join, so that rows are neither doubled nor lost with other filters.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import Role
from accounts.models import Actor
from accounts.registries import EVERYTHING, Grant, register_grant, register_veil
from assessments.models import Assessment, Attempt, Invitation
from candidates.enums import NoteAudience
from candidates.models import Candidate
from hiring.models import Application, ApplicationAssessment, Job, JobMember, Stage
from hiring.queries.access import all_jobs, key_limits, member_jobs
from hiring.rules import MANAGING_ROLES, SEEING_ROLES
from outbox.enums import Audience

Opened = Q | object | None


def _by_jobs(field: str, *, roles: frozenset[str] | None, analysts: bool = False) -> Grant:
    """A grant of the rows whose job the actor is on (in `roles`); of all for administrators, and analysts if said."""

    def grant(actor: Actor) -> Q | object | None:
        everywhere = (Role.ADMINISTRATOR, Role.ANALYST) if analysts else (Role.ADMINISTRATOR,)
        if actor.has_role(*everywhere):
            limited = all_jobs(actor)
            return EVERYTHING if limited is None else Q(**{f"{field}__in": limited})
        return None if actor.user is None else Q(**{f"{field}__in": member_jobs(actor, roles)})

    return grant  # type: ignore[return-value]


def _to_roles(*roles: Role) -> Grant:
    """A grant of every row to these roles of the organisation."""

    def grant(actor: Actor) -> Q | object | None:
        return EVERYTHING if actor.has_role(*roles) else None

    return grant  # type: ignore[return-value]


def _to_colleagues(actor: Actor) -> Q | object | None:
    return EVERYTHING if actor.user is not None else None


def _applications(actor: Actor) -> QuerySet[Application]:
    return Application.objects.all().visible_to(actor).values("pk")  # type: ignore[return-value]


def _is_limited(actor: Actor) -> bool:
    return bool(key_limits(actor.api_key))


def _without_job(actor: Actor) -> Q | object | None:
    """People who belong to no job: seen by every recruiter, and by whoever added or invited them."""
    if actor.user is None or _is_limited(actor):
        return None
    nobodys = Candidate.objects.filter(~Exists(Application.objects.filter(candidate=OuterRef("pk"))))
    if not actor.has_role(Role.RECRUITER):
        invited = Invitation.objects.filter(candidate=OuterRef("pk"), invited_by=actor.user)
        nobodys = nobodys.filter(Q(created_by=actor.user) | Exists(invited))
    return Q(pk__in=nobodys.values("pk"))


def _candidates_with_job(actor: Actor) -> Q | object | None:
    if actor.has_role(Role.ADMINISTRATOR) and not _is_limited(actor):
        return EVERYTHING
    return Q(pk__in=Application.objects.all().visible_to(actor).values("candidate"))


def _invitations_of_jobs(actor: Actor) -> Q | object | None:
    if actor.has_role(Role.ADMINISTRATOR) and not _is_limited(actor):
        return EVERYTHING
    links = ApplicationAssessment.objects.filter(application__in=_applications(actor))
    return Q(pk__in=links.values("invitation"))


def _invitations_without_job(actor: Actor) -> Q | object | None:
    """Tests sent outside of any application: to whoever sent them, and to recruiters who see the person."""
    if actor.user is None or _is_limited(actor):
        return None
    loose = Invitation.objects.filter(
        ~Exists(ApplicationAssessment.objects.filter(invitation=OuterRef("pk")))
    )
    mine = loose.filter(invited_by=actor.user)
    if actor.has_role(Role.RECRUITER):
        people = Candidate.objects.all().visible_to(actor).values("pk")
        mine = loose.filter(Q(invited_by=actor.user) | Q(candidate__in=people))
    return Q(pk__in=mine.values("pk"))


def _attempts(actor: Actor) -> Q | object | None:
    return Q(invitation__in=Invitation.objects.all().visible_to(actor).values("pk"))


def _scores(actor: Actor) -> Q | object | None:
    return Q(attempt__in=Attempt.objects.all().visible_to(actor).values("pk"))


def _tests_of_jobs(actor: Actor) -> Q | object | None:
    """Managers and interviewers know the tests that their jobs use."""
    if actor.user is None:
        return None
    jobs = member_jobs(actor)
    used = Stage.objects.filter(job__in=jobs, assessment__isnull=False).values("assessment")
    sent = ApplicationAssessment.objects.filter(application__job__in=member_jobs(actor, SEEING_ROLES))
    return Q(pk__in=used) | Q(
        pk__in=Assessment.objects.filter(versions__invitations__in=sent.values("invitation")).values("pk")
    )


def _about(actor: Actor) -> Q:
    """Rows of the outbox that are about something the actor sees."""
    return (
        Q(about="hiring.application", about_id__in=_applications(actor))
        | Q(about="assessments.invitation", about_id__in=Invitation.objects.all().visible_to(actor).values("pk"))
        | Q(about="assessments.attempt", about_id__in=Attempt.objects.all().visible_to(actor).values("pk"))
    )


def _messages(actor: Actor) -> Q | object | None:
    if actor.user is None:
        return None
    if actor.has_role(Role.ADMINISTRATOR) and not _is_limited(actor):
        return EVERYTHING
    seen = _about(actor)
    if not _is_limited(actor):
        people = Candidate.objects.all().visible_to(actor).values("public_id")
        seen |= Q(audience=Audience.CANDIDATE, about="", created_by=actor.user, person_ref__in=people)
        seen |= Q(audience=Audience.STAFF, to_address__iexact=actor.user.email)
    return seen


def _events(actor: Actor) -> Q | object | None:
    if actor.user is None:
        return None
    if actor.has_role(Role.ADMINISTRATOR) and not _is_limited(actor):
        return EVERYTHING
    people = Candidate.objects.all().visible_to(actor).values("pk")
    return (
        _about(actor)
        | Q(about="hiring.job", about_id__in=member_jobs(actor))
        | Q(about="candidates.candidate", about_id__in=people)
    )


def _work(actor: Actor) -> Q | object | None:
    if actor.user is None:
        return None
    if actor.api_key is not None:
        return Q(api_key_id=actor.api_key.pk)
    return EVERYTHING if actor.has_role(Role.ADMINISTRATOR) else Q(created_by=actor.user)


def _notes(actor: Actor) -> Q | object | None:
    if actor.has_role(Role.ADMINISTRATOR) and not _is_limited(actor):
        return EVERYTHING
    return Q(candidate__in=Candidate.objects.all().visible_to(actor).values("pk"))


def _notes_for_recruiters(actor: Actor) -> Q | None:
    """Hides what only recruiters may read from everybody who recruits for no job of that person."""
    if actor.has_role(Role.ADMINISTRATOR):
        return None
    recruited = Application.objects.filter(job__in=member_jobs(actor, MANAGING_ROLES)).values("candidate")
    readable = Q(candidate__in=recruited) | Q(author=actor.user)
    if actor.has_role(Role.RECRUITER):
        jobless = Candidate.objects.filter(~Exists(Application.objects.filter(candidate=OuterRef("pk"))))
        readable |= Q(candidate__in=jobless.values("pk"))
    return Q(audience=NoteAudience.RECRUITERS) & ~readable


def _tags(actor: Actor) -> Q | object | None:
    if actor.has_role(Role.ADMINISTRATOR, Role.RECRUITER):
        return EVERYTHING
    seen = Candidate.objects.all().visible_to(actor).values("pk")
    return Q(pk__in=Candidate.tags.through.objects.filter(candidate__in=seen).values("tag"))


def register() -> None:
    """Register every grant and veil of hiring. Called once, by the app's `ready`."""
    grants: dict[str, Grant] = {
        Job._meta.label: _by_jobs("pk", roles=None, analysts=True),
        Stage._meta.label: _by_jobs("job", roles=None, analysts=True),
        JobMember._meta.label: _by_jobs("job", roles=None),
        Application._meta.label: _by_jobs("job", roles=SEEING_ROLES),  # type: ignore[arg-type]
        ApplicationAssessment._meta.label: lambda actor: Q(application__in=_applications(actor)),
        "hiring.RejectionReason": _to_colleagues,  # type: ignore[dict-item]
        "candidates.Candidate": _candidates_with_job,  # type: ignore[dict-item]
        "candidates.Note": _notes,  # type: ignore[dict-item]
        "candidates.Tag": _tags,  # type: ignore[dict-item]
        "candidates.ConsentText": _to_roles(Role.ADMINISTRATOR, Role.RECRUITER),
        "assessments.Invitation": _invitations_of_jobs,  # type: ignore[dict-item]
        "assessments.Attempt": _attempts,  # type: ignore[dict-item]
        "assessments.Score": _scores,  # type: ignore[dict-item]
        "assessments.Assessment": _to_roles(
            Role.ADMINISTRATOR, Role.RECRUITER, Role.QUESTION_AUTHOR, Role.ANALYST
        ),
        "questions.Skill": _to_colleagues,  # type: ignore[dict-item]
        "questions.QuestionBank": _to_roles(Role.ADMINISTRATOR, Role.RECRUITER, Role.QUESTION_AUTHOR),
        "questions.Question": _to_roles(Role.ADMINISTRATOR, Role.RECRUITER, Role.QUESTION_AUTHOR),
        "questions.QuestionTag": _to_roles(Role.ADMINISTRATOR, Role.RECRUITER, Role.QUESTION_AUTHOR),
        "outbox.Message": _messages,  # type: ignore[dict-item]
        "outbox.Event": _events,  # type: ignore[dict-item]
        "outbox.Work": _work,  # type: ignore[dict-item]
        "outbox.MessageTemplate": _to_roles(Role.ADMINISTRATOR, Role.RECRUITER),
    }
    for label, grant in grants.items():
        register_grant(label, "hiring", grant)
    register_grant("candidates.Candidate", "hiring.without_job", _without_job)  # type: ignore[arg-type]
    register_grant("assessments.Invitation", "hiring.without_job", _invitations_without_job)  # type: ignore[arg-type]
    register_grant("assessments.Assessment", "hiring.of_jobs", _tests_of_jobs)  # type: ignore[arg-type]
    register_veil("candidates.Note", "hiring.recruiters_only", _notes_for_recruiters)
