"""Reads of long work."""

from __future__ import annotations

from outbox.models import Work


def asked_work(kind: str, intent: str) -> Work | None:
    """Return the work of a kind that was asked for with this intent of a form; None if none was."""
    return Work.objects.filter(intent=f"{kind}:{intent}").first()
