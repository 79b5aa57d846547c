import random
import string
import time
from datetime import timedelta
from statistics import median

import pytest

from outbox.enums import LinkPurpose
from outbox.models import AccessLink
from outbox.rules import (
    MAC_LENGTH,
    MAIL_DELAYS,
    fill,
    has_leftovers,
    link_token,
    mac_opens,
    mark_confidential,
    next_delay,
    split_token,
    used_fields,
    with_confidential,
    without_confidential,
)


def link(**fields):
    return AccessLink(
        **{"purpose": LinkPurpose.TEST, "public_id": "abcdefghjkmnpqrs", "generation": 1, **fields}
    )


def test_token_carries_at_least_128_bits():
    assert MAC_LENGTH * 6 >= 128
    assert len(split_token(link_token(link()))[1]) == MAC_LENGTH


@pytest.mark.parametrize(
    "changed", [{"public_id": "abcdefghjkmnpqrt"}, {"generation": 2}, {"purpose": "other"}]
)
def test_token_opens_its_own_link_alone(changed):
    mac = split_token(link_token(link()))[1]

    assert mac_opens(mac, link())
    assert not mac_opens(mac, link(**changed))


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        ".",
        "None",
        0,
        b"abcdefghjkmnpqrs",
        "abcdefghjkmnpqrs",
        "abcdefghjkmnpqrs.",
        "abcdefghjkmnpqrs." + "A" * 21,
        "abcdefghjkmnpqrs." + "A" * 23,
        "abcdefghjkmnpqrs." + "A" * 22 + "\n",
        "abcdefghjkmnpqr\x00." + "A" * 22,
        "ABCDEFGHJKMNPQRS." + "A" * 22,
        "abcdefghjkmnpqrs." + "Ａ" * 22,
        "a" * 50_000,
    ],
)
def test_case_62_none_equals_none_malformed_tokens_are_nothing(token):
    assert split_token(token) is None


def test_case_39_token_brute_ten_thousand_guesses_open_nothing():
    guess = random.Random(39)
    alphabet = string.ascii_letters + string.digits + "_-"

    opened = [
        mac
        for mac in ("".join(guess.choices(alphabet, k=22)) for _ in range(10_000))
        if mac_opens(mac, link())
    ]

    assert opened == []


def test_case_40_token_timing_near_misses_take_as_long_as_far_ones():
    right = split_token(link_token(link()))[1]
    other = "A" if right[0] != "A" else "B"
    guesses = {"far": other * MAC_LENGTH, "near": right[:-1] + (other if right[-1] != other else "C")}
    times = {"far": [], "near": []}

    for _ in range(2000):
        for name, mac in guesses.items():
            begun = time.perf_counter_ns()
            assert not mac_opens(mac, link())
            times[name].append(time.perf_counter_ns() - begun)

    assert median(times["near"]) == pytest.approx(median(times["far"]), rel=0.1)


def test_f27_rotated_link_keys_old_links_open_and_new_ones_are_signed_by_the_new_key(settings):
    settings.LINK_KEYS = ["old-key"]
    old = split_token(link_token(link()))[1]

    settings.LINK_KEYS = ["new-key", "old-key"]
    new = split_token(link_token(link()))[1]

    assert old != new
    assert mac_opens(old, link())
    assert mac_opens(new, link())
    settings.LINK_KEYS = ["new-key"]
    assert not mac_opens(old, link())


def test_fields_are_filled_once_and_values_are_not_looked_at_again():
    assert fill("{{a}} and {{ b }}", {"a": "{{ b }}", "b": "B"}) == "{{ b }} and B"


def test_link_stays_in_one_spelling():
    assert fill("{{link}} {{  link }}", {}) == "{{ link }} {{ link }}"


def test_used_fields_name_no_link():
    assert used_fields("{{ link }} {{ name }}{{name}} {{ Name }} {{ name.first }}") == {"name"}


@pytest.mark.parametrize(
    "text", ["{{ a.b }}", "{a}", "{% if %}", "{{ a", "%(a)s", "{{ A }}", "{{ a|b }}", "}"]
)
def test_leftover_braces_are_seen(text):
    assert has_leftovers(text)


def test_plain_text_and_fields_have_no_leftovers():
    assert not has_leftovers("Pay rises by 5% (yes). {{ name }}")


def test_delays_grow_and_end():
    delays = [next_delay(MAIL_DELAYS, tries) for tries in range(1, 7)]

    assert delays == [
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=10),
        timedelta(hours=1),
        timedelta(hours=3),
        None,
    ]


def test_confidential_part_is_in_the_whole_text_and_leaves_its_place_in_the_other():
    text = f"You have {mark_confidential('55')} minutes. {mark_confidential('')}Good luck, {mark_confidential('A')}"

    assert with_confidential(text) == "You have 55 minutes. Good luck, A"
    assert without_confidential(text) == "You have […] minutes. […]Good luck, […]"
    assert has_leftovers(mark_confidential(""))


def test_text_without_a_mark_stays_as_it_is_for_both():
    assert with_confidential("a [ b ] {{ link }}") == without_confidential("a [ b ] {{ link }}")
