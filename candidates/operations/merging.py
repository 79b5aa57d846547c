"""Two rows that are one person."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from candidates.models import Candidate, CandidateMerge
from candidates.operations.searching import index_people
from candidates.queries.duplicates import may_merge
from candidates.registries import person_parts
from candidates.rules import UNMERGE_WITHIN
from outbox.operations import record_event


class MergeRefused(Exception):  # noqa: N818 -- nothing broke, the answer is no
    """Two people cannot be merged or parted again; the text says why."""


@transaction.atomic
def merge_people(*, kept: Candidate, merged: Candidate, by: Actor, now: datetime) -> CandidateMerge:
    """Move everything of `merged` to `kept` and return what moved, so that it can be undone.

    Addresses, and through the parts that apps registered everything else, belong to `kept` afterwards; `merged` stays
    as an empty row that points to it. Raises `PermissionDenied` unless a recruiter or administrator asks who sees both,
    `MergeRefused` for one and the same, erased or already merged people. Side effects: an event for each.
    """
    kept, merged = _both(kept.pk, merged.pk, by)
    if kept.pk == merged.pk:
        raise MergeRefused(_("Choose two different people."))
    if any(person.erased_at or person.merged_into_id for person in (kept, merged)):
        raise MergeRefused(_("One of them was erased or merged into another person already."))
    moved = {part.name: part.merge(kept, merged) for part in person_parts()}
    Candidate.objects.filter(pk=merged.pk).update(merged_into=kept)
    index_people([kept, merged])
    merge = CandidateMerge.objects.create(kept=kept, merged=merged, moved=moved, by=by.user, at=now)
    _record("candidate.merged", merge, by, now)
    return merge


@transaction.atomic
def unmerge_people(*, merge: CandidateMerge, by: Actor, now: datetime) -> None:
    """Undo a merge: exactly what moved goes back, what came since stays. Doing it twice changes nothing more.

    Raises `PermissionDenied` as `merge_people`, `MergeRefused` after `UNMERGE_WITHIN`, when a later merge has to be
    undone first or when the person was erased.
    """
    kept, merged = _both(merge.kept_id, merge.merged_id, by)
    if not CandidateMerge.objects.filter(pk=merge.pk, undone_at=None).update(undone_at=now):
        return
    if now - merge.at > UNMERGE_WITHIN:
        raise MergeRefused(
            _(
                "A merge can be undone for a week, and this one is older. Add the other person anew, and give them the "
                "address that is theirs."
            )
        )
    if kept.erased_at or merged.erased_at:
        raise MergeRefused(_("The person was erased; there is nothing to part any more."))
    later = CandidateMerge.objects.filter(undone_at=None, pk__gt=merge.pk)
    if kept.merged_into_id or later.filter(kept__in=[kept, merged]).exists():
        raise MergeRefused(_("These people were merged again later. Undo the later merge first."))
    parts = {part.name: part for part in person_parts()}
    for name, moved in reversed(merge.moved.items()):
        parts[name].unmerge(kept, merged, moved)
    Candidate.objects.filter(pk=merged.pk).update(merged_into=None)
    index_people([kept, merged])
    merge.undone_at = now
    _record("candidate.unmerged", merge, by, now)


def _both(kept_id: int, merged_id: int, by: Actor) -> tuple[Candidate, Candidate]:
    if not may_merge(by):
        raise PermissionDenied
    # In the order of their keys, so that two merges at one moment wait for each other instead of for ever.
    rows = {
        row.pk: row
        for row in Candidate.objects.select_for_update().filter(pk__in=[kept_id, merged_id]).order_by("pk")
    }
    seen = set(Candidate.objects.visible_to(by).filter(pk__in=rows).values_list("pk", flat=True))
    if seen != {kept_id, merged_id}:
        raise PermissionDenied
    return rows[kept_id], rows[merged_id]


def _record(kind: str, merge: CandidateMerge, by: Actor, now: datetime) -> None:
    for person in (merge.kept, merge.merged):
        record_event(
            kind=kind,
            by=by,
            now=now,
            person_ref=person.public_id,
            about=CandidateMerge._meta.label,
            about_id=merge.pk,
            data={"kept": merge.kept.public_id, "merged": merge.merged.public_id},
        )
