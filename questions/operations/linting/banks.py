"""Looking through a whole bank: each of its questions, and what is seen of all together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Actor
from accounts.rules import random_code
from outbox.enums import WorkState
from outbox.models import Work
from outbox.operations import give_way, queue_work
from outbox.registries import Report, register_work
from questions.enums import FindingKind, FindingState, Status, Weight
from questions.models import Question, QuestionBank, QuestionFinding
from questions.operations.linting.keeping import TEXT, Changed, keep_findings
from questions.operations.linting.questions import PART, finding_of, look_through_read, read_questions
from questions.queries.finding import with_stem
from questions.rules import lint

BANK: Final = "questions.look_through_bank"
# How many stems are compared before the worker says again that it lives.
_A_SIGN: Final = 2000
_OF_BANK: Final = (FindingKind.LENGTH_TELLS, FindingKind.POSITION_TELLS)


@dataclass(slots=True)
class BankLook:
    """What looking through a bank came to: how many questions, what changed, and what is open now."""

    questions: int = 0
    changed: Changed = field(default_factory=Changed)
    errors: int = 0
    others: int = 0


def queue_bank_look(*, bank: QuestionBank, back: Mapping[str, str], by: Actor, now: datetime) -> Work:
    """Ask for a bank to be looked through and return the work: the one that waits or runs, if there is one.

    Arguments: `back`, "url" and "label" of the way back. Raises: `PermissionDenied`.
    """
    _require_author(by)
    waiting = Work.objects.filter(
        kind=BANK, state__in=WorkState.open_states, intent__startswith=f"{BANK}:{bank.pk}:"
    )
    return waiting.order_by("pk").first() or queue_work(
        kind=BANK,
        intent=f"{BANK}:{bank.pk}:{random_code()}",
        arguments={"bank": bank.pk, "back": dict(back)},
        by=by,
        now=now,
        total=_asked(bank).count(),
    )


def look_through_bank(
    *,
    bank: QuestionBank,
    now: datetime,
    report: Callable[[int, int | None], None] | None = None,
    by: Actor | None = None,
) -> BankLook:
    """Look through all questions of a bank that are not retired, in short transactions, and return what it came to.

    They are compared with one another, and with those of the other banks that `by` (without one, the system) may see.
    Arguments: `report(done, total)` is told how far it is. Doing it again does no harm.
    """
    look, tally, near = BankLook(), lint.BankTally(), lint.NearDuplicates()
    ids = list(_asked(bank).order_by("pk").values_list("pk", flat=True))
    told = report or (lambda _done, _total: None)
    for start in range(0, len(ids), PART):
        if start:
            give_way()
        read = read_questions(ids[start : start + PART])
        look.changed.add(look_through_read(read, now=now))
        for each in read:
            tally.add(each.draft)
            near.add(each.row.pk, each.draft.stem)
        look.questions += len(read)
        told(min(start + PART, len(ids)), len(ids))
    for key, stem in _stems_elsewhere(bank, by or Actor.system(), lambda: told(len(ids), len(ids))):
        near.add(key, stem)
    for alike in _parts(_nearest(near, set(ids), lambda: told(len(ids), len(ids)))):
        give_way()
        look.changed.add(_keep_alike(alike, now=now))
    look.changed.add(_keep_of_bank(bank, tally, now=now))
    open_ones = QuestionFinding.objects.filter(bank=bank, state=FindingState.OPEN)
    open_ones = open_ones.exclude(question__status=Status.RETIRED)
    look.errors = open_ones.filter(weight=Weight.ERROR).count()
    look.others = open_ones.exclude(weight=Weight.ERROR).count()
    return look


def _asked(bank: QuestionBank) -> Any:
    return Question.objects.filter(bank=bank).exclude(status=Status.RETIRED)


def _stems_elsewhere(bank: QuestionBank, actor: Actor, sign: Callable[[], None]) -> Iterator[tuple[int, str]]:
    """The newest stems of the questions of other banks that are not retired, by their keys."""
    # Whoever looks, nobody hears of what another piece of work still writes: it may never be there.
    elsewhere = Question.objects.filter(bank__arriving_for="").exclude(bank=bank)
    rows: Any = with_stem(elsewhere.exclude(status=Status.RETIRED).visible_to(actor)).order_by("pk")
    last = 0
    while part := list(rows.filter(pk__gt=last).values_list("pk", "stem")[:_A_SIGN]):
        last = part[-1][0]
        yield from ((key, stem or "") for key, stem in part)
        sign()
        give_way()


def _nearest(
    near: lint.NearDuplicates, own: Collection[int], sign: Callable[[], None]
) -> dict[int, tuple[int, float]]:
    """For each of `own` that is like an older question, the one that it is most like, of two in its own bank. The older
    one is left alone."""
    nearest: dict[int, tuple[int, float]] = {}
    for one, other, likeness in near.pairs(among=own, every=_A_SIGN, sign=sign):
        younger, older = max(one, other), min(one, other)
        before, most = nearest.get(younger, (0, 0.0))
        if younger in own and (likeness, older in own) > (most, before in own):
            nearest[younger] = (older, likeness)
    return nearest


def _parts(nearest: Mapping[int, tuple[int, float]]) -> Iterator[dict[int, tuple[int, float]]]:
    ids = sorted(nearest)
    for start in range(0, len(ids), PART):
        yield {pk: nearest[pk] for pk in ids[start : start + PART]}


def _keep_alike(alike: Mapping[int, tuple[int, float]], *, now: datetime) -> Changed:
    read = read_questions(list(alike))
    known = QuestionFinding.objects.filter(question__in=list(alike), kind=FindingKind.NEAR_DUPLICATE)
    found = [finding_of(each, lint.near_duplicate(*alike[each.row.pk]), now=now) for each in read]
    return keep_findings(found=found, known=list(known.order_by("pk")), now=now)


def _keep_of_bank(bank: QuestionBank, tally: lint.BankTally, *, now: datetime) -> Changed:
    known = QuestionFinding.objects.filter(bank=bank, question=None, kind__in=_OF_BANK)
    return keep_findings(
        found=_rows_of_bank(bank, tally.found(), now=now), known=list(known.order_by("pk")), now=now
    )


def _rows_of_bank(bank: QuestionBank, found: Iterable[lint.Found], *, now: datetime) -> list[QuestionFinding]:
    return [
        QuestionFinding(
            bank=bank,
            kind=one.kind,
            place=one.place,
            # It is accepted for the bank, however its numbers move.
            values={**one.values, TEXT: ""},
            weight=one.weight,
            found_at=now,
        )
        for one in found
    ]


def _require_author(by: Actor) -> None:
    if not by.is_system and (by.user is None or not by.user.has_perm("questions.change_question")):
        raise PermissionDenied


def _do(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    bank = QuestionBank.objects.filter(pk=work.arguments["bank"]).visible_to(actor).first()
    if bank is None:
        raise ValidationError(_("This bank is not there any more."))
    look = look_through_bank(bank=bank, now=timezone.now(), report=report, by=actor)
    return {
        "summary": _("%(bank)s is looked through.") % {"bank": bank.name},
        "counts": [
            [_("Questions"), look.questions],
            [_("Errors"), look.errors],
            [_("Worth a look"), look.others],
            [_("New since the last time"), look.changed.opened],
            [_("Mended since the last time"), look.changed.gone],
        ],
        "next": work.arguments["back"],
    }


def register() -> None:
    """Register it with outbox. Called once, when the app is ready."""
    register_work(BANK, _do, gettext_lazy("Look through a bank"))
