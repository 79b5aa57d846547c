from datetime import timedelta

import pytest

from outbox.operations import acquire_lease, release_lease
from tests.factories.accounts import NOW
from tests.servers.parallel import run_all


@pytest.mark.django_db
def test_lease_is_one_holders_until_it_ends():
    assert acquire_lease(name="sweep", holder="a", seconds=60, now=NOW)
    assert not acquire_lease(name="sweep", holder="b", seconds=60, now=NOW + timedelta(seconds=60))
    assert acquire_lease(name="sweep", holder="b", seconds=60, now=NOW + timedelta(seconds=61))


@pytest.mark.django_db
def test_holder_renews_and_gives_back():
    acquire_lease(name="sweep", holder="a", seconds=60, now=NOW)

    assert acquire_lease(name="sweep", holder="a", seconds=60, now=NOW + timedelta(seconds=50))
    release_lease(name="sweep", holder="b")
    assert not acquire_lease(name="sweep", holder="b", seconds=60, now=NOW + timedelta(seconds=100))
    release_lease(name="sweep", holder="a")
    assert acquire_lease(name="sweep", holder="b", seconds=60, now=NOW + timedelta(seconds=100))


@pytest.mark.django_db(transaction=True)
def test_f18_two_schedulers_at_once_one_gets_the_lease(race_rounds):
    for number in range(race_rounds):
        takers = [
            lambda holder=holder, name=f"sweep {number}": acquire_lease(
                name=name, holder=holder, seconds=60, now=NOW
            )
            for holder in "abcd"
        ]

        assert sorted(run_all(takers)) == [False, False, False, True]
