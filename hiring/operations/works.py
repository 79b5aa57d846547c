"""The long work of hiring, as outbox runs it: the clock is read here, once a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Actor
from assessments.operations import CannotInvite
from hiring.models import Application, Job
from hiring.operations.bulk import REJECT, do_bulk_reject
from hiring.operations.bulk_hiring import HIRE, do_bulk_hire
from hiring.operations.bulk_inviting import INVITE, do_bulk_invite
from hiring.operations.bulk_moves import MOVE, do_bulk_move
from hiring.operations.bulk_statuses import STATUS, do_bulk_status
from hiring.operations.bulk_tags import TAGS, do_bulk_tags
from hiring.operations.bulk_undoing import UNDO, do_bulk_undo
from hiring.operations.closing import WITHDRAW, do_withdrawals
from hiring.operations.errors import HiringRefused
from hiring.operations.importing import (
    IMPORT,
    IMPORT_CHECK,
    IMPORT_READ,
    do_import,
    do_import_check,
    do_import_read,
)
from hiring.operations.letters import LETTERS, do_letters
from hiring.operations.retiring import RETIRE, do_moves_away
from hiring.queries.left_out import left_out
from hiring.rules import UNDO_FOR
from outbox.models import Work
from outbox.registries import Report, register_work


def register() -> None:
    """Register every kind of work. Called once, when the app is ready."""
    register_work(INVITE, _invite, gettext_lazy("Invite to a test"), left_out)
    register_work(REJECT, _reject, gettext_lazy("Reject applications"), left_out)
    register_work(MOVE, _move, gettext_lazy("Move to another stage"), left_out)
    register_work(STATUS, _status, gettext_lazy("Hold, withdraw or restore applications"), left_out)
    register_work(HIRE, _hire, gettext_lazy("Hire people"), left_out)
    register_work(UNDO, _undo, gettext_lazy("Undo what was done with many"), left_out)
    register_work(TAGS, _tags, gettext_lazy("Change tags"))
    register_work(WITHDRAW, _withdraw, gettext_lazy("Withdraw open invitations"))
    register_work(IMPORT_READ, _read, gettext_lazy("Read a file of people"))
    register_work(IMPORT_CHECK, _check, gettext_lazy("Check a file of people"))
    register_work(IMPORT, _import, gettext_lazy("Import people"))
    register_work(LETTERS, _letters, gettext_lazy("Write letters"))
    register_work(RETIRE, _retire, gettext_lazy("Move people away from stages"))


Doing = Callable[..., dict[str, Any]]


def _done(doing: Doing, work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    """Do it now. What cannot be done ends the work with its words; trying it again would not help."""
    try:
        return doing(work, actor, report, now=timezone.now())
    except (PermissionDenied, HiringRefused, CannotInvite) as error:
        raise ValidationError(str(error)) from error


def _invite(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    return _done(do_bulk_invite, work, actor, report) | _to_job(work)


def _reject(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    result = _done(do_bulk_reject, work, actor, report)
    return result | _to_job_or_person(work) | _undo_offer(work, result)


def _move(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    result = _done(do_bulk_move, work, actor, report)
    return result | _to_job(work) | _undo_offer(work, result)


def _status(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    result = _done(do_bulk_status, work, actor, report)
    return result | _to_job(work) | _undo_offer(work, result)


def _hire(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    """With its last opening filled the job is closed, and the next thing is what to do with the others."""
    result = _done(do_bulk_hire, work, actor, report)
    if result["closed_job"]:
        return result | _link(work, "hiring:close", _("What about the others?"))
    return result | _to_job(work)


def _undo(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    return _done(do_bulk_undo, work, actor, report) | _to_job(work)


def _tags(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    return _done(do_bulk_tags, work, actor, report) | _to_job(work)


def _withdraw(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    return _done(do_withdrawals, work, actor, report) | _to_job(work)


def _read(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    result = _done(do_import_read, work, actor, report)
    return result | _to_import(work, "columns", _("Say what the columns are"), work.public_id)


def _check(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    result = _done(do_import_check, work, actor, report)
    if result["ok"]:
        return result | _to_import(work, "import", _("Look it over and import"), check=work.public_id)
    read = work.arguments.get("read")
    if read:
        return result | _to_import(work, "columns", _("Change the columns, or choose another file"), read)
    return result | _to_import(work, "import", _("Choose another file"))


def _import(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    result = _done(do_import, work, actor, report)
    if work.arguments["job"] is not None:
        return result | _to_job(work)
    return result | {
        "next": {"url": reverse("admin:candidates_candidate_changelist"), "label": _("To the list of people")}
    }


def _to_import(work: Work, page: str, label: str, *parts: str, check: str = "") -> dict[str, Any]:
    """Lead to a page of the import, of a job or of people alone."""
    job = Job.objects.only("slug").filter(pk=work.arguments["job"]).first()
    name = f"hiring:{_IMPORT_PAGES[page]}" if job else f"hiring:{_PEOPLE_PAGES[page]}"
    try:
        url = reverse(name, args=[*([job.slug] if job else []), *parts])
    except NoReverseMatch:
        return {}
    return {"next": {"url": f"{url}?check={check}" if check else url, "label": label}}


_IMPORT_PAGES = {"import": "import", "columns": "import-columns"}
_PEOPLE_PAGES = {"import": "import-people", "columns": "import-people-columns"}


def _retire(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    return _done(do_moves_away, work, actor, report) | _to_job(work)


def _letters(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    result = _done(do_letters, work, actor, report)
    try:
        address = reverse("hiring:letters-sent", args=[work.public_id])
    except NoReverseMatch:
        return result
    return result | {"next": {"url": address, "label": _("What became of the letters")}}


def _undo_offer(work: Work, result: dict[str, Any]) -> dict[str, Any]:
    """The button that takes it back, where it changed anybody."""
    if not result["undoable"]:
        return {}
    try:
        address = reverse("hiring:undo-work", args=[work.public_id])
    except NoReverseMatch:
        return {}
    stays = (
        _("Invitations that were withdrawn stay so.") if work.arguments.get("withdraw_invitations") else ""
    )
    seconds = int(UNDO_FOR.total_seconds())
    return {"undo": {"url": address, "label": _("Undo"), "seconds": seconds, "note": stays}}


def _to_job(work: Work) -> dict[str, Any]:
    return _link(work, "hiring:job", _("Back to the job"))


def _to_job_or_person(work: Work) -> dict[str, Any]:
    """Of one person back to them, where what was done can be undone for some seconds."""
    pairs = work.arguments["applications"]
    if len(pairs) != 1:
        return _to_job(work)
    application = Application.objects.only("public_id", "version").get(pk=pairs[0][0])
    try:
        address = reverse("hiring:application", args=[application.public_id])
    except NoReverseMatch:
        return {}
    return {"next": {"url": f"{address}?undo={application.version}", "label": _("Back to the application")}}


def _link(work: Work, name: str, label: str, query: str = "") -> dict[str, Any]:
    job = Job.objects.only("slug").get(pk=work.arguments["job"])
    try:
        return {"next": {"url": reverse(name, args=[job.slug]) + query, "label": label}}
    except NoReverseMatch:
        return {}
