"""Models exist only when the tests run, so what needs them is in `house.py`."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def house(db: None) -> Any:
    """One job with people, and colleagues of every kind."""
    from tests.hiring.pages.house import make_house

    return make_house()


@pytest.fixture
def sign_in() -> Any:
    """`sign_in(user)` returns a client of that colleague."""
    from tests.hiring.pages.house import signed_in

    return signed_in
