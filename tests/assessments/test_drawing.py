from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from assessments.rules import PoolItem, RuleNeed, draw_form, option_order, unmet_rules

seeds = st.integers(0, 2**62)


@st.composite
def blueprints(draw: st.DrawFn) -> tuple[list[RuleNeed], dict[int, list[PoolItem]]]:
    """Rules with overlapping pools that can be met together: each is given what it needs first."""
    counts = draw(st.lists(st.integers(1, 4), min_size=1, max_size=6))
    needs = [RuleNeed(rule_id, count, section=rule_id % 2) for rule_id, count in enumerate(counts, start=1)]
    own = iter(range(1, 1000))
    extra = draw(st.lists(st.integers(1, sum(counts)), max_size=20))
    pools: dict[int, list[PoolItem]] = {}
    for need in needs:
        ids = {next(own) for _ in range(need.count)} | set(extra)
        pools[need.rule_id] = [
            PoolItem(id_ * 10, id_, draw(st.integers(0, 3)), is_rested=draw(st.booleans()))
            for id_ in sorted(ids)
        ]
    return needs, pools


@given(blueprints(), seeds)
def test_draw_meets_every_rule_and_never_asks_twice(blueprint, seed) -> None:
    needs, pools = blueprint

    form = draw_form(needs, pools, seed=seed)

    assert unmet_rules(needs, pools) == {}
    assert form.missing == ()
    assert Counter(drawn.rule_id for drawn in form.questions) == {need.rule_id: need.count for need in needs}
    assert len({drawn.question_id for drawn in form.questions}) == len(form.questions)
    for drawn in form.questions:
        assert drawn.version_id in {item.version_id for item in pools[drawn.rule_id]}


@given(blueprints(), seeds)
def test_draw_can_be_repeated_from_its_seed(blueprint, seed) -> None:
    needs, pools = blueprint
    backwards = {rule_id: items[::-1] for rule_id, items in pools.items()}

    assert draw_form(needs, pools, seed=seed) == draw_form(needs, backwards, seed=seed)


@given(seeds)
def test_draw_takes_rested_questions_only_where_a_rule_would_run_dry(seed) -> None:
    pool = [PoolItem(1, 1), PoolItem(2, 2, is_rested=True), PoolItem(3, 3)]

    enough = draw_form([RuleNeed(7, 2)], {7: pool}, seed=seed)
    dry = draw_form([RuleNeed(7, 3)], {7: pool}, seed=seed)

    assert {drawn.version_id for drawn in enough.questions} == {1, 3}
    assert enough.rested == ()
    assert {drawn.version_id for drawn in dry.questions} == {1, 2, 3}
    assert dry.rested == (2,)


def test_draw_goes_short_rather_than_failing_and_says_where() -> None:
    form = draw_form([RuleNeed(7, 2)], {7: [PoolItem(1, 1)]}, seed=1)

    assert [drawn.version_id for drawn in form.questions] == [1]
    assert form.missing == (7,)


@given(seeds)
def test_draw_leaves_a_scarce_question_to_the_rule_that_has_nothing_else(seed) -> None:
    pools = {1: [PoolItem(1, 1), PoolItem(2, 2)], 2: [PoolItem(1, 1)]}

    form = draw_form([RuleNeed(1, 1), RuleNeed(2, 1)], pools, seed=seed)

    assert {(drawn.rule_id, drawn.version_id) for drawn in form.questions} == {(1, 2), (2, 1)}


@given(seeds)
def test_draw_prefers_the_least_shown(seed) -> None:
    pool = [PoolItem(id_, id_, shown=0 if id_ <= 4 else 50) for id_ in range(1, 21)]

    form = draw_form([RuleNeed(7, 2)], {7: pool}, seed=seed)

    assert {drawn.version_id for drawn in form.questions} <= {1, 2, 3, 4}


def test_draw_without_shuffling_keeps_the_order_of_the_rules() -> None:
    pools = {1: [PoolItem(1, 1)], 2: [PoolItem(2, 2)], 3: [PoolItem(3, 3)]}

    form = draw_form([RuleNeed(3, 1), RuleNeed(1, 1), RuleNeed(2, 1)], pools, seed=5, shuffle=False)

    assert [drawn.rule_id for drawn in form.questions] == [3, 1, 2]


@given(seeds)
def test_draw_shuffles_within_sections_only(seed) -> None:
    needs = [RuleNeed(1, 2, section=1), RuleNeed(2, 2, section=2)]
    pools = {1: [PoolItem(1, 1), PoolItem(2, 2)], 2: [PoolItem(3, 3), PoolItem(4, 4)]}

    form = draw_form(needs, pools, seed=seed)

    assert [drawn.rule_id for drawn in form.questions] == [1, 1, 2, 2]


def test_unmet_rules_name_the_scarce_one() -> None:
    pools = {1: [PoolItem(1, 1), PoolItem(2, 2), PoolItem(3, 3)], 2: [PoolItem(1, 1)], 3: []}

    short = unmet_rules([RuleNeed(1, 2), RuleNeed(2, 2), RuleNeed(3, 1)], pools)

    assert short == {2: 1, 3: 1}


OPTIONS = [{"code": code, "text": code, "place": "last" if code in "de" else ""} for code in "abcde"]


@given(seeds, st.integers(1, 10**6))
def test_option_order_keeps_every_option_and_the_last_ones_last(seed, version_id) -> None:
    order = option_order(OPTIONS, seed=seed, version_id=version_id)

    assert sorted(order[:3]) == ["a", "b", "c"]
    assert order[3:] == ["d", "e"]
    assert order == option_order(OPTIONS, seed=seed, version_id=version_id)


def test_option_order_differs_between_people_and_not_with_the_key_first() -> None:
    first = Counter(option_order(OPTIONS[:3], seed=seed, version_id=9)[0] for seed in range(3000))

    # Each of three options is first in a third of the cases: 1000, give or take four standard deviations.
    assert all(abs(first[code] - 1000) < 104 for code in "abc")


def test_option_order_without_shuffling_is_the_authors() -> None:
    assert option_order(OPTIONS, seed=1, version_id=1, shuffle=False) == list("abcde")


@given(st.lists(st.sampled_from(["", "first", "here", "last"]), min_size=2, max_size=8), st.integers())
def test_option_order_keeps_every_place_that_authors_chose(places, seed) -> None:
    codes = "abcdefgh"[: len(places)]
    options = [{"code": code, "place": place} for code, place in zip(codes, places, strict=True)]

    order = option_order(options, seed=seed, version_id=3)

    assert sorted(order) == list(codes)
    kept = {place: [code for code, at in zip(codes, places, strict=True) if at == place] for place in places}
    assert all(order.index(code) == codes.index(code) for code in kept.get("here", ()))
    others = [code for code in order if code not in kept.get("here", ())]
    first, last = kept.get("first", []), kept.get("last", [])
    assert others[: len(first)] == first
    assert others[len(others) - len(last) :] == last


def test_draw_of_a_known_seed_stays_the_same_for_ever() -> None:
    """Python promises the sequence of `random()`; if this changes, forms of the past cannot be drawn again."""
    pool = [PoolItem(id_, id_) for id_ in range(1, 31)]

    form = draw_form([RuleNeed(1, 6)], {1: pool}, seed=20260302)

    assert [drawn.version_id for drawn in form.questions] == [24, 21, 2, 12, 19, 18]
    assert option_order(OPTIONS, seed=20260302, version_id=6) == list("bcade")
