"""Making two people one where both are still in the same job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from candidates.models import Candidate, CandidateMerge
from candidates.operations import merge_people
from hiring.enums import ApplicationStatus
from hiring.models import Application, Approval
from hiring.operations.access import require_other_person
from hiring.operations.letting_in import withdraw_waiting
from hiring.operations.moves import change_status
from hiring.operations.withdrawing import withdraw_open_invitations


@transaction.atomic
def merge_candidates(
    *, kept: Candidate, merged: Candidate, ending: Sequence[Application] = (), by: Actor, now: datetime
) -> CandidateMerge:
    """Merge two people as `candidates.operations.merge_people` does, and return the merge.

    Before it the applications `ending`, one of each two that both have for one job, are marked as withdrawn and their
    invitations that nobody started are withdrawn. So are approvals that wait for `merged`: they were asked for
    somebody of whom less was known. Nobody is written to. All of it or nothing.
    Raises: `PermissionDenied`, also for whoever is one of the two themselves; `MergeRefused`; `MoveRefused`.
    """
    for person in (kept, merged):
        require_other_person(by, person.pk)
    for application in ending:
        if application.candidate_id not in (kept.pk, merged.pk):
            raise PermissionDenied
        changed = change_status(
            application=application,
            to_status=ApplicationStatus.WITHDRAWN,
            seen_version=None,
            comment=_("The same person has another application for this job."),
            by=by,
            now=now,
        )
        withdraw_open_invitations(applications=[changed], by=by, now=now)
    withdraw_waiting(Approval.objects.filter(application__candidate=merged), by=by, now=now)
    return merge_people(kept=kept, merged=merged, by=by, now=now)
