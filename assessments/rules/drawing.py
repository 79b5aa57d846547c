"""Which questions a person gets, and in which order: a pure function of the pool and a seed.

`random.Random(seed).random()` is the only part of Python's generator whose sequence is promised to stay the same, so
every choice here is a sort by such numbers: a form can be drawn again a year later.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

# A draw chooses among at least so many times the questions it needs (where the pool has them), the least shown ones.
SPREAD = 2


@dataclass(frozen=True, slots=True)
class PoolItem:
    """A question version that a rule may draw."""

    version_id: int
    question_id: int
    shown: int = 0
    # Retired, back in review, resting or leaked: drawn only where a rule would run dry.
    is_rested: bool = False


@dataclass(frozen=True, slots=True)
class RuleNeed:
    """What a rule asks for."""

    rule_id: int
    count: int
    section: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question of a form."""

    rule_id: int
    version_id: int
    question_id: int


@dataclass(frozen=True, slots=True)
class Form:
    """What was drawn, in the order it is asked; `rested` and `missing` say what staff have to be told."""

    questions: tuple[Drawn, ...]
    rested: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()


def draw_form(
    rules: Sequence[RuleNeed], pools: Mapping[int, Sequence[PoolItem]], *, seed: int, shuffle: bool = True
) -> Form:
    """Draw one form.

    Arguments: `rules` in the order of the test; `pools`, what each rule may draw; `shuffle`, whether questions change
    places within their section.
    Returns the form. No question comes twice, whatever the overlap of the pools. `rested` lists the versions taken
    although they are out of use, because a rule had nothing else; `missing` the rules that went short all the same.
    """
    rng = random.Random(seed)  # noqa: S311 -- a draw must be repeatable; the seed itself is secret
    slots = [need for need in rules for _ in range(need.count)]
    fresh = {need.rule_id: _preferred(_items(pools, need, rested=False), need.count, rng) for need in rules}
    chosen = _assign(slots, fresh, {})
    rested: tuple[int, ...] = ()
    if len(chosen) < len(slots):
        spare = {
            need.rule_id: _preferred(_items(pools, need, rested=True), need.count, rng) for need in rules
        }
        everything = {rule_id: [*fresh[rule_id], *spare[rule_id]] for rule_id in fresh}
        chosen = _assign(slots, everything, chosen)
        rested = tuple(sorted(item.version_id for item in chosen.values() if item.is_rested))
    places = _in_order(slots, chosen, rng, shuffle=shuffle)
    return Form(
        questions=tuple(
            Drawn(slots[place].rule_id, chosen[place].version_id, chosen[place].question_id)
            for place in places
        ),
        rested=rested,
        missing=tuple(slots[place].rule_id for place in range(len(slots)) if place not in chosen),
    )


def unmet_rules(rules: Sequence[RuleNeed], pools: Mapping[int, Sequence[PoolItem]]) -> dict[int, int]:
    """Return the rules that cannot all be met at once, each with how many questions it is short of."""
    slots = [need for need in rules for _ in range(need.count)]
    # The scarcest first, so that the complaint names the rule that lacks questions and not one that shares with it.
    slots.sort(key=lambda need: -len(pools.get(need.rule_id, ())))
    chosen = _assign(slots, pools, {})
    short: dict[int, int] = {}
    for place, need in enumerate(slots):
        if place not in chosen:
            short[need.rule_id] = short.get(need.rule_id, 0) + 1
    return short


def option_order(
    options: Sequence[Mapping[str, object]], *, seed: int, version_id: int, shuffle: bool = True
) -> list[str]:
    """Return the codes of `options` in the order one person sees them.

    Those with the place "first" come first and those with "last" last, each in the authors' order; one with "here"
    keeps the number it has there. The others share what is left.
    """
    codes = [str(option["code"]) for option in options]
    if not shuffle:
        return codes
    placed: dict[str, list[str]] = {"": [], "first": [], "here": [], "last": []}
    for code, option in zip(codes, options, strict=True):
        placed[str(option.get("place") or "")].append(code)
    rng = random.Random(f"{seed}:{version_id}")  # noqa: S311 -- repeatable on purpose
    others = iter([*placed["first"], *_shuffled(placed[""], rng), *placed["last"]])
    return [code if code in placed["here"] else next(others) for code in codes]


def _items(pools: Mapping[int, Sequence[PoolItem]], need: RuleNeed, *, rested: bool) -> list[PoolItem]:
    return [item for item in pools.get(need.rule_id, ()) if item.is_rested is rested]


def _preferred(items: Sequence[PoolItem], count: int, rng: random.Random) -> list[PoolItem]:
    """All `items`, best first: the least shown ones (at least `SPREAD` times what is needed) in random order."""
    ordered = sorted(
        _shuffled(sorted(items, key=lambda item: item.version_id), rng), key=lambda item: item.shown
    )
    enough = count * SPREAD
    if len(ordered) <= enough:
        return _shuffled(ordered, rng)
    limit = ordered[enough - 1].shown
    near = [item for item in ordered if item.shown <= limit]
    return [*_shuffled(near, rng), *ordered[len(near) :]]


def _shuffled(items: Sequence[T], rng: random.Random) -> list[T]:
    keys = [rng.random() for _ in items]
    return [items[place] for place in sorted(range(len(items)), key=keys.__getitem__)]


def _in_order(
    slots: Sequence[RuleNeed], chosen: Mapping[int, PoolItem], rng: random.Random, *, shuffle: bool
) -> list[int]:
    places = sorted(chosen)
    if not shuffle:
        return places
    by_section: dict[int, list[int]] = {}
    for place in places:
        by_section.setdefault(slots[place].section, []).append(place)
    return [place for section in by_section.values() for place in _shuffled(section, rng)]


def _assign(
    slots: Sequence[RuleNeed], wanted: Mapping[int, Sequence[PoolItem]], already: Mapping[int, PoolItem]
) -> dict[int, PoolItem]:
    """Give each slot a question of its own: a maximum bipartite matching by augmenting paths (Kuhn, 1955).

    A plain first come, first served draw can starve a rule whose few questions another rule took for no need.
    """
    holder = {item.question_id: place for place, item in already.items()}
    chosen = dict(already)

    def place_it(place: int, tried: set[int]) -> bool:
        items = wanted.get(slots[place].rule_id, ())
        for item in items:
            if item.question_id not in holder and item.question_id not in tried:
                holder[item.question_id] = place
                chosen[place] = item
                return True
        for item in items:
            if item.question_id in tried:
                continue
            tried.add(item.question_id)
            if place_it(holder[item.question_id], tried):
                holder[item.question_id] = place
                chosen[place] = item
                return True
        return False

    for place in _unfilled(range(len(slots)), chosen):
        place_it(place, set())
    return chosen


def _unfilled(places: Iterable[int], chosen: Mapping[int, PoolItem]) -> list[int]:
    return [place for place in places if place not in chosen]
