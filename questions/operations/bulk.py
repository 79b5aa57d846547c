"""Doing one thing with many questions, as long work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.models import Actor
from outbox.models import Work
from outbox.operations import give_way, queue_work
from outbox.registries import Report, register_work
from questions.enums import BulkAction
from questions.models import Question, QuestionBank
from questions.operations.touching import touched
from questions.operations.writing.content import QuestionLocked, held, keep, made_tags, record
from questions.operations.writing.flags import clear_leak, flag_leaked, let_rest, wake
from questions.operations.writing.moving import move_question
from questions.operations.writing.retiring import retire_question
from questions.operations.writing.reviewing import send_to_review
from questions.queries.bulk import is_done, known_for, left_out, why_not
from questions.registries import places

BULK: Final = "questions.bulk"
BULK_LIMIT: Final = 5_000
# In one transaction: short enough that a save beside it does not wait.
_CHUNK: Final = 50
# The page of the work names so many; the number counts all of them.
_NAMED: Final = 200


def queue_bulk(
    *,
    action: BulkAction,
    seen: Sequence[tuple[int, int]],
    values: Mapping[str, Any],
    intent: str,
    by: Actor,
    now: datetime,
) -> Work:
    """Ask for `action` to be done with questions and return the work.

    Arguments: `seen` holds the key and the edit of each question as the preview showed it; what was changed meanwhile
    is left out and named. `values` is what the action wants: "add" and "take" (tags), "level", "difficulty", "note",
    "bank" and "section" (their keys).
    `intent` comes from the form. Raises `PermissionDenied`, and `ValidationError` for none or too many.
    """
    _require_author(by)
    if action is BulkAction.EXPORT:
        raise ValueError("questions are exported by `queue_chosen_export`")
    if not seen or len(seen) > BULK_LIMIT:
        raise ValidationError(
            _("Choose between 1 and %(limit)s questions at once; these are %(count)s.")
            % {"limit": f"{BULK_LIMIT:,}", "count": f"{len(seen):,}"}
        )
    return queue_work(
        kind=BULK,
        intent=f"{BULK}:{intent}",
        arguments={
            "action": action.value,
            "values": dict(values),
            "questions": [list(pair) for pair in seen],
        },
        by=by,
        now=now,
        total=len(seen),
    )


def do_bulk(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Do the work of `queue_bulk`, in short transactions, and return its result.

    Doing it again goes on where it was: what is as it was asked for stays.
    """
    _require_author(actor)
    action, values = BulkAction(work.arguments["action"]), work.arguments["values"]
    pairs: list[tuple[int, int]] = work.arguments["questions"]
    done, skipped = 0, list[dict[str, Any]]()
    for start in range(0, len(pairs), _CHUNK):
        part = dict(pairs[start : start + _CHUNK])
        if start:
            give_way()
        with transaction.atomic():
            reasons = _do_part(part, action, values, by=actor, now=now)
        done += len(part) - len(reasons)
        skipped += [{"question": key, "text": text} for key, text in reasons.items()]
        report(min(start + _CHUNK, len(pairs)), len(pairs))
    return {
        "summary": _("Questions that are as you asked: %d.") % done,
        **_way_on(action, values, actor),
        "done": done,
        "skipped_count": len(skipped),
        "skipped": skipped[:_NAMED],
    }


