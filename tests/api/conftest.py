"""Imports are within the fixtures: this file is read before Django is ready."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def stopped_clock(freeze):
    from tests.factories.accounts import NOW

    # Calls of an earlier test at the same moment are none of this one.
    cache.clear()
    # Keys are made at this moment and are good for a year from it.
    return freeze(NOW)


@pytest.fixture
def house(db):
    """The job that the key may see."""
    from tests.api.world import make_house

    return make_house()


@pytest.fixture
def other_house(db):
    """A job of somebody else."""
    from tests.api.world import make_house

    return make_house()


@pytest.fixture
def robot(house):
    """A program with a key of the recruiter of `house`, with every scope."""
    from tests.api.world import program

    return program(house.recruiter)
