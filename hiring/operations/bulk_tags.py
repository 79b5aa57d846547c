"""Giving tags to many people of a job, and taking tags from them, as long work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Actor
from candidates.operations import change_tags, checked_tags
from hiring.enums import Capability
from hiring.models import Job
from hiring.operations.access import require_may
from hiring.operations.bulk_inviting import frozen_ids
from hiring.operations.results import Tally, skip_rows
from hiring.queries.selections import selected
from outbox.models import Work
from outbox.operations import give_way, queue_work
from outbox.registries import Report

TAGS = "hiring.tags"
_CHUNK = 500


def queue_bulk_tags(
    *,
    job: Job,
    application_ids: Sequence[int],
    add: Sequence[str] = (),
    take: Sequence[str] = (),
    intent: str,
    by: Actor,
    now: datetime,
) -> Work:
    """Ask for the people of a selection to get the tags `add` and to lose those of `take`, and return the work.

    `intent` comes from the form. Raises: `PermissionDenied`; `ValidationError` keyed "applications", "add" or "take".
    """
    require_may(by, Capability.ADD, job)
    ids = frozen_ids(application_ids)
    return queue_work(
        kind=TAGS,
        intent=f"{TAGS}:{intent}",
        arguments={
            "job": job.pk,
            "add": _words("add", add),
            "take": _words("take", take),
            "applications": ids,
        },
        by=by,
        now=now,
        total=len(ids),
    )


def _words(field: str, names: Sequence[str]) -> list[str]:
    try:
        return checked_tags(names)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from error


def do_bulk_tags(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Do the work of `queue_bulk_tags`, five hundred people in a transaction, and return its result.

    Doing it again changes nothing more: who has a tag keeps it, who lost it stays without.
    """
    arguments = work.arguments
    job = Job.objects.get(pk=arguments["job"])
    require_may(actor, Capability.ADD, job)
    ids: list[int] = arguments["applications"]
    tally, added, taken = Tally(), 0, 0
    for start in range(0, len(ids), _CHUNK):
        found, skipped = selected(job, ids[start : start + _CHUNK], actor)
        people = list({row.candidate_id: row.candidate for row in found}.values())
        given, gone = change_tags(
            people=people, add=arguments["add"], take=arguments["take"], by=actor, now=now
        )
        added, taken = added + given, taken + gone
        tally.skipped += skipped
        tally.done += len(people)
        report(min(start + _CHUNK, len(ids)), len(ids))
        give_way()
    return {
        "summary": _("People whose tags are as you asked: %d.") % tally.done,
        "counts": [[_("Tags given"), added], [_("Tags taken"), taken], *tally.counts()],
        "changed": tally.done,
        **skip_rows(tally.skipped),
    }
