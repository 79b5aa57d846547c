"""Colours as `#rrggbb`: how well one reads on another, and what follows from the one that an organisation chose."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

DEFAULT_ACCENT: Final = "#4f46e5"
# WCAG 2.2, text of normal size.
ENOUGH: Final = 4.5
# What a link or the letters of a button stand on: the pages' surfaces, light and dark, as in shell/tokens.css.
LIGHT_SURFACE: Final = "#f8fafc"
DARK_SURFACE: Final = "#111a2c"
DARK_PAGE: Final = "#0b1220"
WHITE: Final = "#ffffff"
INK: Final = "#0f172a"

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE | re.ASCII)
_STEPS: Final = 256


def is_colour(text: str) -> bool:
    """Whether `text` is a colour as `#rrggbb`."""
    return _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21. Source: WCAG 2.2, "contrast ratio" and "relative luminance"."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(colour: str) -> str:
    """White or near-black, whichever is easier to read on the colour."""
    return max(WHITE, INK, key=lambda text: contrast(text, colour))


def nearest_readable(colour: str) -> str:
    """Return the colour itself where it reads as a link on light pages, else the nearest darker one that does."""
    return _towards("#000000", colour, on=LIGHT_SURFACE)


@lru_cache(maxsize=64)
def look_css(accent: str) -> str:
    """Return the rules that give pages this accent, light and dark, in the names of shell/tokens.css.

    Whatever the accent is, what stands on it and what is written in it can be read.
    """
    light = nearest_readable(accent)
    dark = _towards(WHITE, light, on=DARK_SURFACE)
    return (
        f":root{{--accent:{light};--accent-strong:{mix(light, '#000000', 0.2)};"
        f"--accent-soft:{mix(light, WHITE, 0.92)};--on-accent:{readable_on(light)}}}\n"
        "@media screen and (prefers-color-scheme:dark){:root:not([x-data],.light){"
        f"--accent:{dark};--accent-strong:{mix(dark, WHITE, 0.25)};"
        f"--accent-soft:{mix(dark, DARK_SURFACE, 0.85)};--on-accent:{readable_on(dark)}}}}}\n"
    )


def mix(colour: str, other: str, part: float) -> str:
    """Return `colour` with `part` (0 to 1) of `other` in it."""
    mixed = (
        round(one + (two - one) * part) for one, two in zip(_channels(colour), _channels(other), strict=True)
    )
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _towards(end: str, colour: str, *, on: str) -> str:
    """Mix as little of `end` into the colour as it takes to be read on `on`."""
    steps = (mix(colour, end, step / _STEPS) for step in range(_STEPS + 1))
    return next(mixed for mixed in steps if contrast(mixed, on) >= ENOUGH)


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[index : index + 2], 16) for index in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (value / 255 for value in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