def _way_on(action: BulkAction, values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Where the page of the work leads on to, if it does."""
    taker = places() if action is BulkAction.ASK else None
    look = taker.look(int(values["section"]), [], actor) if taker is not None else None
    return {"next": {"url": look.url, "label": _("To the questions of the test")}} if look is not None else {}


def _do_part(
    seen: Mapping[int, int], action: BulkAction, values: Mapping[str, Any], *, by: Actor, now: datetime
) -> dict[int, str]:
    """Do it with some and return why it was not done, by the keys of the others."""
    # Written first: who changes one of them at the same time comes before this or after it, never between.
    Question.objects.filter(pk__in=sorted(seen)).update(edit=F("edit"))
    rows = Question.objects.visible_to(by).select_related("bank").prefetch_related("tags")
    found = rows.in_bulk(list(seen))
    known = known_for(action, values, {key: found[key] for key in seen if key in found}, by)
    reasons: dict[int, str] = {}
    together: list[Question] = []
    for key, edit in seen.items():
        question = found.get(key)
        if question is None:
            reasons[key] = _("It is not there any more.")
        elif is_done(question, action, values, known):
            continue
        elif question.edit != edit:
            reasons[key] = _("Somebody changed it meanwhile.")
        elif reason := why_not(question, known, action, by):
            reasons[key] = reason
        elif action in _TOGETHER:
            together.append(question)
        else:
            try:
                _VERBS[action](question, values, by, now)
            except QuestionLocked as refusal:
                reasons[key] = str(refusal)
    if together:
        reasons |= _TOGETHER[action](together, values, by, now)
    return reasons


def _tag(question: Question, values: Mapping[str, Any], by: Actor, now: datetime) -> None:
    current = held(question)
    before = sorted(current.tags.values_list("pk", flat=True))
    current.tags.add(*made_tags(values["add"]).values())
    current.tags.remove(*current.tags.filter(name__in=values["take"]))
    after = sorted(current.tags.values_list("pk", flat=True))
    _changed(current, {"tags": [before, after]}, by=by, now=now)


def _level(question: Question, values: Mapping[str, Any], by: Actor, now: datetime) -> None:
    current = held(question)
    facts = {"level": [current.level, values["level"]]}
    current.level = values["level"]
    _changed(current, facts, "level", by=by, now=now)


def _difficulty(question: Question, values: Mapping[str, Any], by: Actor, now: datetime) -> None:
    current = held(question)
    facts = {"difficulty": [current.intended_difficulty, values["difficulty"]]}
    current.intended_difficulty = values["difficulty"]
    _changed(current, facts, "intended_difficulty", by=by, now=now)


def _move(question: Question, values: Mapping[str, Any], by: Actor, now: datetime) -> None:
    move_question(question=question, bank=QuestionBank.objects.get(pk=values["bank"]), by=by, now=now)


def _changed(question: Question, facts: Mapping[str, Any], *fields: str, by: Actor, now: datetime) -> None:
    keep(question, *fields, now=now)
    touched([question.pk], now=now)
    record("question.changed", question, by=by, now=now, facts=facts)


def _put(
    questions: Sequence[Question], values: Mapping[str, Any], by: Actor, now: datetime
) -> Mapping[int, str]:
    taker = places()
    return taker.put(int(values["section"]), questions, by=by, now=now) if taker else {}


_Verb = Callable[[Question, Mapping[str, Any], Actor, datetime], object]
_VERBS: Final[Mapping[BulkAction, _Verb]] = {
    BulkAction.TAG: _tag,
    BulkAction.LEVEL: _level,
    BulkAction.DIFFICULTY: _difficulty,
    BulkAction.REVIEW: lambda question, _values, by, now: send_to_review(question=question, by=by, now=now),
    BulkAction.MOVE: _move,
    BulkAction.RETIRE: lambda question, _values, by, now: retire_question(question=question, by=by, now=now),
    BulkAction.REST: lambda question, _values, by, now: let_rest(question=question, by=by, now=now),
    BulkAction.WAKE: lambda question, _values, by, now: wake(question=question, by=by, now=now),
    BulkAction.LEAKED: lambda question, values, by, now: flag_leaked(
        question=question, note=values["note"], by=by, now=now
    ),
    BulkAction.CLEAR: lambda question, _values, by, now: clear_leak(question=question, by=by, now=now),
}

# What is done with all questions of a part in one go; it says why some were left out.
_TOGETHER: Final[
    Mapping[BulkAction, Callable[[Sequence[Question], Mapping[str, Any], Actor, datetime], Mapping[int, str]]]
] = {BulkAction.ASK: _put}


def _require_author(by: Actor) -> None:
    if not by.is_system and not by.has_role(Role.QUESTION_AUTHOR, Role.ADMINISTRATOR):
        raise PermissionDenied


def register() -> None:
    """Make the work known. Called once, when the app is ready."""
    register_work(
        BULK, _bulk, gettext_lazy("Change many questions"), left_out, things=gettext_lazy("Question")
    )


def _bulk(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    try:
        return do_bulk(work, actor, report, now=timezone.now())
    except PermissionDenied as error:
        raise ValidationError(_("You may not change questions any more.")) from error
