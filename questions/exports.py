"""The list of question banks as a file. Their questions go by `operations.exporting`, in the formats of questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from outbox.operations import RowsFile, in_order
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

BANKS: Final = RowsFile(
    listed="question banks",
    name="banks",
    sheet=_("Question banks"),
    columns=_BANKS,
    read=lambda keys, by: in_order(banks_with_counts(QuestionBank.objects.all()), keys),
)
