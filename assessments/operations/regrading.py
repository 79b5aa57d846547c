"""Marking attempts again when a key was wrong."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Actor
from assessments.enums import RegradeState, ScoreCause
from assessments.models import Attempt, PoolEntry, RegradeRequest, Score
from assessments.operations.marking import NotToBeScored, score_attempt
from assessments.queries.regrading import attempts_to_mark, marked_again, may_mark_again
from outbox.enums import WorkState
from outbox.models import Work
from outbox.operations import Pace, queue_work, record_event
from outbox.registries import Report, register_work
from questions.models import AnswerKey, Question, QuestionVersion
from rendering.characters import clean_line

LOOK: Final = "assessments.look_at_regrade"
REGRADE: Final = "assessments.regrade"
LONGEST_REASON: Final = 300
# How many of those whose result changes are kept by name of their attempt; the numbers are always of all.
MOST_LISTED: Final = 1000
_PART = 50


class RegradeClosed(Exception):  # noqa: N818 -- a refusal, not a fault
    """The request was decided, or is being carried out."""

    def __init__(self) -> None:
        super().__init__(_("This was decided already, or is being done at this moment."))


@transaction.atomic
def ask_for_regrade(
    *, version: QuestionVersion, key: AnswerKey, by: Actor, now: datetime
) -> RegradeRequest | None:
    """Put before colleagues that scores were given by another key than `key`, a new revision of that of `version`.

    Returns None where nothing is to decide: the key gives the same marks, or no test ever held the version. Twice asks
    once.
    """
    if not key.changes_marks or not PoolEntry.objects.filter(question_version=version).exists():
        return None
    return RegradeRequest.objects.get_or_create(
        key=key, defaults={"question_version": version, "asked_at": now, "asked_by": by.user}
    )[0]


def look_at_regrade(*, request: RegradeRequest, intent: str, by: Actor, now: datetime) -> Work:
    """Let a worker mark all attempts concerned without writing a mark, and return the work.

    Its result says who changes. `intent` comes from the form: pressed twice it is one piece of work. Whoever may see
    the request may ask.
    """
    return queue_work(
        kind=LOOK,
        intent=f"{_look_intent(request)}{intent}",
        arguments={"request": request.pk, "back": _back(request)},
        by=by,
        now=now,
        total=attempts_to_mark(request).count(),
    )


def latest_look(request: RegradeRequest) -> Work | None:
    """Return the newest look at what marking again would change that came to an end. One query."""
    looks = Work.objects.filter(kind=LOOK, intent__startswith=_look_intent(request), state=WorkState.DONE)
    return looks.order_by("-pk").first()


def newest_look(request: RegradeRequest) -> Work | None:
    """Return the look that was asked for last, wherever it is. One query."""
    return Work.objects.filter(kind=LOOK, intent__startswith=_look_intent(request)).order_by("-pk").first()


def mark_again(*, request: RegradeRequest, reason: str, by: Actor, now: datetime) -> Work:
    """Let a worker mark all attempts concerned by the newest key of their question, and return the work.

    Whom it concerns is looked up when it is done. Asked for twice it is one piece of work; one that failed is begun
    anew. What is decided about an older key of the same version is decided with it.
    Raises `ValidationError` without a reason, `PermissionDenied` for whoever does not decide about these results, and
    `RegradeClosed` where it was decided otherwise.
    """
    reason = _checked(reason)
    if not may_mark_again(by, request):
        raise PermissionDenied
    with transaction.atomic():
        current = _held(request)
        if current.state != RegradeState.OPEN:
            raise RegradeClosed
        before = Work.objects.filter(public_id=current.work).first() if current.work else None
        if before is not None and before.state != WorkState.FAILED:
            return before
        work = queue_work(
            kind=REGRADE,
            # After a failure it is another piece of work.
            intent=f"{REGRADE}:{current.pk}:{current.work}",
            arguments={"request": current.pk, "back": _back(current)},
            by=by,
            now=now,
            total=attempts_to_mark(current).count(),
        )
        RegradeRequest.objects.filter(pk=current.pk).update(work=work.public_id, note=reason)
    return work


@transaction.atomic
def leave_marks(*, request: RegradeRequest, reason: str, by: Actor, now: datetime) -> RegradeRequest:
    """Decide that scores stay as they are, with a reason. Deciding it twice keeps the first.

    Raises as `mark_again` does.
    """
    reason = _checked(reason)
    if not may_mark_again(by, request):
        raise PermissionDenied
    current = _held(request)
    if current.state == RegradeState.DISMISSED:
        return current
    running = Work.objects.filter(public_id=current.work, state__in=WorkState.open_states)
    if current.state != RegradeState.OPEN or (current.work and running.exists()):
        raise RegradeClosed
    _settle(current, RegradeState.DISMISSED, note=reason, by=by, now=now)
    _record("question.marks_left", current, by=by, now=now)
    current.refresh_from_db()
    return current


def _held(request: RegradeRequest) -> RegradeRequest:
    """The request, its row written first: two colleagues who decide at once come one after the other."""
    RegradeRequest.objects.filter(pk=request.pk).update(question_version=request.question_version_id)
    return RegradeRequest.objects.select_related("key", "question_version").get(pk=request.pk)


def _settle(request: RegradeRequest, state: RegradeState, *, note: str, by: Actor, now: datetime) -> int:
    """Close what waits about a version up to the key of `request`; return how many that were."""
    waiting = RegradeRequest.objects.filter(
        question_version=request.question_version_id,
        key__revision__lte=request.key.revision,
        state=RegradeState.OPEN,
    )
    return waiting.update(state=state, settled_at=now, settled_by=by.user, note=note)


def _record(kind: str, request: RegradeRequest, *, by: Actor, now: datetime, **facts: int) -> None:
    record_event(
        kind=kind,
        by=by,
        now=now,
        about=Question._meta.label_lower,
        about_id=request.question_version.question_id,
        data={"version": request.question_version.number, "key": request.key.revision, "facts": facts},
    )


def _checked(reason: str) -> str:
    reason = clean_line(reason)
    if not reason or len(reason) > LONGEST_REASON:
        raise ValidationError(
            {"reason": _("Say why, in at most %(most)d characters.") % {"most": LONGEST_REASON}}
        )
    return reason


def _look_intent(request: RegradeRequest) -> str:
    return f"{LOOK}:{request.pk}:"


def _back(request: RegradeRequest) -> dict[str, str]:
    return {"url": reverse("assessments:regrade", args=[request.pk]), "label": _("Back to the mended key")}


# --- What a worker does --------------------------------------------------------------------------------------------


def _request_of(work: Work) -> RegradeRequest:
    requests = RegradeRequest.objects.select_related("key", "question_version")
    return requests.get(pk=work.arguments["request"])


def _in_parts(attempts: QuerySet[Attempt]) -> list[list[int]]:
    ids = list(attempts.order_by("pk").values_list("pk", flat=True))
    return [ids[start : start + _PART] for start in range(0, len(ids), _PART)]


def do_look(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    """Do the work of `look_at_regrade` and return what would change. Writes nothing but the work itself."""
    request = _request_of(work)
    parts = _in_parts(attempts_to_mark(request))
    total, done = sum(map(len, parts)), 0
    counts: Counter[str] = Counter()
    changes: list[list[Any]] = []
    for part in parts:
        rows = Attempt.objects.filter(pk__in=part).select_related("current_score", "invitation__version")
        for attempt in rows.order_by("pk"):
            old = attempt.current_score
            if old is None:
                continue
            new = marked_again(attempt, version_id=request.question_version_id)
            way = "higher" if new.percent > old.percent else "lower" if new.percent < old.percent else "same"
            counts[way] += 1
            if new.band != old.band:
                counts["crossing"] += 1
            if way != "same" or new.band != old.band:
                changes.append([attempt.pk, str(old.percent), str(new.percent), old.band, new.band])
        done += len(part)
        report(done, total)
    # Whose result becomes another comes first, then who changes most.
    changes.sort(key=lambda row: (row[3] == row[4], -abs(float(row[2]) - float(row[1])), row[0]))
    return {
        "summary": ngettext(
            "%(count)d attempt would be marked again. Nothing was changed.",
            "%(count)d attempts would be marked again. Nothing was changed.",
            total,
        )
        % {"count": total},
        "counts": [[label, counts[code]] for code, label in look_labels()],
        "tally": dict(counts) | {"attempts": total},
        "changes": changes[:MOST_LISTED],
        "key": request.key_id,
        "next": work.arguments["back"],
    }


def look_labels() -> list[tuple[str, str]]:
    """What a look counts, in words."""
    return [
        ("crossing", _("Another result: across the pass mark or the borderline")),
        ("higher", _("Higher percentage")),
        ("lower", _("Lower percentage")),
        ("same", _("The same percentage")),
    ]


def do_regrade(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    """Do the work of `mark_again`: a new score for each attempt, in a transaction of its own.

    Done again after a crash it goes on where it was: who has a score by the newest key is not concerned any more.
    """
    request = _request_of(work)
    if request.state == RegradeState.OPEN and not may_mark_again(actor, request):
        raise ValidationError(_("You may not decide about these results any more."))
    parts, pace, done = _in_parts(attempts_to_mark(request)), Pace(), 0
    total = sum(map(len, parts))
    for part in parts:
        for attempt_id in part:
            pace()
            try:
                score_attempt(
                    attempt_id=attempt_id,
                    cause=ScoreCause.REGRADE,
                    now=timezone.now(),
                    again={request.question_version_id},
                )
            except NotToBeScored:
                # Reopened or declared void meanwhile: the next score is given by the newest key.
                continue
        done += len(part)
        report(done, total)
    now = timezone.now()
    written = Score.objects.filter(
        cause=ScoreCause.REGRADE,
        created_at__gte=work.created_at,
        attempt__questions__question_version=request.question_version_id,
    )
    marked = written.count()
    with transaction.atomic():
        if _settle(request, RegradeState.DONE, note=request.note, by=actor, now=now):
            _record("question.marked_again", request, by=actor, now=now, attempts=marked)
    return {
        "summary": ngettext(
            "%(count)d attempt was marked again.", "%(count)d attempts were marked again.", marked
        )
        % {"count": marked},
        "next": work.arguments["back"],
    }


def register() -> None:
    """Register it with outbox. Called once, when the app is ready."""
    register_work(LOOK, do_look, gettext_lazy("Look at what a mended key changes"))
    register_work(REGRADE, do_regrade, gettext_lazy("Mark attempts again"))
