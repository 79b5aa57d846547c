"""2,000 people in one file with 37 errors: each is named, and once they are mended all come in, once."""

from __future__ import annotations

import time

import pytest

from candidates.models import Candidate
from hiring import operations
from hiring.models import Application
from outbox.models import Work
from tests.factories.accounts import NOW
from tests.factories.hiring import SYSTEM, make_job
from tests.hiring.operations.files import check, done, places

ROWS, ERRORS = 2_000, 37
MAPPING = dict(
    zip(
        "ABCDEFG",
        ("name", "email", "external_id", "applied_at", "tags", "profile", "private_note"),
        strict=True,
    )
)


def file(*, wrong: frozenset[int] = frozenset()) -> str:
    lines = [
        f"Person {n},{address},X{n},2026-05-01,tag{n % 7},example.org/{n},Good"
        for n in range(ROWS)
        for address in ["no address" if n in wrong else f"p{n}@example.com"]
    ]
    return "\n".join(["who,mail,ref,since,tags,page,said", *lines])


@pytest.mark.stress
@pytest.mark.django_db
def test_two_thousand_people_with_errors_come_in_once_these_are_mended() -> None:
    job = make_job()
    wrong = frozenset(range(11, ROWS, 54))
    assert len(wrong) == ERRORS

    begin = time.perf_counter()
    refused = check(job, file(wrong=wrong), MAPPING)
    checking = time.perf_counter() - begin
    mended = check(job, file(), MAPPING)
    begin = time.perf_counter()
    work = done(operations.confirm_import(check=mended, by=SYSTEM, now=NOW))
    importing = time.perf_counter() - begin
    begin = time.perf_counter()
    again = done(operations.confirm_import(check=check(job, file(), MAPPING), by=SYSTEM, now=NOW))
    repeating = time.perf_counter() - begin

    print(f"check {checking:.1f} s, import {importing:.1f} s, check and import again {repeating:.1f} s")
    assert places(refused.result["problems"]) == [(n + 2, "mail") for n in sorted(wrong)]
    assert (work.result["new"], again.result["new"], again.result["unchanged"]) == (ROWS, 0, ROWS)
    assert again.result["remarks"]["rows"] == []
    assert Application.objects.filter(job=job).count() == Candidate.objects.count() == ROWS
    assert Work.objects.filter(kind="hiring.import", state="done").count() == 2
