"""Which version of Shortlist this is; `pyproject.toml` is the one place that says it."""

from __future__ import annotations

import tomllib
from functools import cache

from config.environment import BASE_DIR


@cache
def version() -> str:
    text = (BASE_DIR / "pyproject.toml").read_text()
    return str(tomllib.loads(text)["project"]["version"])


def is_newer(other: str) -> bool:
    """Whether `other` is a later version than this one; what is no version at all is not."""
    return _numbers(other) > _numbers(version())


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())
