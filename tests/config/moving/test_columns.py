"""Values as SQLite keeps them, and what is written for them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from config.moving.columns import (
    Column,
    Document,
    Exact,
    Identifier,
    Moment,
    NotForPostgresError,
    Text,
    Truth,
    Whole,
)


@pytest.mark.parametrize(
    ("kind", "raw", "written"),
    [
        (Text(3), "a😀é", "a😀é"),
        (Text(), "x" * 100_000, "x" * 100_000),
        (Whole(-5, 5), -5, -5),
        (Truth(), 1, True),
        (Exact(6, 3), 85, Decimal("85.000")),
        (Exact(6, 3), 66.667, Decimal("66.667")),
        (Moment(), "2026-03-29 01:59:59.123456", datetime(2026, 3, 29, 1, 59, 59, 123456, UTC)),
        (Moment(), "9999-12-31 23:59:59", datetime(9999, 12, 31, 23, 59, 59, 0, UTC)),
        (Identifier(), "AA11AA11AA11AA11AA11AA11AA11AA11", uuid.UUID("aa11aa11-aa11-aa11-aa11-aa11aa11aa11")),
        (
            Document(),
            r'{"b": [1.50, "\ud83d\ude00"], "a": null}',
            r'{"b": [1.50, "\ud83d\ude00"], "a": null}',
        ),
        (Document(), '"plain"', '"plain"'),
    ],
)
def test_what_is_sound_is_written_as_it_is(kind, raw, written):
    assert list(kind.problems(raw)) == []
    assert kind.read(raw) == written


@pytest.mark.parametrize("kind", [Text(3), Document()])
def test_what_is_wrong_is_not_written(kind):
    with pytest.raises(NotForPostgresError, match=r"4 characters|is not JSON"):
        kind.read("a\x00bc")


def test_all_that_is_wrong_with_a_text_is_said_at_once():
    assert [problem.wrong for problem in Text(3).problems("a\x00b\udce9")] == [
        "holds 4 characters, PostgreSQL takes 3",
        "holds a NUL character",
        "holds half of a character (a lone surrogate)",
    ]


def test_nothing_is_written_where_nothing_may_stand():
    assert Column("note", Text(), nullable=True).read(None) is None
    with pytest.raises(NotForPostgresError, match="is empty"):
        Column("note", Text(), nullable=False).read(None)
