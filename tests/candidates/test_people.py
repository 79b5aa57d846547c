from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from accounts.models import Actor
from candidates import operations, queries
from candidates.models import Candidate, CandidateEmail, Tag
from candidates.operations import CandidateDraft
from outbox.models import Event
from tests.factories.accounts import NOW, make_recruiter
from tests.factories.candidates import make_candidate
from tests.servers.parallel import run_parallel

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def test_find_or_add_adds_somebody_new() -> None:
    recruiter = make_recruiter()

    candidate, is_new = operations.find_or_add_candidate(
        full_name=" Ada  Lovelace ",
        email=" Ada@Example.org ",
        phone="030 1",
        by=Actor.of_user(recruiter),
        now=NOW,
    )

    assert is_new
    assert (candidate.full_name, candidate.phone, candidate.created_by) == (
        "Ada Lovelace",
        "030 1",
        recruiter,
    )
    email = CandidateEmail.objects.get()
    assert (email.address, email.normalised, email.is_primary) == ("Ada@Example.org", "ada@example.org", True)
    event = Event.objects.get(kind="candidate.added")
    assert (event.person_ref, event.actor_user_id, event.data) == (candidate.public_id, recruiter.pk, {})


def test_find_or_add_finds_by_any_address_and_leaves_the_person_alone() -> None:
    ada = make_candidate(full_name="Ada", emails=["ada@example.org", "ada@home.example"])

    found, is_new = operations.find_or_add_candidate(
        full_name="Somebody else", email="ADA@home.example", by=SYSTEM, now=NOW
    )

    assert (found, is_new, found.full_name) == (ada, False, "Ada")


def test_find_or_add_tells_everything_that_is_wrong_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        operations.find_or_add_candidate(
            full_name=" ", email="x", phone="call me", time_zone="Mars", language="tlh", by=SYSTEM, now=NOW
        )

    assert set(refused.value.message_dict) == {"full_name", "email", "phone", "time_zone", "language"}
    assert Candidate.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_find_or_add_at_one_moment_is_one_person(race_rounds: int) -> None:
    for number in range(race_rounds):
        answers = run_parallel(
            lambda number=number: operations.find_or_add_candidate(  # type: ignore[misc]
                full_name="Ada", email=f"ada{number}@example.org", by=SYSTEM, now=NOW
            ),
            5,
        )

        assert len({candidate.pk for candidate, _is_new in answers}) == 1
        assert [is_new for _candidate, is_new in answers].count(True) == 1
    assert Candidate.objects.count() == race_rounds


@pytest.mark.parametrize("count", [1, 40])
def test_find_or_add_many_costs_the_same(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_candidate(email="person0@example.org")
    drafts = [CandidateDraft(full_name=f"P {n}", email=f"Person{n}@example.org") for n in range(count + 1)]

    # Who is known; savepoint, people, their keys, addresses, words, events, release.
    with django_assert_num_queries(8):
        answers = operations.find_or_add_candidates(drafts=drafts, by=SYSTEM, now=NOW)

    assert [is_new for _candidate, is_new in answers] == [False, *[True] * count]
    assert Candidate.objects.count() == count + 1


def test_find_or_add_many_with_one_address_twice_is_one_person() -> None:
    drafts = [
        CandidateDraft(full_name="Ada", email="ada@example.org"),
        CandidateDraft(full_name="A. L.", email="ADA@example.org"),
    ]

    answers = operations.find_or_add_candidates(drafts=drafts, by=SYSTEM, now=NOW)

    assert [(candidate.full_name, is_new) for candidate, is_new in answers] == [("Ada", True), ("Ada", False)]


def change(candidate: Candidate, **fields: object) -> Candidate:
    words = {"full_name": "Ada", "emails": ["ada@example.org"], "phone": "", "time_zone": "", "language": ""}
    return operations.update_candidate(candidate=candidate, **{**words, **fields}, by=SYSTEM, now=NOW)  # type: ignore[arg-type]


def test_update_candidate_sets_exactly_these_addresses() -> None:
    candidate = make_candidate(emails=["a@example.org", "b@example.org"])

    change(candidate, emails=["C@example.org", "a@example.org", "c@EXAMPLE.org"])

    assert queries.addresses_of(candidate) == ["c@EXAMPLE.org", "a@example.org"]
    assert queries.main_address(candidate) == "c@EXAMPLE.org"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"emails": []}, "emails"),
        ({"emails": ["ada@example.org", "broken"]}, "emails"),
        ({"emails": ["taken@example.org"]}, "emails"),
        ({"emails": [f"a{n}@example.org" for n in range(11)]}, "emails"),
        ({"full_name": ""}, "full_name"),
        ({"phone": "no"}, "phone"),
    ],
)
def test_update_candidate_with_bad_input_names_the_field_and_changes_nothing(
    fields: dict[str, object], field: str
) -> None:
    make_candidate(email="taken@example.org")
    candidate = make_candidate(full_name="Ada", email="ada@example.org")

    with pytest.raises(ValidationError) as refused:
        change(candidate, **fields)

    assert list(refused.value.message_dict) == [field]
    assert queries.addresses_of(candidate) == ["ada@example.org"]


def test_set_tags_keeps_one_tag_whatever_its_case() -> None:
    candidate = make_candidate()
    operations.set_tags(candidate=candidate, names=["Python", "Übersetzt"], by=SYSTEM, now=NOW)

    operations.set_tags(
        candidate=candidate, names=["python", "übersetzt", " Remote  only "], by=SYSTEM, now=NOW
    )

    assert set(candidate.tags.values_list("name", flat=True)) == {"Python", "Übersetzt", "Remote only"}
    assert Tag.objects.count() == 3


def test_add_tags_takes_none_away() -> None:
    ada, bob = make_candidate(), make_candidate()
    operations.set_tags(candidate=ada, names=["Python"], by=SYSTEM, now=NOW)

    new = operations.add_tags(tags=[(ada, ["python", "Remote"]), (bob, ["Remote"])], by=SYSTEM, now=NOW)

    assert new == 2
    assert set(ada.tags.values_list("name", flat=True)) == {"Python", "Remote"}
    assert set(bob.tags.values_list("name", flat=True)) == {"Remote"}


def test_consent_twice_is_once() -> None:
    from tests.factories.candidates import make_consent

    candidate = make_candidate()

    first, second = make_consent(candidate), make_consent(candidate, now=NOW + timedelta(days=1))
    other = make_consent(candidate, about="assessments.invitation", about_id=5)

    assert first == second
    assert second.given_at == NOW
    assert other != first
