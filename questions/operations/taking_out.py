"""Questions that were chosen in a list as a file, whichever banks they are in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import ActorKind
from accounts.models import Actor
from outbox.models import Work
from outbox.operations import queue_work
from outbox.operations.exports import record_export
from outbox.operations.work import keep_file
from outbox.registries import Report, register_work
from questions.models import Question
from questions.operations.exporting import Exported, export_rows, export_summary, remarks, too_many_words
from questions.operations.importing import may_author

CHOSEN: Final = "questions.export_chosen"
# A whole bank of that size is chosen at once; the page of a bank takes any.
CHOSEN_LIMIT: Final = 100_000


def queue_chosen_export(
    *,
    question_ids: Sequence[int],
    name: str,
    back: Mapping[str, str],
    intent: str,
    by: Actor,
    now: datetime,
) -> Work:
    """Ask for these questions as a file of the format `name`, and return the work; its page offers the file.

    Arguments: `back`, "url" and "label" of the way back; `intent` comes from the form. Raises `PermissionDenied`,
    and `ValidationError` for too many.
    """
    if not may_author(by) or by.kind is not ActorKind.USER:
        raise PermissionDenied
    if len(question_ids) > CHOSEN_LIMIT:
        raise ValidationError(chosen_limit_words())
    return queue_work(
        kind=CHOSEN,
        intent=f"{CHOSEN}:{intent}",
        arguments={
            "questions": list(question_ids),
            "format": name,
            "language": translation.get_language(),
            "back": dict(back),
        },
        by=by,
        now=now,
        total=len(question_ids),
    )


def chosen_limit_words() -> str:
    """Say how many questions are chosen for one file, and which way takes more."""
    words = _("At most %(limit)s questions at once. The page of a bank exports all of its questions.")
    return words % {"limit": f"{CHOSEN_LIMIT:,}"}


def do_chosen_export(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Make the file of `queue_chosen_export`, keep it for whoever asked, and say what it does not hold.

    Questions are as they are when it is made. Raises `ValidationError` for who may not take questions out any more.
    """
    if not may_author(actor):
        raise ValidationError(
            _("You may not do this any more. Ask an administrator for the role of an author.")
        )
    wanted, name = work.arguments["questions"], work.arguments["format"]
    exported = export_rows(Question.objects.visible_to(actor), keys=wanted, name=name, told=report)
    filename = f"questions.{exported.written.suffix}"
    keep_file(work=work, file=ContentFile(exported.written.content, name=filename))
    record_export(
        listed="questions", format=name, count=exported.count, filters=["chosen"], by=actor, now=now
    )
    gone = len(wanted) - len(exported.external_ids)
    words = _("Questions that are not there any more, and so not in the file: %d.")
    return {
        "summary": export_summary(exported),
        "file": filename,
        "warnings": [*([words % gone] if gone else []), *_twice(exported), *too_many_words(exported)],
        "remarks": remarks(exported),
        "next": work.arguments["back"],
    }


def _twice(exported: Exported) -> list[str]:
    """What is to be said of questions of several banks that have one id."""
    shared = sorted(key for key, number in Counter(exported.external_ids).items() if number > 1)
    if not shared:
        return []
    words = _(
        "Questions of several banks have the same id: %(ids)s. Who imports the file gives each an id of its own first."
    )
    return [words % {"ids": ", ".join(shared[:5]) + (" …" if len(shared) > 5 else "")}]


def _work(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    with translation.override(work.arguments["language"]):
        return do_chosen_export(work, actor, report, now=timezone.now())


def register() -> None:
    """Make the work known. Called once, when the app is ready."""
    register_work(CHOSEN, _work, gettext_lazy("Export chosen questions"))
