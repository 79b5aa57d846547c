"""Marks tell whether two requests of one sitting come from the same place, and nothing else."""

from __future__ import annotations

import pytest

from assessments.rules import Origin, origin_marks

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"


def marks(
    *, device: str = "d" * 22, address: str = "198.51.100.7", agent: str = FIREFOX, salt: int = 1
) -> list[str]:
    return origin_marks(Origin(device, address, agent), salt=salt)


def test_there_is_one_mark_for_each_part_that_is_known() -> None:
    assert [mark[0] for mark in marks()] == ["d", "n", "b"]
    assert [mark[0] for mark in marks(device="", address="unknown", agent="")] == []
    assert {len(mark) for mark in marks()} == {9}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("198.51.100.7", "198.51.100.250"),
        ("2001:db8:aaaa::1", "2001:db8:aaaa:ffff::2"),
        ("198.51.100.7", "::ffff:198.51.100.9"),
    ],
)
def test_addresses_of_one_network_are_one(first: str, second: str) -> None:
    assert marks(address=first) == marks(address=second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("198.51.100.7", "198.51.101.7"),
        ("2001:db8:aaaa::1", "2001:db8:bbbb::1"),
        ("198.51.100.7", "2001:db8::1"),
    ],
)
def test_addresses_of_two_networks_are_two(first: str, second: str) -> None:
    assert marks(address=first)[1] != marks(address=second)[1]


def test_a_browser_that_renews_itself_is_the_same_and_another_is_not() -> None:
    assert marks(agent=FIREFOX) == marks(agent=FIREFOX.replace("140", "141"))
    assert marks(agent=FIREFOX)[2] != marks(agent=CHROME)[2]


def test_marks_of_two_sittings_and_of_two_installations_cannot_be_compared(settings) -> None:
    here = marks(salt=1)
    settings.LINK_KEYS = ["another-key-" + "k" * 50]

    assert not set(here) & set(marks(salt=1))
    assert not set(marks(salt=1)) & set(marks(salt=2))


@pytest.mark.parametrize("strange", ["\x00", "\ud800", "é" * 5000, "' OR 1=1"])
def test_whatever_a_request_says_gives_a_mark(strange: str) -> None:
    assert len(marks(device=strange, agent=strange)) == 3
