"""Who sees which mail, work and history."""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.enums import ActorKind, Role
from accounts.models import Actor
from accounts.registries import EVERYTHING, Everything, Grant, register_grant, register_veil
from assessments.models import AccommodationRequest, Attempt, Invitation
from assessments.registries import ACCOMMODATION_ANSWER
from candidates.models import Candidate, Note
from hiring.enums import Capability
from hiring.models import Application
from hiring.queries.access import jobs_joined, jobs_where, managed_jobs, may
from hiring.queries.grants.assessments import invitation_seen, invited_without_job
from hiring.queries.grants.bases import (
    is_limited,
    scopes_joined,
    scopes_of,
    seen_jobs,
    sees_everybody,
    to_roles,
)
from hiring.queries.grants.people import notes_read
from hiring.queries.interviewing import my_interviews
from hiring.registries import LETTER
from outbox.enums import Audience
from outbox.models import Message
from outbox.registries import register_scopes_seen
from outbox.registries.taking import register_taking
from questions.models import Question

# What has the job as its scope.
_OF_JOBS: Final = ("hiring.application", "assessments.invitation")


def _about(actor: Actor) -> Q:
    """Rows of the outbox that are about something the actor sees.

    Asked of each row: for a few of them nobody needs to know everything that one sees.
    """
    row = OuterRef("about_id")
    return (
        Q(Exists(Application.objects.filter(pk=row).visible_to(actor)), about="hiring.application")
        | Q(invitation_seen(actor, "about_id"), about="assessments.invitation")
        | Q(Exists(Attempt.objects.filter(pk=row).visible_to(actor)), about="assessments.attempt")
    )


def _mail_about(actor: Actor) -> Q:
    """Mail about an application or an invitation that the actor, who does not see everybody, sees.

    What is about an application, or about the test of one, has the job as its scope: it is known of each row without
    looking at another. Tests that were sent outside of any job have none, and are looked up one by one.
    """
    seen = Q(about__in=_OF_JOBS, scope__in=scopes_joined(actor))
    loose = invited_without_job(actor)
    if isinstance(loose, Q):
        found = Invitation.objects.filter(loose, pk=OuterRef("about_id")).values("pk")[:1]
        # Compared with what is found, a database does not begin by finding all of them.
        seen |= Q(about="assessments.invitation", scope="", about_id=Subquery(found))
    return seen


def _scopes_of_mail(actor: Actor) -> list[str] | None:
    if actor.is_system or sees_everybody(actor):
        return None
    return sorted(scopes_of(seen_jobs(actor)))


def _messages(actor: Actor) -> Q | Everything | None:
    if actor.user is None:
        return None
    if sees_everybody(actor):
        return EVERYTHING
    seen = _mail_about(actor)
    if not is_limited(actor):
        seen |= Q(audience=Audience.STAFF, to_address__iexact=actor.user.email)
        if actor.api_key is not None:
            people = Candidate.objects.all().visible_to(actor).values("public_id")
            seen |= Q(audience=Audience.CANDIDATE, about="", created_by=actor.user, person_ref__in=people)
    return seen


def _takes_mail(actor: Actor) -> Q | Everything:
    """Of jobs where the actor's role includes it, and of no job as far as their role in the organisation does."""
    if actor.is_system or actor.has_role(Role.ADMINISTRATOR):
        return EVERYTHING
    taken = Q(scope__in=scopes_of(jobs_where(actor, Capability.EXPORT).values("pk")))
    return taken | Q(scope="") if may(actor, Capability.EXPORT) else taken


def _mail_one_asked_for(actor: Actor) -> Q | None:
    """What one wrote oneself. Of mail to candidates about applications and tests sight of these alone decides."""
    if actor.kind is not ActorKind.USER or actor.user is None:
        return None
    others = Q(audience=Audience.CANDIDATE, about__in=_OF_JOBS)
    return Q(created_by=actor.user) & ~others


def _replies(actor: Actor) -> Q | Everything | None:
    """Answers to mail that one may read; what answers none of ours is for administrators."""
    if actor.user is None:
        return None
    if sees_everybody(actor):
        return EVERYTHING
    seen = _mail_about(actor)
    if not is_limited(actor):
        people = Candidate.objects.all().visible_to(actor).values("public_id")
        own = Message.objects.filter(created_by=actor.user).values("pk")
        seen |= Q(about="", answers__in=own, person_ref__in=people)
    return seen


