from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Actor
from assessments.enums import AttemptEventKind, SubmittedBy
from assessments.models import Attempt, AttemptEvent
from assessments.operations import PageNote, note_origin, pause_attempt, record_notes, submit_attempt
from assessments.operations.integrity import MOST_NOTES
from assessments.rules import Origin, origin_marks
from candidates.operations import erase_person, export_person
from tests.factories.accounts import make_administrator
from tests.factories.assessments import make_attempt
from tests.factories.questions import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=10)
HOME = Origin("a" * 22, "198.51.100.7", "Firefox/140.0")
AWAY = PageNote(AttemptEventKind.FOCUS_LOST, position=2, ago=60, seconds=40)
COPY = PageNote(AttemptEventKind.COPIED, position=1, ago=0, target="stem", length=120)


def tell(
    attempt: Attempt, *notes: PageNote, more: int = 0, sight: dict[int, int] | None = None, now=LATER
) -> int:
    return record_notes(attempt=attempt, notes=notes, more=more, sight=sight or {}, now=now)


def told() -> list[tuple[str, object, dict]]:
    return list(AttemptEvent.objects.order_by("pk").values_list("kind", "at", "data"))


def move(attempt: Attempt, **changes: str) -> list[AttemptEventKind]:
    attempt.refresh_from_db()
    origin = Origin(**{"device": HOME.device, "address": HOME.address, "agent": HOME.agent} | changes)
    return note_origin(attempt=attempt, origin=origin, position=2, now=LATER)


# --- What pages tell -------------------------------------------------------------------------------------------


def test_notes_are_kept_with_their_place_moment_and_length() -> None:
    attempt = make_attempt()

    assert tell(attempt, AWAY, COPY) == 2

    assert told() == [
        ("focus_lost", LATER - timedelta(seconds=60), {"position": 2, "seconds": 40}),
        ("copied", LATER, {"position": 1, "target": "stem", "length": 120}),
    ]


def test_what_cannot_be_is_cut_to_what_can() -> None:
    attempt = make_attempt()

    tell(attempt, PageNote(AttemptEventKind.FOCUS_LOST, 1, ago=10**6, seconds=10**6))
    tell_again = Attempt.objects.get(pk=attempt.pk)
    tell(tell_again, PageNote(AttemptEventKind.PASTED, 1, ago=-5, length=10**6, target="other"))

    first, second = told()
    assert (first[1], first[2]["seconds"]) == (attempt.started_at, 600)
    assert (second[1], second[2]["length"]) == (LATER, 100_000)


def test_seconds_in_sight_add_up_and_never_exceed_the_sitting() -> None:
    attempt = make_attempt()

    tell(attempt, sight={1: 30, 2: 10**6, 99: 5})
    tell(attempt, sight={1: 12})

    rows = dict(attempt.questions.values_list("position", "seconds"))
    assert rows == {1: 42, 2: 600, 3: None}


def test_an_attempt_keeps_so_many_notes_and_counts_the_rest() -> None:
    attempt = make_attempt()
    for _batch in range(8):
        attempt.refresh_from_db()
        tell(attempt, *[COPY] * 50, more=3)

    attempt.refresh_from_db()
    assert AttemptEvent.objects.count() <= MOST_NOTES
    assert attempt.notes_seen == 8 * 53
    assert attempt.notes_seen - AttemptEvent.objects.count() >= 8 * 53 - MOST_NOTES


def test_two_pages_that_tell_at_one_moment_are_both_counted() -> None:
    attempt = make_attempt()
    stale = Attempt.objects.get(pk=attempt.pk)

    tell(attempt, AWAY)
    tell(stale, COPY)

    attempt.refresh_from_db()
    assert (attempt.notes_seen, len(told())) == (2, 2)


@pytest.mark.parametrize("end", ["submitted", "paused", "overdue"])
def test_nothing_is_told_of_a_test_that_does_not_run(end: str) -> None:
    attempt = make_attempt()
    now = LATER
    if end == "submitted":
        submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=LATER)
    elif end == "paused":
        pause_attempt(attempt=attempt, reason="Fire alarm", by=Actor.of_user(make_administrator()), now=LATER)
        AttemptEvent.objects.all().delete()
    else:
        now = attempt.deadline_at + timedelta(seconds=6)
    seen_before_it_ended = attempt
    attempt = Attempt.objects.get(pk=attempt.pk)

    tell(attempt, AWAY, sight={1: 9}, now=now)
    if end == "submitted":
        tell(seen_before_it_ended, AWAY, sight={1: 9})

    assert told() == []
    assert set(attempt.questions.values_list("seconds", flat=True)) == {None}


