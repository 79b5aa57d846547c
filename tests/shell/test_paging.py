import pytest
from django.test import Client

from candidates.models import Candidate
from shell.admin import ChainedPages, KeysFirstPaginator, LongListPaginator
from tests.factories.accounts import make_administrator
from tests.factories.candidates import make_candidate

pytestmark = pytest.mark.django_db


@pytest.fixture
def short(monkeypatch):
    """Lists of people that turn no further than four, two a page."""
    monkeypatch.setattr(LongListPaginator, "MOST", 4)
    monkeypatch.setattr("candidates.admin.CandidateAdmin.list_per_page", 2)


def rows_of(page):
    return [row.full_name for row in page.context["cl"].result_list]


def test_long_list_says_that_there_is_more_and_turns_as_far_as_it_counts(short):
    for number in range(5):
        make_candidate(full_name=f"Person {number}")
    client = Client()
    client.force_login(make_administrator())

    first = client.get("/admin/candidates/candidate/?o=1")
    second = client.get("/admin/candidates/candidate/?o=1&p=2")

    assert rows_of(first) == ["Person 0", "Person 1"]
    assert rows_of(second) == ["Person 2", "Person 3"]
    assert "more than 4 people. Search or filter to see the others." in second.content.decode()
    assert client.get("/admin/candidates/candidate/?o=1&p=3").status_code == 302


def test_list_that_ends_there_says_how_many_there_are(short):
    for number in range(4):
        make_candidate(full_name=f"Person {number}")
    client = Client()
    client.force_login(make_administrator())

    page = client.get("/admin/candidates/candidate/?q=person")

    assert "more than" not in page.content.decode()
    assert page.context["cl"].result_count == 4


def test_later_page_is_the_same_part_of_the_list(django_assert_num_queries):
    for number in range(7):
        make_candidate(full_name=f"Person {number % 2} {number}")
    people = Candidate.objects.order_by("-full_name", "pk").prefetch_related("tags")
    for pages in (LongListPaginator(people, 3), KeysFirstPaginator(people, 3)):
        assert [row for number in (1, 2, 3) for row in pages.page(number)] == list(people)
    # The keys, the rows and their tags.
    with django_assert_num_queries(3):
        assert len(pages.page(2)) == 3


def test_everybody_and_who_has_a_word_are_counted_no_further_than_somebody_may_turn_next(short, monkeypatch):
    monkeypatch.setattr(LongListPaginator, "MOST", 10)
    monkeypatch.setattr(LongListPaginator, "NEAR", 6)
    monkeypatch.setattr(LongListPaginator, "FOUND", 4)
    for number in range(9):
        make_candidate(full_name=f"Person {number}")
    client = Client()
    client.force_login(make_administrator())

    def asked(query):
        listed = client.get(f"/admin/candidates/candidate/?{query}").context["cl"]
        return listed.result_count, listed.paginator.has_more

    assert [asked(query) for query in ("o=1", "o=1&p=2", "o=1&p=3", "o=1&p=5")] == [
        (6, True),
        (6, True),
        (9, False),
        (9, False),
    ]
    assert [asked(query) for query in ("q=person", "q=person&p=2", "q=person&p=4")] == [
        (4, True),
        (8, True),
        (9, False),
    ]
    assert asked("id__gt=0") == (9, False)
    assert rows_of(client.get("/admin/candidates/candidate/?q=person&o=1&p=2")) == ["Person 2", "Person 3"]
    numbers = ("6", "9" * 18, "9" * 5000, "²")
    answers = [client.get(f"/admin/candidates/candidate/?p={number}").status_code for number in numbers]
    assert answers == [302, 302, 200, 200]


def test_lists_one_behind_the_other_are_asked_as_far_as_the_page_needs(
    django_assert_num_queries, monkeypatch
) -> None:
    people = [make_candidate(full_name=f"Person {number}").pk for number in range(6)]
    everybody = Candidate.objects.order_by("pk").values_list("pk", flat=True)
    first, second = everybody.filter(pk__in=people[3:5]), everybody.filter(pk__in=people[:4])
    order = [people[3], people[4], *people[:3], people[5]]

    # Each key once, where it comes first.
    with django_assert_num_queries(3):
        pages = ChainedPages([first, second, everybody], 2)
        assert [list(pages.get_page(number)) for number in (1, 2, 3)] == [order[:2], order[2:4], order[4:]]
    assert (pages.count, pages.num_pages, pages.has_more) == (6, 3, False)
    assert list(pages.get_page(99)) == order[4:]

    monkeypatch.setattr(LongListPaginator, "MOST", 3)
    with django_assert_num_queries(2):
        pages = ChainedPages([first, second, everybody], 2)
        assert [list(pages.get_page(number)) for number in (1, 2)] == [order[:2], order[2:3]]
    assert (pages.count, pages.has_more) == (3, True)
    assert list(ChainedPages([everybody.none()], 2).get_page(1)) == []
