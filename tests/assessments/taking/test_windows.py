"""What the server knows of windows: the one that acted last."""

from __future__ import annotations

import uuid

from assessments.models import Attempt
from tests.assessments.taking.places import Place


def say_here(place: Place, tab: str) -> int:
    return int(place.client.post(place.url("here/"), {"tab_id": tab}).status_code)


def test_window_that_says_it_goes_on_is_told_to_the_others(running: Place) -> None:
    tab = str(uuid.uuid4())

    assert say_here(running, tab) == 200

    assert running.client.get(running.url("clock/")).json()["tab_id"] == tab
    assert f'data-tab-id="{tab}"' in running.client.get(running.url("question/1/")).content.decode()


def test_saying_so_moves_neither_clock_nor_answers(running: Place) -> None:
    before = Attempt.objects.values().get(pk=running.attempt.pk)
    tab = uuid.uuid4()

    say_here(running, str(tab))

    assert Attempt.objects.values().get(pk=running.attempt.pk) == before | {"tab_id": tab}


def test_window_that_saves_is_the_one_that_goes_on(running: Place) -> None:
    tab = str(uuid.uuid4())

    running.save(1, ["a"], tab_id=tab)
    assert str(running.attempt.tab_id) == tab
    running.save(1, ["b"])
    assert str(running.attempt.tab_id) == tab
    running.save(1, ["c"], tab_id="none at all")

    assert str(running.attempt.tab_id) == tab
    assert running.row(1).answer == ["c"]


def test_window_without_a_name_is_refused_and_one_of_no_test_changes_nothing(running: Place) -> None:
    for name in ("", "x" * 36, "1", "\x00"):
        assert say_here(running, name) == 400
    running.client.post(running.url("submit/"), {"confirmed": "yes"})
    assert say_here(running, str(uuid.uuid4())) == 409
    assert running.attempt.tab_id is None


def test_saying_so_costs_two_statements(running: Place, django_assert_num_queries) -> None:
    # what the link opens, the window's name
    with django_assert_num_queries(2):
        say_here(running, str(uuid.uuid4()))