def test_a_batch_costs_two_statements_and_one_for_seconds(django_assert_num_queries) -> None:
    attempt = make_attempt()

    # The notes counted, the notes written; the seconds added. Two more are the savepoint of a transaction in a test.
    with django_assert_num_queries(2 + 1 + 2):
        tell(attempt, AWAY, COPY, sight={1: 30, 2: 5})


# --- Where requests come from ----------------------------------------------------------------------------------


@pytest.fixture
def at_home() -> Attempt:
    attempt = make_attempt()
    note_origin(attempt=attempt, origin=HOME, position=1, now=NOW)
    return attempt


def test_the_first_origin_is_learnt_without_a_word(at_home: Attempt) -> None:
    at_home.refresh_from_db()

    assert told() == []
    assert [mark[0] for mark in at_home.origins.split()] == ["d", "n", "b"]


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({}, []),
        ({"address": "198.51.100.99"}, []),
        ({"agent": "Firefox/141.0"}, []),
        ({"address": "203.0.113.1"}, ["other_address"]),
        ({"agent": "Chrome/140.0"}, ["other_browser"]),
        ({"device": "b" * 22, "agent": "Chrome/140.0"}, ["other_device"]),
        ({"device": "b" * 22, "address": "203.0.113.1"}, ["other_device", "other_address"]),
        ({"device": ""}, []),
    ],
)
def test_only_what_was_not_met_before_is_noted(at_home: Attempt, changes: dict, kinds: list[str]) -> None:
    assert move(at_home, **changes) == kinds

    assert [(kind, data) for kind, _at, data in told()] == [(kind, {"position": 2}) for kind in kinds]
    assert move(at_home, **changes) == []
    assert move(at_home) == []


def test_somebody_who_travels_is_noted_a_few_times_and_no_more(at_home: Attempt) -> None:
    for number in range(60):
        move(at_home, address=f"10.0.{number}.1")

    at_home.refresh_from_db()
    assert len(at_home.origins) <= 300
    assert len(told()) == 21


def test_no_address_and_no_user_agent_is_kept(at_home: Attempt) -> None:
    move(at_home, device="b" * 22, address="203.0.113.1", agent="Chrome/140.0")

    at_home.refresh_from_db()
    kept = at_home.origins + str(told())
    for secret in ("203.0", "198.51", "Chrome", "Firefox", "b" * 22):
        assert secret not in kept


def test_nothing_new_costs_no_statement(at_home: Attempt, django_assert_num_queries) -> None:
    at_home.refresh_from_db()

    with django_assert_num_queries(0):
        note_origin(attempt=at_home, origin=HOME, position=1, now=LATER)


# --- One person ------------------------------------------------------------------------------------------------


def test_export_says_in_words_what_was_noticed(at_home: Attempt) -> None:
    tell(at_home, AWAY, sight={2: 33})
    move(at_home, address="203.0.113.1")

    exported = export_person(candidate=at_home.invitation.candidate, by=Actor.system(), now=LATER)

    ((test,),) = (part["tests"] for part in exported["assessments"])
    (attempt,) = test["attempts"]
    assert attempt["noticed"] == [
        {
            "at": (LATER - timedelta(seconds=60)).isoformat(),
            "what": "Looked away from the page",
            "position": 2,
            "seconds": 40,
        },
        {"at": LATER.isoformat(), "what": "Another network", "position": 2},
    ]
    assert [answer["seconds_in_sight"] for answer in attempt["answers"]] == [None, 33, None]


def test_erasure_leaves_the_counts_alone(at_home: Attempt) -> None:
    tell(at_home, AWAY, COPY)
    move(at_home, address="203.0.113.1")

    erase_person(
        candidate=at_home.invitation.candidate, by=Actor.of_user(make_administrator()), now=timezone.now()
    )

    at_home.refresh_from_db()
    assert [(kind, data) for kind, _at, data in told()] == [
        ("focus_lost", {}),
        ("copied", {}),
        ("other_address", {}),
    ]
    assert at_home.origins == ""


def test_keys_that_change_in_the_middle_of_a_sitting_make_no_other_device(settings) -> None:
    attempt = make_attempt()
    Attempt.objects.filter(pk=attempt.pk).update(origins=" ".join(origin_marks(HOME, salt=attempt.seed)))
    old = settings.LINK_KEYS

    settings.SECRET_KEY = "another-secret-" + "k" * 50
    settings.LINK_KEYS = ["another-link-key-" + "k" * 50, *old]

    assert move(attempt) == []
    assert move(attempt, address="203.0.113.9") == [AttemptEventKind.OTHER_ADDRESS]
    # What was learnt under the new key is known, too, and stays so.
    assert move(attempt, address="203.0.113.9") == []
    settings.LINK_KEYS = old[:1]
    assert move(attempt) == []
