"""Telling colleagues what happens in the pipeline, in the transaction of what it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.models import Actor, User
from hiring.enums import TransitionCause
from hiring.models import Application, ApplicationAssessment, ApplicationTransition, Approval, Interview, Job
from hiring.queries.approvals import approvers
from hiring.queries.notifications import (
    APPLICATION_NEW,
    APPROVAL_ASKED,
    APPROVAL_DECIDED,
    ASSIGNED,
    RESULT_CHANGED,
    TEST_FINISHED,
    who_hears,
    who_hears_of,
)
from hiring.rules import job_scope
from outbox.operations import notify


def tell_of_new(transitions: Sequence[ApplicationTransition], *, by: Actor, now: datetime) -> None:
    """Tell of the applications that begin with these transitions: one notification a person and job, however many."""
    new: dict[int, list[Application]] = defaultdict(list)
    for transition in transitions:
        if transition.cause == TransitionCause.APPLIED:
            new[transition.application.job_id].append(transition.application)
    for applications in new.values():
        first, last = applications[0], applications[-1]
        _tell_of_new(
            first.job_id,
            # They were written together, so their numbers are next to each other: one condition for however many.
            ids=(first.pk, last.pk),
            intent=f"{APPLICATION_NEW}:{first.pk}",
            person_ref=first.candidate.public_id if len(applications) == 1 else "",
            count=len(applications),
            by=by,
            now=now,
        )


def tell_of_imported(job: Job, ids: Sequence[int], *, work: str, by: Actor, now: datetime) -> None:
    """Tell of the applications that a piece of work brought, whose keys are `ids`: once, however often it runs."""
    if not ids:
        return
    one = Application.objects.select_related("candidate").get(pk=ids[0]) if len(ids) == 1 else None
    _tell_of_new(
        job.pk,
        ids=(min(ids), max(ids)),
        intent=f"{APPLICATION_NEW}:{work}",
        person_ref=one.candidate.public_id if one is not None else "",
        count=len(ids),
        by=by,
        now=now,
    )


def _tell_of_new(
    job_id: int,
    *,
    ids: tuple[int, int],
    intent: str,
    person_ref: str,
    count: int,
    by: Actor,
    now: datetime,
) -> None:
    """Tell of applications for a job, the first and the last of which have the keys `ids`."""
    notify(
        users=who_hears(Application.objects.filter(job=job_id, pk__range=ids)),
        kind=APPLICATION_NEW,
        intent=intent,
        about=Application._meta.label,
        # Who sees one application of a job sees the others, and here they are of one job.
        about_id=ids[0],
        scope=job_scope(job_id),
        person_ref=person_ref,
        count=count,
        by=by,
        now=now,
    )


def tell_finished(link: ApplicationAssessment, *, score_id: int, now: datetime) -> None:
    """Tell that the test of an application has a result; the same result is told once."""
    _tell_of_result(TEST_FINISHED, link, score_id=score_id, now=now)


def tell_result_changed(link: ApplicationAssessment, *, score_id: int, now: datetime) -> None:
    """Tell that a test which had a result has another by a mended key: somebody may have decided by the first one."""
    _tell_of_result(RESULT_CHANGED, link, score_id=score_id, now=now)


def _tell_of_result(kind: str, link: ApplicationAssessment, *, score_id: int, now: datetime) -> None:
    application = link.application
    notify(
        users=who_hears_of(application),
        kind=kind,
        intent=f"{kind}:{link.pk}:{score_id}",
        about=Application._meta.label,
        about_id=application.pk,
        scope=job_scope(application.job_id),
        person_ref=application.candidate.public_id,
        by=Actor.system(),
        now=now,
    )


def tell_asked(approvals: Sequence[Approval], *, by: Actor, now: datetime) -> None:
    """Tell those who approve for a job that this was asked for, of its people: once, however many they are."""
    if not approvals:
        return
    first = approvals[0].application
    one = first if len(approvals) == 1 else None
    without = (approvals[0].asked_by_id, one.referred_by_id if one is not None else None)
    notify(
        users=approvers(first.job, by, without=without),
        kind=APPROVAL_ASKED,
        intent=f"{APPROVAL_ASKED}:{approvals[0].pk}",
        about=Application._meta.label,
        about_id=first.pk,
        scope=job_scope(first.job_id),
        person_ref=first.candidate.public_id if one is not None else "",
        count=len(approvals),
        by=by,
        now=now,
    )


def tell_decided(approval: Approval, *, by: Actor, now: datetime) -> None:
    """Tell whoever asked for an approval that it was given or declined; nobody where a rule asked."""
    if approval.asked_by_id is None:
        return
    application = approval.application
    notify(
        users=User.objects.filter(pk=approval.asked_by_id),
        kind=APPROVAL_DECIDED,
        intent=f"{APPROVAL_DECIDED}:{approval.pk}",
        about=Application._meta.label,
        about_id=application.pk,
        scope=job_scope(application.job_id),
        person_ref=application.candidate.public_id,
        by=by,
        now=now,
    )


def tell_assigned(job: Job, user_ids: Iterable[int], *, by: Actor, now: datetime) -> None:
    """Tell colleagues that they are on a job now; on one day once, however often they are put on and taken off."""
    ids = set(user_ids)
    if ids:
        notify(
            users=User.objects.filter(pk__in=ids),
            kind=ASSIGNED,
            intent=f"{ASSIGNED}:{job.pk}:{now:%Y-%m-%d}",
            about=Job._meta.label,
            about_id=job.pk,
            by=by,
            now=now,
        )


def tell_interviewers(interview: Interview, user_ids: Iterable[int], *, by: Actor, now: datetime) -> None:
    """Tell colleagues that they hold an interview; on one day once, however often they are chosen and left out."""
    ids = set(user_ids)
    if ids:
        notify(
            users=User.objects.filter(pk__in=ids),
            kind=ASSIGNED,
            intent=f"{ASSIGNED}:interview:{interview.pk}:{now:%Y-%m-%d}",
            about=Interview._meta.label,
            about_id=interview.pk,
            person_ref=interview.application.candidate.public_id,
            by=by,
            now=now,
        )
