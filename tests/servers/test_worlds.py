"""The tests of a file share a world, and none meets what another did to it."""

import pytest
from django.db import connection

from accounts.models import User
from tests.factories.accounts import make_user
from tests.servers import worlds

_made = []


@pytest.fixture(scope="module")
def _world_of_the_file(django_db_setup, django_db_blocker):
    _made.clear()

    def make():
        _made.append(make_user(full_name="Ada Lovelace"))
        return _made[-1]

    with worlds.shared(make, django_db_blocker) as its_own:
        yield its_own


@pytest.fixture
def ada(_world_of_the_file, db):
    return _world_of_the_file()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_world_is_as_it_was_made_whatever_the_test_before_did_to_it(ada, turn):
    assert ada.full_name == "Ada Lovelace"
    assert User.objects.get().full_name == "Ada Lovelace"
    assert len(_made) == 1
    ada.full_name = f"Nobody of the {turn} test"
    ada.save()
    make_user()


@pytest.mark.django_db(transaction=True)
def test_test_that_commits_has_one_of_its_own_and_none_of_the_others(ada):
    assert not connection.in_atomic_block
    assert User.objects.get() == ada
    assert ada.full_name == "Ada Lovelace"
    assert _made[-1].pk == ada.pk
