import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rendering.colours import (
    DARK_SURFACE,
    DEFAULT_ACCENT,
    ENOUGH,
    LIGHT_SURFACE,
    contrast,
    is_colour,
    look_css,
    mix,
    nearest_readable,
)

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize("text", ["", "#fff", "4f46e5", "#4f46e5;", "#4f46e5\n", "#gggggg", "#４f46e5"])
def test_what_is_no_colour(text):
    assert not is_colour(text)


def test_colour_that_reads_stays_as_it_is():
    assert nearest_readable(DEFAULT_ACCENT) == DEFAULT_ACCENT


def test_nearest_of_a_light_colour_reads_and_its_neighbour_does_not():
    nearest = nearest_readable("#ffcc00")

    assert contrast(nearest, LIGHT_SURFACE) >= ENOUGH
    assert contrast(mix(nearest, "#ffcc00", 0.02), LIGHT_SURFACE) < ENOUGH


@given(COLOURS)
def test_whatever_the_accent_is_pages_can_be_read(accent):
    light, dark = look_css(accent).split("@media")
    of = [dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", rules)) for rules in (light, dark)]

    assert all(set(colours) == {"accent", "accent-strong", "accent-soft", "on-accent"} for colours in of)
    for colours, surface in zip(of, (LIGHT_SURFACE, DARK_SURFACE), strict=True):
        assert contrast(colours["accent"], surface) >= ENOUGH
        assert contrast(colours["on-accent"], colours["accent"]) >= ENOUGH
        assert contrast(colours["on-accent"], colours["accent-strong"]) >= 4


def test_surfaces_are_those_of_the_pages():
    with open("shell/static/shell/tokens.css") as tokens:
        text = tokens.read()

    assert re.findall(r"--surface: (#\w+)", text)[:2] == [LIGHT_SURFACE, DARK_SURFACE]
    assert re.findall(r"--accent: (#\w+)", text)[0] == DEFAULT_ACCENT
