"""What hiring opens to whom, for every model that a page shows. Registered once, when the app is ready.

Each grant is an id in a subquery, never a join, so that rows are neither doubled nor lost with other filters.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import Role
from accounts.models import Actor
from accounts.registries import EVERYTHING, Everything, Grant, register_grant, register_veil
from assessments.models import AccommodationRequest, Assessment, Attempt, Invitation
from assessments.registries import ACCOMMODATION_ANSWER
from candidates.enums import NoteAudience
from candidates.models import Candidate
from hiring.models import Application, ApplicationAssessment, Job, JobMember, JobOpenLink, Stage
from hiring.queries.access import all_jobs, key_limits, managed_jobs, member_jobs
from hiring.rules import MANAGING_ROLES, SEEING_ROLES
from outbox.enums import Audience
from questions.models import Question


def _by_jobs(field: str, *, roles: frozenset[str] | None, analysts: bool = False) -> Grant:
    """A grant of the rows whose job the actor is on (in `roles`); of all for administrators, and analysts if said."""

    def grant(actor: Actor) -> Q | Everything | None:
        everywhere = (Role.ADMINISTRATOR, Role.ANALYST) if analysts else (Role.ADMINISTRATOR,)
        if actor.has_role(*everywhere):
            limited = all_jobs(actor)
            return EVERYTHING if limited is None else Q(**{f"{field}__in": limited})
        return None if actor.user is None else Q(**{f"{field}__in": member_jobs(actor, roles)})

    return grant


def _to_roles(*roles: Role) -> Grant:
    """A grant of every row to these roles of the organisation."""

    def grant(actor: Actor) -> Q | Everything | None:
        return EVERYTHING if actor.has_role(*roles) else None

    return grant


def _to_colleagues(actor: Actor) -> Q | Everything | None:
    return EVERYTHING if actor.user is not None else None


def _applications(actor: Actor) -> QuerySet[Application]:
    return Application.objects.all().visible_to(actor).values("pk")  # type: ignore[return-value]


def _is_limited(actor: Actor) -> bool:
    return bool(key_limits(actor.api_key))


def _without_job(actor: Actor) -> Q | Everything | None:
    """People who belong to no job: seen by every recruiter, and by whoever added or invited them."""
    if actor.user is None or _is_limited(actor):
        return None
    nobodys = Candidate.objects.filter(~Exists(Application.objects.filter(candidate=OuterRef("pk"))))
    if not actor.has_role(Role.RECRUITER):
        invited = Invitation.objects.filter(candidate=OuterRef("pk"), invited_by=actor.user)
        nobodys = nobodys.filter(Q(created_by=actor.user) | Exists(invited))
    return Q(pk__in=nobodys.values("pk"))


def _candidates_with_job(actor: Actor) -> Q | Everything | None:
    if _sees_everybody(actor):
        return EVERYTHING
    return Q(pk__in=Application.objects.all().visible_to(actor).values("candidate"))


def _invitations_of_jobs(actor: Actor) -> Q | Everything | None:
    if _sees_everybody(actor):
        return EVERYTHING
    links = ApplicationAssessment.objects.filter(application__in=_applications(actor))
    return Q(pk__in=links.values("invitation"))


def _invitations_without_job(actor: Actor) -> Q | Everything | None:
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


def _accommodations(actor: Actor) -> Q | Everything | None:
    """What people asked for may tell of their health: only those who decide about it read it, not all of the job."""
    if _sees_everybody(actor):
        return EVERYTHING
    if actor.user is None or not actor.has_role(Role.ADMINISTRATOR, Role.RECRUITER):
        return None
    managed = ApplicationAssessment.objects.filter(
        application__job__in=managed_jobs(actor).values("pk"), application__in=_applications(actor)
    )
    own = Q(invitation__in=managed.values("invitation"))
    loose = _invitations_without_job(actor)
    if isinstance(loose, Q):
        own |= Q(invitation__in=Invitation.objects.filter(loose).values("pk"))
    return Q(pk__in=AccommodationRequest.objects.filter(own).values("pk"))


def _open_links(actor: Actor) -> Q | Everything | None:
    """Those of a job to whoever recruits for it, the others to every recruiter."""
    if _sees_everybody(actor):
        return EVERYTHING
    if actor.user is None or actor.api_key is not None or not actor.has_role(Role.RECRUITER):
        return None
    mine = JobOpenLink.objects.filter(job__in=member_jobs(actor, MANAGING_ROLES))
    return Q(pk__in=mine.values("open_link")) | ~Q(pk__in=JobOpenLink.objects.values("open_link"))


def _attempts(actor: Actor) -> Q | Everything | None:
    return Q(invitation__in=Invitation.objects.all().visible_to(actor).values("pk"))


def _scores(actor: Actor) -> Q | Everything | None:
    return Q(attempt__in=Attempt.objects.all().visible_to(actor).values("pk"))


def _tests_of_jobs(actor: Actor) -> Q | Everything | None:
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
        | Q(
            about="assessments.invitation",
            about_id__in=Invitation.objects.all().visible_to(actor).values("pk"),
        )
        | Q(about="assessments.attempt", about_id__in=Attempt.objects.all().visible_to(actor).values("pk"))
    )


def _messages(actor: Actor) -> Q | Everything | None:
    if actor.user is None:
        return None
    if _sees_everybody(actor):
        return EVERYTHING
    seen = _about(actor)
    if not _is_limited(actor):
        people = Candidate.objects.all().visible_to(actor).values("public_id")
        seen |= Q(audience=Audience.CANDIDATE, about="", created_by=actor.user, person_ref__in=people)
        seen |= Q(audience=Audience.STAFF, to_address__iexact=actor.user.email)
    return seen


def _events(actor: Actor) -> Q | Everything | None:
    if actor.user is None:
        return None
    if _sees_everybody(actor):
        return EVERYTHING
    people = Candidate.objects.all().visible_to(actor).values("pk")
    return (
        _about(actor)
        | Q(about="hiring.job", about_id__in=member_jobs(actor))
        | Q(about="candidates.candidate", about_id__in=people)
        | Q(about="questions.question", about_id__in=Question.objects.all().visible_to(actor).values("pk"))
    )


def _work(actor: Actor) -> Q | Everything | None:
    if actor.user is None:
        return None
    if actor.api_key is not None:
        return Q(api_key_id=actor.api_key.pk)
    return EVERYTHING if actor.has_role(Role.ADMINISTRATOR) else Q(created_by=actor.user)


def _notes(actor: Actor) -> Q | Everything | None:
    if _sees_everybody(actor):
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


def _tags(actor: Actor) -> Q | Everything | None:
    if actor.has_role(Role.ADMINISTRATOR, Role.RECRUITER):
        return EVERYTHING
    seen = Candidate.objects.all().visible_to(actor).values("pk")
    return Q(pk__in=Candidate.tags.through.objects.filter(candidate__in=seen).values("tag"))


def _people_of_other_jobs(actor: Actor) -> Q | None:
    """Hides people whose every application is out of sight, from whoever added them too: jobs alone decide then."""
    if _sees_everybody(actor):
        return None
    applied = Application.objects.values("candidate")
    seen = Application.objects.all().visible_to(actor).values("candidate")
    hidden = Q(pk__in=applied) & ~Q(pk__in=seen)
    # A key that is limited to jobs reaches nobody beyond them, whatever its owner added.
    return ~Q(pk__in=seen) if _is_limited(actor) else hidden


def _mail_of_other_jobs(actor: Actor) -> Q | None:
    """Hides mail to candidates about what is out of sight, from whoever wrote it too."""
    if _sees_everybody(actor):
        return None
    about = Q(audience=Audience.CANDIDATE, about__in=("hiring.application", "assessments.invitation"))
    return about & ~_about(actor)


def _answers_to_requests(actor: Actor) -> Q | None:
    """Hides the mail that answers a request for more time from everybody who may not read the request."""
    if _sees_everybody(actor):
        return None
    asked = AccommodationRequest.objects.all().visible_to(actor).values("invitation")
    return Q(kind=ACCOMMODATION_ANSWER) & ~Q(about_id__in=asked)


def _sees_everybody(actor: Actor) -> bool:
    return actor.has_role(Role.ADMINISTRATOR) and not _is_limited(actor)


def register() -> None:
    """Register every grant and veil of hiring. Called once, by the app's `ready`."""
    grants: dict[str, Grant] = {
        Job._meta.label: _by_jobs("pk", roles=None, analysts=True),
        Stage._meta.label: _by_jobs("job", roles=None, analysts=True),
        JobMember._meta.label: _by_jobs("job", roles=None),
        Application._meta.label: _by_jobs("job", roles=SEEING_ROLES),
        ApplicationAssessment._meta.label: lambda actor: Q(application__in=_applications(actor)),
        "hiring.RejectionReason": _to_colleagues,
        "candidates.Candidate": _candidates_with_job,
        "candidates.Note": _notes,
        "candidates.Tag": _tags,
        "candidates.ConsentText": _to_roles(Role.ADMINISTRATOR, Role.RECRUITER),
        "assessments.Invitation": _invitations_of_jobs,
        "assessments.AccommodationRequest": _accommodations,
        "assessments.OpenLink": _open_links,
        "assessments.Attempt": _attempts,
        "assessments.Score": _scores,
        # About the question, not the person: authors read them all, without a way to the attempt.
        "assessments.ProblemReport": _to_roles(Role.ADMINISTRATOR, Role.QUESTION_AUTHOR),
        "assessments.Assessment": _to_roles(
            Role.ADMINISTRATOR, Role.RECRUITER, Role.QUESTION_AUTHOR, Role.ANALYST
        ),
        "questions.Skill": _to_colleagues,
        "questions.QuestionBank": _to_roles(Role.ADMINISTRATOR, Role.RECRUITER, Role.QUESTION_AUTHOR),
        "questions.Question": _to_roles(Role.ADMINISTRATOR, Role.RECRUITER, Role.QUESTION_AUTHOR),
        "questions.QuestionTag": _to_roles(Role.ADMINISTRATOR, Role.RECRUITER, Role.QUESTION_AUTHOR),
        "outbox.Message": _messages,
        "outbox.Event": _events,
        "outbox.Work": _work,
        "outbox.MessageTemplate": _to_roles(Role.ADMINISTRATOR, Role.RECRUITER),
    }
    for label, grant in grants.items():
        register_grant(label, "hiring", grant)
    register_grant("candidates.Candidate", "hiring.without_job", _without_job)
    register_grant("assessments.Invitation", "hiring.without_job", _invitations_without_job)
    register_grant("assessments.Assessment", "hiring.of_jobs", _tests_of_jobs)
    register_grant("assessments.ProblemReport", "hiring.of_attempts", _scores)
    register_veil("candidates.Candidate", "hiring.other_jobs", _people_of_other_jobs)
    register_veil("candidates.Note", "hiring.recruiters_only", _notes_for_recruiters)
    register_veil("outbox.Message", "hiring.other_jobs", _mail_of_other_jobs)
    register_veil("outbox.Message", "hiring.requests", _answers_to_requests)
