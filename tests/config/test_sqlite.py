from __future__ import annotations

import sqlite3

import pytest
from django.db import connection

from candidates.models import Candidate
from config.sqlite import like
from tests.factories.accounts import NOW
from tests.servers.parallel import run_parallel

PEOPLE = ["Åsa Öberg", "Ólafur Þórsson", "ΣΊΣΥΦΟΣ", "Марья Иванова", "Straße 5%", "Anna_Lee", "line\nbreak"]


@pytest.fixture
def people(db):
    Candidate.objects.bulk_create([Candidate(full_name=name, created_at=NOW) for name in PEOPLE])


@pytest.mark.parametrize(
    ("lookup", "words", "found"),
    [
        ("icontains", "ÅSA", "Åsa Öberg"),
        ("icontains", "åsa", "Åsa Öberg"),
        ("icontains", "öBERG", "Åsa Öberg"),
        ("icontains", "ólafur", "Ólafur Þórsson"),
        ("icontains", "ÞÓRS", "Ólafur Þórsson"),
        ("icontains", "σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("icontains", "марья", "Марья Иванова"),
        ("icontains", "straße", "Straße 5%"),
        ("icontains", "strasse", None),
        ("icontains", "5%", "Straße 5%"),
        ("icontains", "a%5", None),
        ("icontains", "A_l", "Anna_Lee"),
        ("icontains", "ann__lee", None),
        ("icontains", "olafur", None),
        ("iexact", "åsa öberg", "Åsa Öberg"),
        ("iexact", "åsa", None),
        ("istartswith", "ÓLA", "Ólafur Þórsson"),
        ("istartswith", "þór", None),
        ("iendswith", "ИВАНОВА", "Марья Иванова"),
        ("iendswith", "BREAK", "line\nbreak"),
        ("istartswith", "LINE\nB", "line\nbreak"),
    ],
)
def test_both_databases_find_the_same_whatever_the_case(people, lookup, words, found):
    names = Candidate.objects.filter(**{f"full_name__{lookup}": words}).values_list("full_name", flat=True)

    assert list(names) == ([found] if found else [])


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("abc", "ABC"),
        ("a_c", "abc"),
        ("%", ""),
        ("", ""),
        ("", "a"),
        ("%b%", "abc"),
        ("a%c%", "abcd"),
        ("_", ""),
        ("5", 5),
        ("5%", 5.5),
        (None, "a"),
        ("a", None),
        ("a.c", "abc"),
    ],
)
def test_like_answers_as_sqlite_itself_does_for_ascii(pattern, value):
    (own,) = sqlite3.connect(":memory:").execute("SELECT ? LIKE ?", [value, pattern]).fetchone()

    assert like(pattern, value) == (None if own is None else bool(own))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="is about SQLite")
def test_f17_every_connection_waits_for_the_disk_before_it_says_that_something_is_kept():
    def asked():
        with connection.cursor() as cursor:
            return [
                cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
            ]

    here, threads = asked(), run_parallel(asked, 4)

    # 2 is FULL: with 1, NORMAL, a power cut loses what was acknowledged since the last checkpoint.
    assert [here, *threads] == [["wal", 2]] * 5
