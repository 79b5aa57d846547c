"""The published table says what the tests walk."""

from __future__ import annotations

from django.utils import translation

from tests.architecture.permissions import LETTERS
from tests.permissions_table import _WHO, PATH, table


def test_published_table_is_that_of_the_tests() -> None:
    with translation.override("en"):
        wanted = table()

    assert PATH.read_text() == wanted, "Write it anew: python -m tests.permissions_table"


def test_published_table_knows_every_kind_of_person() -> None:
    assert list(_WHO) == list(LETTERS)
