"""Inviting those whom a file of applicants brought, where it says to which test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.models import Actor
from assessments.models import Assessment
from assessments.operations import CannotInvite
from hiring.formats.applicants import Applicant
from hiring.models import Job
from hiring.operations.bulk_inviting import queue_bulk_invite
from hiring.operations.errors import HiringRefused


def tests_to_invite_to(actor: Actor) -> QuerySet[Assessment]:
    """Return the tests that the actor can invite to, with the version in force. Lazy."""
    tests = Assessment.objects.filter(current_version__isnull=False, retired_at=None)
    return tests.visible_to(actor).select_related("current_version")


def invite_imported(
    *, job: Job, wishes: Sequence[tuple[int, Applicant]], mark: str, by: Actor, now: datetime
) -> tuple[int, list[str]]:
    """Ask for the invitations that a file wants; return for how many people, and why others are not.

    Arguments: `wishes`, the id of each live application with its row; `mark`, the public id of the import: done again,
    it asks for the same work, a piece for each test and window.
    """
    groups: dict[tuple[str, datetime | None, datetime | None], list[int]] = defaultdict(list)
    for application_id, row in wishes:
        groups[row.test, row.opens_at, row.expires_at].append(application_id)
    slugs = {slug for slug, _opens_at, _expires_at in groups}
    tests = {test.slug: test for test in tests_to_invite_to(by).filter(slug__in=slugs)}
    invited, refusals = 0, []
    for number, ((slug, opens_at, expires_at), ids) in enumerate(groups.items(), start=1):
        try:
            queue_bulk_invite(
                job=job,
                assessment=tests[slug],
                application_ids=ids,
                intent=f"import:{mark}:{number}",
                not_before=opens_at,
                expires_at=expires_at,
                by=by,
                now=now,
            )
        except (HiringRefused, CannotInvite) as refusal:
            refusals.append(str(refusal))
        except ValidationError as refusal:
            refusals.append(f"{slug}: {' '.join(refusal.messages)}")
        else:
            invited += len(ids)
    return invited, refusals
