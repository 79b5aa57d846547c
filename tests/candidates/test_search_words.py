"""Words are found the same on both databases."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from candidates.enums import SearchKind
from candidates.models import Candidate, SearchEntry
from shell.words import words_of
from tests.factories.candidates import make_candidate, make_words

pytestmark = pytest.mark.django_db
# What parsers of words stumble over: numbers with points and exponents, addresses, tags, accents, other scripts.
LETTERS = "aAbeE1209.,-+_@:/&|!()'\"*<> éßñΩжאن日本\x00"


def found(term: str) -> list[int]:
    return list(SearchEntry.objects.filter(words__begin=term).order_by("ref").values_list("ref", flat=True))


@pytest.fixture
def ada() -> Candidate:
    candidate = make_candidate()
    texts = ["Ada Lovelace, Python 3.11", "adapter & C++ (1e5)", "Łódź – ĄŻUROWY", "日本語 ada@example.org"]
    for ref, text in enumerate(texts, start=1):
        make_words(candidate, text, kind=SearchKind.NOTE, ref=ref)
    return candidate


@pytest.mark.parametrize(
    ("term", "refs"),
    [
        ("ada", [1, 2, 4]),
        ("ADA love", [1]),
        ("love ad", [1]),
        ("da", []),
        ("3.11", [1]),
        ("1e5", [2]),
        ("azur", [3]),
        ("日本", [4]),
        ("ada@example.org", [4]),
        ("'; DROP TABLE | & !", []),
        ("", []),
        ("%", []),
    ],
)
def test_words_begin_with_every_word_of_a_term(ada: Candidate, term: str, refs: list[int]) -> None:
    assert found(term) == refs


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(LETTERS, max_size=30), term=st.text(LETTERS, max_size=8))
def test_words_are_found_as_plain_python_finds_them(ada: Candidate, text: str, term: str) -> None:
    SearchEntry.objects.all().delete()
    make_words(ada, text, kind=SearchKind.NOTE, ref=1)
    wanted = words_of(term)

    matches = bool(wanted) and all(any(word.startswith(begin) for word in words_of(text)) for begin in wanted)

    assert found(term) == ([1] if matches else [])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads the rows")
def test_words_are_found_by_their_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = SearchEntry.objects.filter(words__begin="ada").explain()

    assert "candidates_search_words" in plan
