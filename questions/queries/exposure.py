"""How near the questions of a bank are to the limit of being shown."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F, FloatField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from questions.enums import Status
from questions.models import Question, QuestionBank
from questions.queries.finding import with_cap, with_stem


def by_nearness(bank: QuestionBank, actor: Actor) -> Any:
    """Return the questions of a bank that are not retired, those first that have used most of their limit; then those
    without one, the most shown first. Lazy."""
    rows = with_cap(Question.objects.filter(bank=bank).exclude(status=Status.RETIRED).visible_to(actor))
    shown = Coalesce(F("usage__shown"), Value(0))
    used = rows.annotate(times=shown, used=Cast(shown, FloatField()) / Cast(F("cap"), FloatField()))
    return used.order_by(F("used").desc(nulls_last=True), "-times", "pk")


def exposed(keys: Collection[int]) -> dict[int, Any]:
    """Return questions by their keys with all that the table of a bank says of them. One query."""
    rows: Any = with_stem(with_cap(Question.objects.select_related("bank", "usage")))
    found: dict[int, Any] = rows.in_bulk(keys)
    return found


def next_words(question: Any) -> str:
    """Say what becomes of a question of `exposed` when it is shown next. Costs no query."""
    if question.rested_at is not None or question.leaked_at is not None:
        return _("Drawn only if nothing else is left")
    if question.cap is None:
        return _("No limit")
    left = question.cap - (question.usage.shown if hasattr(question, "usage") else 0)
    if left <= 1:
        return _("Rests when it is shown next")
    return ngettext("Rests after %(times)d more time", "Rests after %(times)d more times", left) % {
        "times": left
    }
