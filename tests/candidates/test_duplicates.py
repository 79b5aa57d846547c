from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from accounts.models import Actor
from candidates import operations
from candidates.enums import DuplicateSign
from candidates.models import Candidate
from candidates.queries.duplicates import MOST_DUPLICATES, duplicates_of, people_like
from tests.factories.accounts import NOW, make_user
from tests.factories.candidates import make_candidate, make_link

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
EMAIL, LINK, PHONE, NAME = DuplicateSign


def found(candidate: Candidate, actor: Actor = SYSTEM) -> dict[str, tuple[DuplicateSign, ...]]:
    return {twin.person.full_name: twin.signs for twin in duplicates_of(candidate, actor)}


@pytest.fixture
def ada() -> Candidate:
    ada = make_candidate(
        full_name="Ada Lovelace", emails=["ada+jobs@example.org", "al@home.example"], phone="+44 20 7946 0123"
    )
    make_link(ada, "https://www.code.example/ada/")
    return ada


def test_duplicates_say_what_is_alike_and_the_strongest_sign_comes_first(ada: Candidate) -> None:
    make_candidate(full_name="LOVELACE, Ada", phone="")
    make_candidate(full_name="By phone", phone="(020) 7946-0123")
    make_link(make_candidate(full_name="By profile"), "http://code.example/ada")
    make_candidate(full_name="By mail box", email="Ada@example.org")
    both = make_candidate(full_name="Adá Lovelace", email="al+2@home.example", phone="00442079460123")
    make_candidate(full_name="Ada Byron", email="ada@elsewhere.example", phone="+44 20 7946 0124")

    alike = found(ada)

    assert alike == {
        both.full_name: (EMAIL, PHONE, NAME),
        "By mail box": (EMAIL,),
        "By profile": (LINK,),
        "By phone": (PHONE,),
        "LOVELACE, Ada": (NAME,),
    }
    assert list(alike) == [both.full_name, "By mail box", "By profile", "By phone", "LOVELACE, Ada"]
    assert duplicates_of(ada, SYSTEM)[0].words == (
        "In common: the same mail box, the same phone number, the same name."
    )


def test_duplicates_are_only_people_who_are_seen_and_there(ada: Candidate) -> None:
    colleague = make_user()
    mine = make_candidate(full_name="Ada Lovelace", by=Actor.of_user(colleague))
    make_candidate(full_name="Ada Lovelace")
    merged, erased = make_candidate(full_name="Ada Lovelace"), make_candidate(full_name="Ada Lovelace")
    operations.merge_people(kept=make_candidate(), merged=merged, by=SYSTEM, now=NOW)
    operations.erase_person(candidate=erased, by=SYSTEM, now=NOW)

    assert [twin.person for twin in duplicates_of(ada, Actor.of_user(colleague))] == [mine]
    assert len(duplicates_of(ada, SYSTEM)) == 2
    erased.refresh_from_db()
    assert duplicates_of(erased, SYSTEM) == []


def test_duplicates_cost_two_queries_and_are_five_at_most(
    ada: Candidate, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(MOST_DUPLICATES + 1):
        make_candidate(full_name="Ada Lovelace")

    # Addresses; people.
    with django_assert_num_queries(2):
        twins = duplicates_of(ada, SYSTEM)

    assert len(twins) == MOST_DUPLICATES


def test_people_without_a_phone_or_with_names_in_other_scripts_are_not_alike() -> None:
    nobody = make_candidate(full_name="日本 太郎", phone="123")
    make_candidate(full_name="Iván", phone="123")

    assert found(nobody) == {}


def test_who_is_typed_is_compared_with_who_is_known(
    ada: Candidate, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        [twin] = people_like(
            SYSTEM, full_name="lovelace ada", emails=["ada@EXAMPLE.org"], phone="020 7946 0123"
        )

    assert (twin.person, twin.signs, twin.address) == (ada, (EMAIL, PHONE, NAME), "ada+jobs@example.org")
    assert people_like(SYSTEM, full_name="Bob", emails=["bob@example.org"], phone="") == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://example.org/ada", "https://example.org/ada"),
        (" code.example/ada ", "https://code.example/ada"),
        ("HTTP://Code.example/Ada", "http://Code.example/Ada"),
        ("code.example:8000/ada", "https://code.example:8000/ada"),
    ],
)
def test_links_of_a_person_are_addresses_of_the_web(typed: str, kept: str) -> None:
    ada = make_candidate()

    changed(ada, [typed, kept])

    assert [link.url for link in ada.links.all()] == [kept]
    changed(ada, [])
    assert not ada.links.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://example.org/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://example.org/",
        "https://",
        "https://code.example@evil.example/ada",
        "https://exa mple.org/",
        "java\tscript:alert(1)",
        "https://example.org/\x00",
        f"https://example.org/{'a' * 500}",
    ],
)
def test_case_6_xss_url_scheme_is_refused_at_its_field(typed: str) -> None:
    ada = make_candidate()
    changed(ada, ["https://example.org/ada"])

    with pytest.raises(ValidationError) as refused:
        changed(ada, [typed])

    assert list(refused.value.error_dict) == ["links"]
    assert [link.url for link in ada.links.all()] == ["https://example.org/ada"]


def changed(candidate: Candidate, links: list[str]) -> None:
    operations.update_candidate(
        candidate=candidate,
        full_name=candidate.full_name,
        emails=["ada@example.org"],
        phone="",
        time_zone="",
        language="",
        links=links,
        by=SYSTEM,
        now=NOW,
    )
