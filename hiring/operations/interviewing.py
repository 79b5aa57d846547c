"""Asking for interviews, and who holds them. Whoever holds one sees the person."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor, User
from accounts.rules import normalise_email
from candidates.models import CandidateEmail
from hiring.enums import ApplicationStatus, Capability
from hiring.models import Application, Interview, Interviewer
from hiring.operations.access import require_may, require_other_person
from hiring.operations.errors import MoveRefused
from hiring.operations.notifying import tell_interviewers
from outbox.operations import EventDraft, record_events
from rendering.characters import clean_line

TITLE_LENGTH = 80
MOST_INTERVIEWERS = 10


@transaction.atomic
def ask_for_interview(*, application: Application, title: str, by: Actor, now: datetime) -> Interview:
    """Ask for an interview of somebody beside those that stages ask for, and return it.

    Raises: `PermissionDenied`; `ValidationError` keyed "title"; `MoveRefused` ("not_live").
    """
    _authorise(application, by)
    title = clean_line(title).strip()
    if not title or len(title) > TITLE_LENGTH:
        raise ValidationError({"title": _("Name the interview, in at most %d characters.") % TITLE_LENGTH})
    interview = Interview.objects.create(
        application=application, stage_id=application.stage_id, title=title, created_at=now
    )
    _record("application.interview_asked", interview, [None], by=by, now=now)
    return interview


@transaction.atomic
def set_interviewers(*, interview: Interview, users: Collection[User], by: Actor, now: datetime) -> None:
    """Let exactly `users` hold an interview. They see the person from now on; whoever is left out does no more.

    Side effects: an event for each who came or went, and who came is told. The same again changes nothing.
    Raises: `PermissionDenied`; `ValidationError` keyed "users"; `MoveRefused` ("not_live").
    """
    application = interview.application
    _authorise(application, by)
    wanted = {user.pk: user for user in users}
    if len(wanted) > MOST_INTERVIEWERS:
        raise ValidationError({"users": _("Choose at most %d interviewers.") % MOST_INTERVIEWERS})
    for user in wanted.values():
        if not user.is_active:
            raise ValidationError({"users": _("%s is not active any more. Choose somebody else.") % user})
    _refuse_the_person(wanted.values(), application)
    before = set(Interviewer.objects.filter(interview=interview).values_list("user_id", flat=True))
    added, gone = sorted(wanted.keys() - before), sorted(before - wanted.keys())
    Interviewer.objects.filter(interview=interview, user__in=gone).delete()
    Interviewer.objects.bulk_create(
        [Interviewer(interview=interview, user_id=pk) for pk in added], ignore_conflicts=True
    )
    tell_interviewers(interview, added, by=by, now=now)
    _record("application.interviewer_added", interview, added, by=by, now=now)
    _record("application.interviewer_removed", interview, gone, by=by, now=now)


def _authorise(application: Application, by: Actor) -> None:
    require_may(by, Capability.DECIDE, application.job)
    require_other_person(by, application.candidate_id)
    if application.status not in ApplicationStatus.live:
        raise MoveRefused(
            "not_live",
            _("%(person)s is “%(status)s”. Restore the application first.")
            % {"person": application.candidate, "status": application.get_status_display()},
        )


def _refuse_the_person(users: Iterable[User], application: Application) -> None:
    addresses = {normalise_email(user.email): user for user in users}
    own = CandidateEmail.objects.filter(candidate=application.candidate_id, normalised__in=addresses).first()
    if own is not None:
        raise ValidationError({"users": _("%s cannot interview themselves.") % addresses[own.normalised]})


def _record(
    kind: str, interview: Interview, users: Collection[int | None], *, by: Actor, now: datetime
) -> None:
    application = interview.application
    drafts = [
        EventDraft(
            kind=kind,
            person_ref=application.candidate.public_id,
            about="hiring.application",
            about_id=application.pk,
            data={"interview": interview.pk} | ({} if pk is None else {"user": pk}),
        )
        for pk in users
    ]
    record_events(drafts=drafts, by=by, now=now)
