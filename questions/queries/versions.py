"""Versions of a question: as people see them, and what was done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Actor
from outbox.models import Event
from questions.models import Question, QuestionVersion
from questions.rules import PICTURES, ShownDraft
from rendering.markdown import RenderedQuestion, render_question

MOST_TOLD: Final = 50


def rendered(version: QuestionVersion, order: Sequence[str] | None = None) -> RenderedQuestion:
    """Return a version as people see it, its options in `order` (as authored without one). Costs no query."""
    texts = {option["code"]: option["text"] for option in version.options}
    codes = [code for code in order if code in texts] if order is not None else list(texts)
    return render_question(version.stem, [(code, texts[code]) for code in codes], media_prefix=PICTURES)


def rendered_draft(draft: ShownDraft) -> RenderedQuestion:
    """Return a question that is being written as people would see it, its options numbered. Costs no query.

    Raises `MarkdownTooLongError` for a text that no page shows.
    """
    numbered = ((str(number), text) for number, text in enumerate(draft.options, start=1))
    return render_question(draft.stem, numbered, media_prefix=PICTURES)


def latest_version(question: Question) -> QuestionVersion | None:
    """Return the newest version of `question`, draft or frozen. One query."""
    return QuestionVersion.objects.filter(question=question).order_by("-number", "-pk").first()


def used_codes(question: Question) -> set[str]:
    """Return the codes of all options that `question` has or had: attempts keep those that went. One query."""
    versions = QuestionVersion.objects.filter(question=question).order_by("number", "pk")
    return {option["code"] for options in versions.values_list("options", flat=True) for option in options}


def versions_of(question: Question) -> QuerySet[QuestionVersion]:
    """Return the versions of `question` with `key_count`, the newest first. Lazy."""
    return (
        QuestionVersion.objects.filter(question=question)
        .select_related("created_by")
        .annotate(key_count=Count("keys"))
        .order_by("-number", "-pk")
    )


@dataclass(frozen=True)
class HistoryLine:
    """Something that was done with a question; `who` is a colleague or "", `is_report` leads to what was reported."""

    at: datetime
    text: str
    who: str
    is_report: bool


def history_of(question: Question, actor: Actor) -> list[HistoryLine]:
    """Return what was done with a question, as far as `actor` may see it, the latest first. One query."""
    words = {
        "question.added": _("Added"),
        "question.changed": _("Changed"),
        "question.sent_to_review": _("Sent to review"),
        "question.made_ready": _("Made ready"),
        "question.sent_back": _("Sent back"),
        "question.retired": _("Retired"),
        "question.taken_up": _("Taken up again"),
        "question.moved": _("Moved to another bank"),
        "question.rested": _("Put to rest"),
        "question.woken": _("Back from its rest"),
        "question.exposure_capped": _("Limit of showing changed"),
        "question.leaked": _("Marked as leaked"),
        "question.leak_cleared": _("Mark of a leak taken away"),
        "question.key_mended": _("Key mended"),
        "question.marked_again": _("Attempts marked again"),
        "question.marks_left": _("Marks left as they are"),
        "question.report_settled": _("Settled what a candidate reported"),
        "question.finding_accepted": _("Left something that was found as it is"),
        "question.finding_reopened": _("Put something that was left as it is before authors again"),
    }
    events = Event.objects.filter(about=Question._meta.label_lower, about_id=question.pk, kind__in=words)
    rows = events.visible_to(actor).select_related("actor_user").order_by("-at", "-pk")[:MOST_TOLD]
    return [
        HistoryLine(
            at=event.at,
            text=_with_version(words[event.kind], event.data),
            who=str(event.actor_user or ""),
            is_report=event.kind == "question.report_settled",
        )
        for event in rows
    ]


def _with_version(words: str, data: Mapping[str, Any]) -> str:
    if "version" not in data:
        return words
    return _("%(what)s (version %(number)d)") % {"what": words, "number": data["version"]}
