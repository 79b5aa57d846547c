"""The yardstick tells how Python was built, and takes processor time alone."""

from __future__ import annotations

import time

import pytest

from tests.load.yardstick import Yardstick, interpreter


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("'--enable-optimizations' '--with-lto'", "built with --enable-optimizations and --with-lto"),
        ("'--prefix=/usr' '--enable-optimizations'", "built with --enable-optimizations"),
        ("'--enable-shared'", "whose configure names no optimisation"),
        ("", "whose configure names no optimisation"),
    ],
)
def test_interpreter_is_named_with_how_it_was_built(arguments, said):
    assert interpreter(arguments).endswith(f", {said}")


def test_yardstick_grows_with_the_work():
    begun = time.process_time()
    few, many = Yardstick.taken(additions=1_000, rounds=10), Yardstick.taken(additions=500_000, rounds=2_000)

    assert few.additions < many.additions
    assert few.mix < many.mix
    assert many.additions + many.mix <= time.process_time() - begun


def test_line_says_both_figures():
    line = Yardstick(0.25, 0.5).line()

    assert "0.25 CPU-s for 5 million additions" in line
    assert "0.50 for 20,000 times JSON and HMAC" in line
