"""Reads of long work."""

from __future__ import annotations

from accounts.models import Actor
from outbox.models import Work
from outbox.registries import LeftOut, work_kind


def asked_work(kind: str, intent: str) -> Work | None:
    """Return the work of a kind that was asked for with this intent of a form; None if none was."""
    return Work.objects.filter(intent=f"{kind}:{intent}").first()


def left_out_of(work: Work, actor: Actor) -> list[LeftOut]:
    """Return whom a piece of work left out, as the app that knows them says it; nobody's name is kept with the work."""
    if not work.result.get("skipped_count"):
        return []
    try:
        reader = work_kind(work.kind).left_out
    except LookupError:
        return []
    return reader(actor, work) if reader else []
