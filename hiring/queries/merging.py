"""What merging two people would do, and which merges can be taken back. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments.models import Invitation
from candidates.models import Candidate, CandidateMerge, Document, Note
from candidates.rules import UNMERGE_WITHIN
from hiring.enums import ApplicationStatus, Capability
from hiring.models import Application
from hiring.queries.access import jobs_where
from outbox.models import Message


@dataclass(frozen=True, slots=True)
class Clash:
    """Two live applications for one job, of which one has to end before their people are one."""

    of_kept: Application
    of_merged: Application
    # Whether the actor may end one of them.
    may_settle: bool

    @property
    def pair(self) -> tuple[Application, Application]:
        return (self.of_kept, self.of_merged)


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What moves to the person who is kept: what it is called and how many, as far as the actor sees it."""

    moves: list[tuple[str, int]]
    clashes: list[Clash]
    # Both are live in a job that the actor does not see; which one is not for them to know.
    is_blocked: bool

    @property
    def may_merge(self) -> bool:
        return not self.is_blocked and all(clash.may_settle for clash in self.clashes)


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A merge in the list of a person, and until when it can be undone; None when it cannot any more."""

    merge: CandidateMerge
    until: datetime | None


def preview_merge(*, kept: Candidate, merged: Candidate, actor: Actor) -> MergePreview:
    """Return what merging `merged` into `kept` would do. About a dozen queries."""
    clashes, hidden = _clashes(kept, merged, actor)
    mine: dict[str, Any] = {"candidate": merged}
    counts = [
        (_("Email addresses"), merged.emails.count()),
        (_("Applications"), Application.objects.filter(**mine).visible_to(actor).count()),
        (_("Tests"), Invitation.objects.filter(**mine).visible_to(actor).count()),
        (_("Mails"), Message.objects.filter(person_ref=merged.public_id).visible_to(actor).count()),
        (_("Notes"), Note.objects.filter(**mine).visible_to(actor).count()),
        (_("Documents"), Document.objects.filter(**mine).visible_to(actor).count()),
        (_("Profiles and pages"), merged.links.exclude(key__in=kept.links.values("key")).count()),
        (_("Tags"), merged.tags.exclude(pk__in=kept.tags.values("pk")).count()),
    ]
    return MergePreview([(label, count) for label, count in counts if count], clashes, hidden)


def _clashes(kept: Candidate, merged: Candidate, actor: Actor) -> tuple[list[Clash], bool]:
    live = Application.objects.filter(
        candidate__in=[kept, merged], status__in=ApplicationStatus.live
    ).select_related("candidate", "job", "stage")
    seen = set(live.visible_to(actor).values_list("pk", flat=True))
    managed = set(
        jobs_where(actor, Capability.DECIDE).filter(pk__in=live.values("job")).values_list("pk", flat=True)
    )
    of_kept = {row.job_id: row for row in live if row.candidate_id == kept.pk}
    both = [
        (of_kept[row.job_id], row) for row in live if row.candidate_id == merged.pk and row.job_id in of_kept
    ]
    shown = [pair for pair in both if {row.pk for row in pair} <= seen]
    clashes = [Clash(one, other, one.job_id in managed) for one, other in shown]
    return sorted(clashes, key=lambda clash: (clash.of_kept.job.title, clash.of_kept.pk)), len(shown) < len(
        both
    )


def merges_of(candidate: Candidate, actor: Actor, *, now: datetime) -> list[MergeLine]:
    """Return the merges into a person that the actor may know of, newest first. One query."""
    merges = CandidateMerge.objects.filter(kept=candidate).visible_to(actor).select_related("merged", "by")
    return [
        MergeLine(merge, merge.at + UNMERGE_WITHIN if _can_be_undone(merge, now) else None)
        for merge in merges.order_by("-at", "-pk")
    ]


def _can_be_undone(merge: CandidateMerge, now: datetime) -> bool:
    return merge.undone_at is None and now - merge.at <= UNMERGE_WITHIN and merge.merged.erased_at is None


def kept_person(candidate: Candidate) -> Candidate:
    """Return the person whom a row leads to: itself, or whoever it was merged into, however often. A query a step."""
    while candidate.merged_into is not None:
        candidate = candidate.merged_into
    return candidate
