"""A person with an invitation to a small test. Models are imported late: this file is read before the apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.assessments.taking.places import Place


@pytest.fixture
def place(db: None) -> Place:
    """An invitation that can be started, and a browser that has not opened its link yet."""
    from tests.assessments.taking.places import make_place

    return make_place()


@pytest.fixture
def running(place: Place) -> Place:
    """The same with the test started."""
    place.start()
    return place
