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


@pytest.fixture(scope="module")
def _house_of_the_file(django_db_setup, django_db_blocker):
    import time_machine

    from tests.api.world import make_house
    from tests.factories.accounts import NOW
    from tests.servers import worlds

    def make():
        with time_machine.travel(NOW, tick=False):
            return make_house()

    with worlds.shared(make, django_db_blocker) as its_own:
        yield its_own


@pytest.fixture
def house(_house_of_the_file, db):
    """The job that the key may see."""
    return _house_of_the_file()


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
