"""What the history says of mail, long work and what was taken along."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from outbox.enums import MessageState, WorkState
from outbox.models import Message
from outbox.registries import kind_title
from shell.registries import Subject, register_events, register_subjects


def register() -> None:
    """Register the words and the ways. Called once, when the app is ready."""
    register_events(
        "exports",
        _("What was taken along"),
        {"export.made": _("List taken along as a file"), "work.file_fetched": _("File fetched")},
        {"export.made": _export, "work.file_fetched": _work},
    )
    mail = {f"message.{state.value}": _("Mail: %s") % state.label for state in MessageState}
    register_events(
        "mail",
        _("Mail"),
        mail
        | {
            "message.put_off": _("Mail: to be tried again"),
            "message.resent": _("Mail: to be sent again"),
            "message.answered": _("Mail: an answer came"),
            "message.corrected": _("Mail: address corrected"),
            "message.delayed": _("Mail: the other side takes its time"),
            "message.overruled": _("Mail: to be sent although it came back"),
            "message.uncancelled": _("Mail: not cancelled after all"),
            "mail.held": _("Mail held back"),
            "mail.released": _("Mail let go"),
            "template.saved": _("Words of a mail changed"),
            "link.extended": _("Link extended"),
            "link.reissued": _("New link made"),
            "link.revoked": _("Link ended"),
            "link.used": _("Link used"),
        },
    )
    work = {f"work.{state.value}": _("Long work: %s") % state.label for state in WorkState}
    register_events(
        "work",
        _("Long work"),
        work | {"work.asked": _("Long work asked for"), "work.discarded": _("Long work thrown away")},
        dict.fromkeys(["work.asked", "work.discarded", *work], _work),
    )
    register_subjects("outbox.message", _messages)


def _export(data: Mapping[str, Any]) -> str:
    count = data.get("count", 0)
    rows = ngettext("%d row", "%d rows", count) % count
    words = gettext("%(list)s, %(format)s, %(rows)s")
    return words % {"list": data.get("list", ""), "format": str(data.get("format", "")).upper(), "rows": rows}


def _work(data: Mapping[str, Any]) -> str:
    return str(kind_title(str(data.get("kind", ""))))


def _messages(ids: Collection[int], actor: Actor) -> Mapping[int, Subject]:
    rows = Message.objects.filter(pk__in=ids).visible_to(actor).only("pk", "public_id", "subject")
    return {
        row.pk: Subject(row.subject or gettext("Mail"), reverse("outbox:message", args=[row.public_id]))
        for row in rows
    }
