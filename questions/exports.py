"""The list of question banks as a file. Their questions go by `operations.exporting`, in the formats of questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from outbox.operations import ListFile, in_order, take_list
from questions.models import QuestionBank
from questions.queries import banks_with_counts
from rendering.tables import TableColumn

_BANKS: Final[Sequence[TableColumn[Any]]] = (
    TableColumn(_("Name"), lambda bank: bank.name),
    TableColumn(_("Short name"), lambda bank: bank.slug),
    TableColumn(_("Description"), lambda bank: bank.description),
    TableColumn(_("Questions"), lambda bank: bank.questions_all),
    TableColumn(_("Ready"), lambda bank: bank.questions_ready),
    TableColumn(_("Questions rest after"), lambda bank: bank.rests_after),
    TableColumn(_("Made"), lambda bank: bank.created_at),
)


def banks_response(
    rows: QuerySet[QuestionBank],
    *,
    filters: Sequence[str],
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return banks (what the reader sees, in order) as a file, and write down who takes it.

    `filters` are the names of what narrows it down. Raises `TooManyRows` for an XLSX that would take too long.
    """
    file = ListFile(
        listed="question banks",
        name="banks",
        sheet=gettext("Question banks"),
        columns=_BANKS,
        keys=list(rows.values_list("pk", flat=True)),
        rows=partial(in_order, banks_with_counts(QuestionBank.objects.all())),
        filters=filters,
    )
    return take_list(file, format=format, by=by, now=now)
