"""What workers do for questions. Every look may be lost, late or doubled: the rows say what is due."""

from __future__ import annotations

from time import monotonic
from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Actor
from outbox.models import Work
from outbox.operations import give_way, nudge
from outbox.registries import Report, register_work
from questions import operations
from questions.models import QuestionBank
from questions.operations import importing
from questions.operations.touching import LOOK
from questions.registries import BankLink, register_bank_links

# Then others of the same queue get their turn; well below the soft time limit.
SECONDS_A_LOOK = 20


@shared_task(name=LOOK, max_retries=3)
def look_through(**kwargs: object) -> None:
    """Look through questions that changed, for some seconds; ask for another look when there may be more."""
    end = monotonic() + SECONDS_A_LOOK
    while operations.look_through_due(now=timezone.now()):
        if monotonic() > end:
            nudge(LOOK)
            return
        give_way()


@shared_task(name="questions.forget_left_behind", max_retries=0)
def forget_left_behind(**kwargs: object) -> None:
    """Clear away what imports left behind that came to no end. One that is stopped in the middle is taken up again."""
    importing.forget_left_behind(now=timezone.now())


def register() -> None:
    """Register every kind of work, and where the page of a bank leads to it. Called once, when the app is ready."""
    register_bank_links("files", _links)
    register_work(importing.CHECK, _check, gettext_lazy("Check a file of questions"))
    register_work(importing.IMPORT, _import, gettext_lazy("Import questions"))
    register_work(importing.EXPORT, _export, gettext_lazy("Export questions"))


def _check(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    with translation.override(work.arguments["language"]):
        importing.forget_old_lines()
        result = importing.do_check(work, actor, report)
        if "why" in result:
            url = _page(work, "import-columns", work.public_id)
            return result | {"next": {"url": url, "label": _("Say what the columns are")}}
        if result["ok"] and work.arguments.get("commits"):
            importing.begin_import(check=work, result=result, by=actor, now=timezone.now())
        url = f"{_page(work, 'import')}?check={work.public_id}"
        label = _("Look it over and import") if result["ok"] else _("See what is in the file")
        return result | {"next": {"url": url, "label": label}}


def _import(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    with translation.override(work.arguments["language"]):
        result = importing.do_import(work, actor, report, now=timezone.now())
        url = f"{reverse('questions:questions')}?bank={work.arguments['bank']}"
        return result | {"next": {"url": url, "label": _("To the questions of the bank")}}


def _export(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    with translation.override(work.arguments["language"]):
        return importing.do_export(work, actor, report, now=timezone.now())


def _links(bank: QuestionBank, actor: Actor) -> list[BankLink]:
    exposure = BankLink(_("Exposure"), reverse("questions:bank-exposure", args=[bank.slug]))
    if not importing.may_author(actor):
        return [exposure]
    return [
        exposure,
        BankLink(_("Import questions"), reverse("questions:import", args=[bank.slug])),
        BankLink(_("Export questions"), reverse("questions:export", args=[bank.slug])),
    ]


def _page(work: Work, name: str, *more: str) -> str:
    slug = QuestionBank.objects.values_list("slug", flat=True).get(pk=work.arguments["bank"])
    return reverse(f"questions:{name}", args=[slug, *more])
