"""What every change of a test shares: only a draft changes, and each change is an event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments.models import Assessment, AssessmentVersion
from outbox.operations import record_event


class VersionLocked(Exception):  # noqa: N818 -- a refusal, not a fault
    """A published version does not change. The message says what to do instead."""

    def __init__(self) -> None:
        super().__init__(_("This version is published and does not change. Start a new version instead."))


def locked_draft(version: AssessmentVersion) -> AssessmentVersion:
    """Return the draft, held until the transaction ends, so that nobody publishes it half changed.

    Raises `VersionLocked`.
    """
    held = AssessmentVersion.objects.filter(pk=version.pk, published_at=None).update(number=version.number)
    if not held:
        raise VersionLocked
    return AssessmentVersion.objects.select_related("assessment").get(pk=version.pk)


def record_change(assessment: Assessment, *, what: str = "", by: Actor, now: datetime) -> None:
    """Write down that a draft was changed, and `what` of it."""
    record_of("assessment.draft_changed", assessment, by=by, now=now, data={"what": what} if what else None)


def record_of(
    kind: str, assessment: Assessment, *, by: Actor, now: datetime, data: Mapping[str, str] | None = None
) -> None:
    """Write down what happened to a test."""
    record_event(
        kind=kind, by=by, now=now, about=Assessment._meta.label_lower, about_id=assessment.pk, data=data
    )
