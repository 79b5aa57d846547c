"""Open links of a job: whoever comes by one applies for it, and is invited to its test."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments.models import Assessment, Invitation, OpenLink
from assessments.operations import CannotInvite, create_open_link
from assessments.registries import register_inviter
from candidates.models import Candidate
from hiring.enums import Capability, Source
from hiring.models import ApplicationAssessment, Job, JobOpenLink
from hiring.operations.access import require_may
from hiring.operations.applications import add_application, first_stage, require_long_enough_ago
from hiring.operations.errors import ApplyRefused, InviteRefused, JobRefused
from hiring.operations.inviting import invite_to_test
from hiring.queries.applying_again import earlier_application
from hiring.queries.jobs import test_stage
from rendering.moments import exact_time


@transaction.atomic
def create_job_link(
    *,
    job: Job,
    assessment: Assessment,
    title: str,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    most_people: int | None = None,
    by: Actor,
    now: datetime,
) -> OpenLink:
    """Make an open link by which people apply for `job` and take a test, and return it.

    Raises `PermissionDenied`, `JobRefused` for a job that takes nobody or a test whose stage needs an approval, and as
    `create_open_link` does.
    """
    require_may(by, Capability.CHANGE_JOB, job)
    first_stage(job)
    asking = test_stage(job.pk, assessment)
    if asking is not None and asking.needs_approval:
        words = _(
            "“%s” asks for this test and takes people with an approval only. Nobody comes there by a link."
        )
        raise JobRefused("needs_approval", words % asking.name)
    link = create_open_link(
        assessment=assessment,
        title=title,
        opens_at=opens_at,
        closes_at=closes_at,
        most_people=most_people,
        by=by,
        now=now,
    )
    JobOpenLink.objects.create(open_link=link, job=job)
    return link


def invite_by_link(link: OpenLink, candidate: Candidate, now: datetime) -> Invitation | None:
    """Let somebody who came by a link of a job apply for it, and return their invitation; None for other links.

    A live application is gone on with, and so is an open invitation to the test. Raises `CannotInvite`.
    """
    tie = JobOpenLink.objects.select_related("job").filter(open_link=link).first()
    if tie is None:
        return None
    by = Actor.system()
    try:
        stage = first_stage(tie.job)
    except JobRefused as refusal:
        raise CannotInvite(_("Nobody can apply here any more.")) from refusal
    earlier = earlier_application(candidate_id=candidate.pk, job_id=tie.job_id)
    try:
        require_long_enough_ago(earlier, tie.job, now=now)
    except ApplyRefused as refusal:
        words = _("You have applied here before. You can apply again from %s.")
        raise CannotInvite(words % exact_time(refusal.allowed_at)) from refusal
    application, _is_new = add_application(
        job=tie.job,
        candidate=candidate,
        stage=stage,
        source=Source.OPEN_LINK,
        applied_at=now,
        previous=earlier,
        by=by,
        now=now,
        sent=link.assessment,
    )
    try:
        return invite_to_test(application=application, assessment=link.assessment, by=by, now=now)
    except InviteRefused as refusal:
        if refusal.code != "already_invited":
            raise CannotInvite(_for_strangers(refusal)) from refusal
    ties = ApplicationAssessment.objects.filter(application=application)
    sent = Invitation.objects.filter(pk__in=ties.values("invitation"), version__assessment=link.assessment)
    return sent.select_related("link").latest("created_at", "pk")


def _for_strangers(refusal: InviteRefused) -> str:
    """Say why not, without what colleagues think of the application."""
    if refusal.code in ("already_finished", "too_early"):
        return str(refusal)
    return _("You cannot be invited to this test here. Write to us.")


def register() -> None:
    """Register it with assessments. Called once, by the app's `ready`."""
    register_inviter(invite_by_link)
