"""Whom long work left out, by name: its result holds none."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import Actor
from hiring.models import Application
from outbox.models import Work
from outbox.registries import LeftOut


def left_out(actor: Actor, work: Work) -> list[LeftOut]:
    """Return who was left out and why, named where the actor sees them. One query."""
    rows = work.result.get("skipped", [])
    wanted = [row["application"] for row in rows if row["application"]]
    seen = Application.objects.filter(public_id__in=wanted).visible_to(actor).select_related("candidate")
    found = {application.public_id: application for application in seen}
    lines = []
    for row in rows:
        application = found.get(row["application"])
        who = str(application.candidate) if application else ""
        url = reverse("hiring:application", args=[application.public_id]) if application else ""
        lines.append(LeftOut(who, url, row["text"]))
    return lines
