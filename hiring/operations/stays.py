"""What transitions say of the stays that they ended: worked out from the history, whenever that grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from hiring.enums import ApplicationStatus
from hiring.models import ApplicationTransition, Job, Stage

_FIELDS: Final = ("stayed", "left_before", "kind_left_before", "kind_left_again")
_MICROSECOND: Final = timedelta(microseconds=1)
# So many applications are read anew at a time.
_PORTION: Final = 500


def tell_stays(transitions: Sequence[ApplicationTransition]) -> None:
    """Fill in what unsaved transitions say of the stays that they end, and correct what earlier ones of the same
    applications say now. At most one query and one statement for each 500 that changed.
    """
    told = [each for each in transitions if ends_a_stay(each) or each.undoes_id is not None]
    # Before the second of an application nothing ended.
    with_more = {each.application_id for each in told if each.number > 2}
    earlier = _histories(with_more) if with_more else {}
    changed: list[ApplicationTransition] = []
    for new in told:
        history = earlier.get(new.application_id, [])
        changed += work_out([*history, new], _kinds(history))
    _save(each for each in changed if each.pk is not None)


def renew_stays(job: Job) -> None:
    """Work all of it out again for the applications of a job, after stages became ones of another kind."""
    ids = list(
        ApplicationTransition.objects.filter(application__job=job, stayed__isnull=False)
        .order_by()
        .values_list("application", flat=True)
        .distinct()
    )
    kinds: dict[int | None, str] = dict(Stage.objects.filter(job=job).values_list("pk", "kind"))
    for start in range(0, len(ids), _PORTION):
        histories = _histories(ids[start : start + _PORTION])
        _save(each for history in histories.values() for each in work_out(history, kinds))


def ends_a_stay(transition: ApplicationTransition) -> bool:
    """Whether an application leaves a stage by it: for another one, or because it is decided."""
    return transition.since is not None and (
        transition.to_stage_id != transition.from_stage_id or transition.to_status in ApplicationStatus.final
    )


def work_out(
    history: Sequence[ApplicationTransition], kinds: Mapping[int | None, str]
) -> list[ApplicationTransition]:
    """Set what each transition of one application, from its first to its last, says of the stay that it ended, and
    return those of which it is something else than before. `kinds` are those of its stages.
    """
    before = [_said(each) for each in history]
    undone = {each.undoes_id for each in history if each.undoes_id is not None}
    left: datetime | None = None
    last_of: dict[str | None, ApplicationTransition] = {}
    for each in history:
        each.stayed = each.left_before = each.kind_left_before = each.kind_left_again = None
        # What was undone never was.
        if each.undoes_id is not None or each.pk in undone or not ends_a_stay(each):
            continue
        assert each.since is not None
        kind = kinds.get(each.from_stage_id)
        each.stayed, each.left_before = (each.at - each.since) // _MICROSECOND, left
        same = last_of.get(kind)
        if same is not None:
            same.kind_left_again, each.kind_left_before = each.at, same.at
        left, last_of[kind] = each.at, each
    return [each for each, said in zip(history, before, strict=True) if _said(each) != said]


def _said(transition: ApplicationTransition) -> tuple[object, ...]:
    return tuple(getattr(transition, field) for field in _FIELDS)


def _histories(application_ids: Iterable[int]) -> dict[int, list[ApplicationTransition]]:
    """The transitions of each application, in order. One query."""
    histories: dict[int, list[ApplicationTransition]] = defaultdict(list)
    rows = ApplicationTransition.objects.filter(application__in=list(application_ids))
    for row in rows.select_related("to_stage").order_by("application", "number"):
        histories[row.application_id].append(row)
    return histories


def _kinds(history: Sequence[ApplicationTransition]) -> dict[int | None, str]:
    """The kinds of the stages to which an application ever came, which are all that it can leave."""
    return {each.to_stage_id: each.to_stage.kind for each in history}


def _save(changed: Iterable[ApplicationTransition]) -> None:
    rows = list(changed)
    if rows:
        ApplicationTransition.objects.bulk_update(rows, _FIELDS, batch_size=_PORTION)
