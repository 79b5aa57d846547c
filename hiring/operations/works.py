"""The long work of hiring, as outbox runs it: the clock is read here, once a run."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Actor
from hiring.models import Job
from hiring.operations.bulk import REJECT, do_bulk_reject
from hiring.operations.importing import IMPORT, IMPORT_CHECK, do_import, do_import_check
from hiring.operations.invitations import INVITE, do_bulk_invite
from outbox.models import Work
from outbox.registries import Report, register_work


def register() -> None:
    """Register every kind of work. Called once, when the app is ready."""
    register_work(INVITE, _invite, gettext_lazy("Invite to a test"))
    register_work(REJECT, _reject, gettext_lazy("Reject applications"))
    register_work(IMPORT_CHECK, _check, gettext_lazy("Check a file of applicants"))
    register_work(IMPORT, _import, gettext_lazy("Import applicants"))


def _invite(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    return do_bulk_invite(work, actor, report, now=timezone.now()) | _to_job(work)


def _reject(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    return do_bulk_reject(work, actor, report, now=timezone.now()) | _to_job(work)


def _check(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    result = do_import_check(work, actor, report, now=timezone.now())
    label = _("Look it over and import") if result["ok"] else _("Choose another file")
    return result | _link(work, "hiring:import", label, f"?check={work.public_id}" if result["ok"] else "")


def _import(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    return do_import(work, actor, report, now=timezone.now()) | _to_job(work)


def _to_job(work: Work) -> dict[str, Any]:
    return _link(work, "hiring:job", _("Back to the job"))


def _link(work: Work, name: str, label: str, query: str = "") -> dict[str, Any]:
    job = Job.objects.only("slug").get(pk=work.arguments["job"])
    try:
        return {"next": {"url": reverse(name, args=[job.slug]) + query, "label": label}}
    except NoReverseMatch:
        return {}
