"""Asks the list of questions of very large banks, and the queue of what waits in them, in a process of its own: see
`tests.load.pages`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from questions.enums import Exposure, FindingKind, Kind, Level, QuestionFlag, QueueReason, Status, Weight
from questions.views.listing import PAGE_SIZE
from questions.views.queue import PAGE_SIZE as QUEUE_SIZE
from shell.admin import KeyPages
from tests.load import question_bank
from tests.load.asking import HEADINGS, LINE, Asked, measured, settle
from tests.load.question_bank import BANKS, RARE_WORD, Banks
from tests.load.views import Page, address

MILLISECONDS, STATEMENTS = 300, 16
# The queue asks list by list, the reported ones before all others, until a page is full.
QUEUE_STATEMENTS = 21


def main(count: int, *, only: str = "") -> int:
    """Fill the database that the settings name, unless it is filled, and ask its lists, or those with `only` in their
    names; return 1 for too many statements.
    """
    assert not settings.DEBUG
    there = question_bank.find()
    if there is None:
        call_command("migrate", verbosity=0)
        begun = time.monotonic()
        there = question_bank.make(count)
        settle()
        print(f"\n{count} questions made in {time.monotonic() - begun:.0f} s", flush=True)
    asked = ask(there, count, only)
    print(f"  {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    return 1 if any(each.takes_too_many for each in asked) else 0


def ask(there: Banks, count: int, only: str = "") -> Sequence[Asked]:
    """Ask each list with `only` in its name as the author of its questions, and print a line for each."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(there.author)
    print(f"\nQuestions, as their author ({connection.vendor})\n{LINE.format(*HEADINGS)}")
    found = []
    pages = [*lists(there, count), *queues(there, count), *limits(there, count)]
    for page in [page for page in pages if only in page.name]:
        found.append(measured(client, page))
        print(found[-1].line(), flush=True)
    return found


def lists(there: Banks, count: int) -> list[Page]:
    """Return the list as it is asked for: plain, by each filter, by words, sorted, far on."""
    filters = {
        "bank": there.bank.pk,
        "skill": there.skill.name,
        "tag": there.tag.name,
        "kind": Kind.OPEN,
        "level": Level.JUNIOR,
    }
    last, half = min(KeyPages.MOST, count) // PAGE_SIZE, min(KeyPages.MOST, count // BANKS) // PAGE_SIZE // 2
    asked = [
        ("plain", {}),
        *((f"by {name}", {name: value}) for name, value in filters.items()),
        *((f"status {status}", {"status": status}) for status in Status.values),
        *((f"exposure {each}", {"exposure": each}) for each in Exposure.values),
        *((f"flag {each}", {"flag": each}) for each in QuestionFlag.values),
        ("a rare word", {"q": RARE_WORD}),
        ("everybody’s word", {"q": "question"}),
        ("three words", {"q": " ".join(("question", "ka", "lo"))}),
        ("a word of a tag", {"q": "tag 7"}),
        ("an id", {"q": "q-000123"}),
        (
            "a word and three filters",
            {"q": "ka", "bank": there.bank.pk, "level": "junior", "status": "ready"},
        ),
        ("sorted by id", {"sort": "question"}),
        ("sorted by times shown", {"sort": "-shown"}),
        ("sorted by facility", {"sort": "facility"}),
        ("a deep page of what was found", {"page": last, "flag": QuestionFlag.FINDINGS}),
        ("a deep page of a word", {"page": last, "q": "question"}),
        ("a deep page", {"page": last}),
        ("a deep page of a bank", {"page": half, "bank": there.bank.pk}),
    ]
    return [
        Page(name, address("questions:questions", **query), MILLISECONDS, STATEMENTS) for name, query in asked
    ]


def queues(there: Banks, count: int) -> list[Page]:
    """Return the review queue as it is asked for: plain, by each reason, by each kind, by words, far on."""
    last = min(KeyPages.MOST, count // 4) // QUEUE_SIZE
    asked: list[tuple[str, dict[str, object]]] = [
        ("plain", {}),
        *((f"by {reason}", {"kind": reason}) for reason in QueueReason.values),
        *((f"by {kind}", {"kind": kind}) for kind in FindingKind.values),
        *((f"weight {weight}", {"weight": weight}) for weight in Weight.values),
        ("of a bank", {"bank": there.bank.pk}),
        ("errors of a bank", {"bank": there.bank.pk, "weight": Weight.ERROR}),
        ("only mine", {"mine": "on"}),
        ("a word", {"q": "ka"}),
        ("a rare word", {"q": RARE_WORD}),
        ("everybody’s word", {"q": "question"}),
        ("a later page", {"page": 10}),
        ("a deep page", {"page": last}),
        ("a deep page of errors", {"page": last, "weight": Weight.ERROR}),
    ]
    return [
        Page(f"queue, {name}", address("questions:review-queue", **query), MILLISECONDS, QUEUE_STATEMENTS)
        for name, query in asked
    ]


def limits(there: Banks, count: int) -> list[Page]:
    """Return the list of a bank by how near its questions are to their limit: plain and far on."""
    last = min(KeyPages.MOST, count // BANKS) // PAGE_SIZE
    return [
        Page(
            f"limits of a bank{far}",
            f"{reverse('questions:bank-exposure', args=[there.bank.slug])}?page={page}",
            MILLISECONDS,
            STATEMENTS,
        )
        for far, page in (("", 1), (", a deep page", last))
    ]
