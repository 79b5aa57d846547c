"""Models exist only when the tests run, so what needs them is in `house.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="module")
def _house_of_the_file(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[[], Any]]:
    from tests.hiring.pages.house import make_house
    from tests.servers import worlds

    with worlds.shared(make_house, django_db_blocker) as its_own:
        yield its_own


@pytest.fixture
def house(_house_of_the_file: Callable[[], Any], db: None) -> Any:
    """One job with people, and colleagues of every kind."""
    return _house_of_the_file()


@pytest.fixture
def sign_in() -> Any:
    """`sign_in(user)` returns a client of that colleague."""
    from tests.hiring.pages.house import signed_in

    return signed_in