def _events(actor: Actor) -> Q | Everything | None:
    if actor.user is None:
        return None
    if sees_everybody(actor):
        return EVERYTHING
    people = Candidate.objects.all().visible_to(actor).values("pk")
    return (
        _about(actor)
        | Q(about="hiring.job", about_id__in=jobs_joined(actor))
        | Q(about="candidates.candidate", about_id__in=people)
        | Q(about="questions.question", about_id__in=Question.objects.all().visible_to(actor).values("pk"))
    )


def _work(actor: Actor) -> Q | Everything | None:
    if actor.user is None:
        return None
    if actor.api_key is not None:
        return Q(api_key_id=actor.api_key.pk)
    return EVERYTHING if actor.has_role(Role.ADMINISTRATOR) else Q(created_by=actor.user)


def _templates(actor: Actor) -> Q | Everything | None:
    """Letters are for whoever writes to people of any job."""
    if actor.user is None or actor.api_key is not None or actor.has_role(Role.ADMINISTRATOR, Role.RECRUITER):
        return to_roles(Role.ADMINISTRATOR, Role.RECRUITER)(actor)
    return Q(Exists(jobs_where(actor, Capability.MAIL)), kind=LETTER)


def _about_requests(actor: Actor) -> Q:
    """What is about requests for more time, or about answers to them, that the actor may not read.

    Without a job they are read by whoever sees the test, as all of its mail.
    """
    if actor.user is None or not actor.has_role(Role.ADMINISTRATOR, Role.RECRUITER):
        return Q()
    return ~Q(scope="") & ~Q(scope__in=scopes_of(managed_jobs(actor).values("pk")))


def _answers_to_requests(actor: Actor) -> Q | None:
    """Hides the mail that answers a request for more time from everybody who may not read the request."""
    return None if sees_everybody(actor) else Q(kind=ACCOMMODATION_ANSWER) & _about_requests(actor)


def _replies_about_requests(actor: Actor) -> Q | None:
    """Hides what people write back about more time from everybody who may not read their request."""
    if sees_everybody(actor):
        return None
    # There are few of them, found by what they are about.
    asked = AccommodationRequest.objects.values("invitation")
    answered = Message.objects.filter(
        kind=ACCOMMODATION_ANSWER, about="assessments.invitation", about_id__in=asked
    )
    return _about_requests(actor) & Q(answers__in=answered.values("pk"))


def _news_out_of_sight(actor: Actor) -> Q | None:
    """Hides what colleagues were told of what they may not see, or not any more.

    Every page counts what is unread. So what is about an application, or about the test of one, says its job itself,
    and the rest is looked at row by row: never through the set of all that one sees.
    """
    everything = sees_everybody(actor)
    of_jobs = Q(about__in=_OF_JOBS)
    seen = (
        (of_jobs & ~Q(scope="") if everything else of_jobs & Q(scope__in=scopes_joined(actor)))
        | (Q(about="hiring.job") if everything else Q(about="hiring.job", about_id__in=jobs_joined(actor)))
        | Q(about="hiring.interview") & Exists(my_interviews(actor).filter(pk=OuterRef("about_id")))
        | Q(about=Note._meta.label_lower) & Exists(notes_read(actor).filter(pk=OuterRef("about_id")))
        | Q(about=Question._meta.label_lower)
        & Exists(Question.objects.filter(pk=OuterRef("about_id")).visible_to(actor))
        # Mail about nothing of ours: only whoever wrote it was told.
        | Q(about="")
    )
    return ~seen


def register() -> None:
    """Register what hiring opens and hides of the outbox."""
    grants: dict[str, Grant] = {
        "outbox.Message": _messages,
        "outbox.InboundMessage": _replies,
        "outbox.Event": _events,
        "outbox.Work": _work,
        "outbox.MessageTemplate": _templates,
    }
    for label, grant in grants.items():
        register_grant(label, "hiring", grant)
    register_grant("outbox.Message", "whoever asked for it", _mail_one_asked_for)
    register_scopes_seen(_scopes_of_mail)
    register_taking(_takes_mail)
    register_veil("outbox.Message", "hiring.requests", _answers_to_requests)
    register_veil("outbox.Notification", "hiring.out_of_sight", _news_out_of_sight)
    register_veil("outbox.InboundMessage", "hiring.requests", _replies_about_requests)
