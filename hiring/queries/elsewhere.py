"""What people of a job have of its test by other applications of theirs, so that nobody sits it twice by accident."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from assessments.models import Assessment, Attempt
from assessments.queries import invited_now, valid_attempts
from hiring.models import Application, ApplicationAssessment

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """By application: the attempt whose result counts here too, and who has an open invitation of another one."""

    results: Mapping[int, Attempt] = field(default_factory=dict)
    invited: Collection[int] = ()


def taken_elsewhere(
    applications: Sequence[Application], assessment: Assessment, *, now: datetime
) -> Elsewhere:
    """Return what there is of a test outside these applications. Three queries for each 500.

    What belongs to an application itself is left out: of that its own invitations and the rule about taking a test
    again speak. A result that is used already here is there still.
    """
    results: dict[int, Attempt] = {}
    invited: set[int] = set()
    for start in range(0, len(applications), _CHUNK):
        part = applications[start : start + _CHUNK]
        people = [row.candidate_id for row in part]
        attempts = valid_attempts(people, assessment, now=now)
        open_ones = invited_now(people, assessment, now=now)
        ties = ApplicationAssessment.objects.filter(application__in=part, invitation__isnull=False)
        own = set(ties.values_list("application_id", "invitation_id"))
        for row in part:
            attempt = attempts.get(row.candidate_id)
            if attempt is not None and (row.pk, attempt.invitation_id) not in own:
                results[row.pk] = attempt
            if any((row.pk, pk) not in own for pk in open_ones.get(row.candidate_id, ())):
                invited.add(row.pk)
    return Elsewhere(results, invited)
