"""How a sitting went, as staff read it; and who must not."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from assessments.enums import AttemptEventKind, IntegrityGrade, IntegrityThing, SubmittedBy
from assessments.models import Assessment, Attempt
from assessments.operations import (
    PageNote,
    add_time,
    note_origin,
    record_notes,
    submit_attempt,
)
from assessments.queries.integrity import hints, read_sitting
from assessments.rules import Origin
from candidates.operations import erase_person
from tests.factories.accounts import make_administrator, make_user
from tests.factories.assessments import make_assessment, make_attempt, make_finished, save
from tests.factories.questions import NOW, make_bank, make_question

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
LONG_STEM = "word " * 40
HOME = Origin("a" * 22, "198.51.100.7", "Firefox/140.0")
AWAY = PageNote(AttemptEventKind.FOCUS_LOST, position=2, ago=0, seconds=40)


@pytest.fixture
def long_test() -> Assessment:
    """A test of three questions that nobody reads in five seconds."""
    bank = make_bank()
    for _ in range(3):
        make_question(bank, stem=LONG_STEM)
    return make_assessment(bank=bank, count=3)


def tell(attempt: Attempt, *notes: PageNote, sight: dict[int, int] | None = None, minutes: int = 2) -> None:
    attempt.refresh_from_db()
    record_notes(
        attempt=attempt, notes=notes, more=0, sight=sight or {}, now=NOW + timedelta(minutes=minutes)
    )


def read(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_related("invitation__version").get(pk=attempt.pk)


def end(attempt: Attempt, minutes: int = 10) -> None:
    submit_attempt(
        attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW + timedelta(minutes=minutes)
    )


def others(assessment: Assessment, count: int, *, away: int = 1, seconds: int = 30) -> None:
    for _ in range(count):
        other = make_attempt(assessment)
        tell(other, *[AWAY] * away, sight=dict.fromkeys((1, 2, 3), seconds))
        end(other)


# --- Hints -----------------------------------------------------------------------------------------------------


def test_hint_names_what_there_is_to_look_at(long_test: Assessment) -> None:
    silent, quiet, busy = (make_attempt(long_test) for _ in range(3))
    tell(quiet, AWAY, sight={1: 90})
    note_origin(attempt=busy, origin=HOME, position=1, now=NOW)
    tell(busy, AWAY, AWAY, PageNote(AttemptEventKind.COPIED, 1, 0, target="stem", length=20), sight={3: 1})
    busy.refresh_from_db()
    note_origin(attempt=busy, origin=Origin("b" * 22, "", ""), position=2, now=NOW)

    found = hints([silent.pk, quiet.pk, busy.pk])

    assert (found[silent.pk].grade, found[silent.pk].things) == (IntegrityGrade.UNKNOWN, ())
    assert (found[quiet.pk].grade, found[quiet.pk].things) == (IntegrityGrade.NOTHING, ())
    assert found[busy.pk].grade == IntegrityGrade.SEVERAL
    assert found[busy.pk].things == (IntegrityThing.AWAY, IntegrityThing.COPIED, IntegrityThing.DEVICE)


def test_copies_of_a_word_or_from_elsewhere_are_nothing_to_look_at(long_test: Assessment) -> None:
    attempt = make_attempt(long_test)
    tell(attempt, PageNote(AttemptEventKind.COPIED, 1, 0, target="stem", length=19), sight={1: 60})
    tell(attempt, PageNote(AttemptEventKind.COPIED, 1, 0, target="other", length=500))

    assert hints([attempt.pk])[attempt.pk].grade == IntegrityGrade.NOTHING


def test_answers_below_the_reading_time_are_three_or_more(long_test: Assessment) -> None:
    attempt = make_attempt(long_test)
    tell(attempt, sight={1: 2, 2: 2, 3: 2})
    for position in (1, 2):
        save(attempt, position, now=NOW)
    before = hints([attempt.pk])[attempt.pk].things
    save(attempt, 3, now=NOW)

    assert before == ()
    assert hints([attempt.pk])[attempt.pk].things == (IntegrityThing.QUICK,)


def test_hints_cost_four_statements_however_many(long_test: Assessment, django_assert_num_queries) -> None:
    attempts = [make_attempt(long_test) for _ in range(3)]
    for attempt in attempts:
        tell(attempt, AWAY, sight={1: 2})
        save(attempt, 1, now=NOW)

    for number in (1, 3):
        # counts by kind, quick answers, the texts of their questions, who was measured
        with django_assert_num_queries(4):
            assert len(hints([attempt.pk for attempt in attempts[:number]])) == number


# --- One sitting -----------------------------------------------------------------------------------------------


def test_timeline_has_everything_in_its_order(long_test: Assessment) -> None:
    attempt = make_attempt(long_test)
    save(attempt, 1, ("a",), now=NOW + timedelta(seconds=65))
    tell(attempt, AWAY, minutes=2)
    save(attempt, 1, ("b",), base_version=1, page_id=None, now=NOW + timedelta(minutes=3))
    save(attempt, 1, (), base_version=2, now=NOW + timedelta(minutes=4))
    add_time(
        attempt=attempt, seconds=300, reason="Fire drill", by=Actor.system(), now=NOW + timedelta(minutes=5)
    )
    tell(attempt, PageNote(AttemptEventKind.COPIED, 3, 0, target="option", length=1), minutes=6)
    end(attempt)

    sitting = read_sitting(read(attempt))

    assert [(line.clock, line.text) for line in sitting.lines] == [
        ("0:00", "Started"),
        ("1:05", "Answered question 1"),
        ("2:00", "Looked away from the page, question 2, 40 s"),
        ("3:00", "Changed the answer to question 1"),
        ("4:00", "Cleared the answer to question 1"),
        ("5:00", "Time given: 5 min"),
        ("6:00", "Copied, question 3, 1 character, from an option"),
        ("10:00", "Ended: The candidate"),
    ]
    assert [line.is_noticed for line in sitting.lines].count(True) == 2


def test_counts_stand_beside_what_is_usual_from_ten_people_on(long_test: Assessment) -> None:
    attempt = make_attempt(long_test)
    tell(attempt, AWAY, AWAY, AWAY, sight={1: 12})
    others(long_test, 9, away=2)
    nine = read_sitting(read(attempt))
    others(long_test, 1, away=2)
    ten = read_sitting(read(attempt))

    assert nine.sentences == ("Looked away from the page 3 times, 2 min in all.",)
    assert ten.sentences == (
        "Looked away from the page 3 times, 2 min in all. "
        "Half of the people who took this test did so 2 times or more (n = 10).",
    )
    assert [time.median for time in nine.times] == [None, None, None]
    assert [(time.seconds, time.median, time.people) for time in ten.times] == [
        (12, 30, 10),
        (None, 30, 10),
        (None, 30, 10),
    ]


def test_people_whose_browser_told_nothing_are_no_measure(long_test: Assessment) -> None:
    attempt = make_attempt(long_test)
    tell(attempt, sight={1: 12})
    for _ in range(11):
        make_finished(long_test, score=False)

    assert read_sitting(read(attempt)).sentences == ("Never looked away from the page.",)


def test_a_sitting_without_scripts_says_not_measured(long_test: Assessment) -> None:
    attempt = make_finished(long_test)

    sitting = read_sitting(read(attempt))

    assert (sitting.is_measured, sitting.sentences, sitting.times) == (False, (), ())
    assert sitting.hint.grade == IntegrityGrade.UNKNOWN


def test_notes_that_were_dropped_are_counted(long_test: Assessment) -> None:
    attempt = make_attempt(long_test)
    for _batch in range(7):
        tell(attempt, *[AWAY] * 50)

    assert read_sitting(read(attempt)).left_out == 50


def test_after_erasure_the_counts_are_there_and_nothing_else(long_test: Assessment) -> None:
    attempt = make_attempt(long_test)
    tell(attempt, AWAY, PageNote(AttemptEventKind.COPIED, 1, 0, target="stem", length=20), sight={1: 60})
    erase_person(candidate=attempt.invitation.candidate, by=Actor.of_user(make_administrator()), now=NOW)

    sitting = read_sitting(read(attempt))

    assert sitting.sentences[0] == "Looked away from the page once, 0 s."
    assert [line.text for line in sitting.lines if line.is_noticed] == ["Looked away from the page", "Copied"]


# --- The page --------------------------------------------------------------------------------------------------


def address(attempt: Attempt) -> str:
    return reverse("assessments:attempt", args=[attempt.pk])


def test_page_has_the_section_with_its_caveat(long_test: Assessment) -> None:
    attempt = make_attempt(long_test)
    tell(attempt, *[AWAY] * 6, sight={1: 3})
    save(attempt, 1, now=NOW)
    client = Client()
    client.force_login(make_user(Role.RECRUITER))

    page = client.get(address(attempt)).content.decode()

    assert "A few things to look at" in page
    assert "looked away often or long" in page
    assert "This proves nothing by itself." in page
    assert "below reading time" in page
    assert "not measured" in page


def test_page_costs_the_same_with_one_and_with_many_notes(long_test: Assessment) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(make_user(Role.RECRUITER))
    attempt = make_attempt(long_test)
    costs = []
    for notes in (1, 40):
        tell(attempt, *[AWAY] * notes, sight={1: 30})
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(address(attempt))
        costs.append(len(captured))

    assert costs[0] == costs[1]


# --- Who must not read it ----------------------------------------------------------------------------------------

SIGNALS = {
    *("AttemptEvent", "AttemptEventKind", "IntegrityGrade", "IntegrityThing", "Noticed"),
    *("hints", "read_sitting", "notes_seen", "origins", "sitting_lines", "things_to_look_at", "grade_of"),
    *("integrity", "noticing", "sittings"),
}
DECIDING = [
    *(ROOT / "hiring").glob("rules*"),
    *(ROOT / "hiring" / "rules").glob("*.py"),
    *(ROOT / "hiring" / "operations").glob("*.py"),
    *(ROOT / "hiring").glob("receivers*.py"),
    *(ROOT / "hiring").glob("tasks*.py"),
    *(ROOT / "hiring").glob("api*"),
    *(ROOT / "hiring" / "api").glob("*.py"),
    *(ROOT / "assessments" / "api").glob("*.py"),
    ROOT / "assessments" / "scoring.py",
    ROOT / "assessments" / "operations" / "marking.py",
    ROOT / "assessments" / "rules" / "bands.py",
]


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {part for alias in node.names for part in alias.name.split(".")}
            names |= set((getattr(node, "module", "") or "").split("."))
    return names


def test_nothing_that_decides_or_that_programs_read_knows_of_the_signals() -> None:
    read_by = {path.name: names_in(path) & SIGNALS for path in DECIDING if path.suffix == ".py"}

    assert len(read_by) >= 10
    assert {name: found for name, found in read_by.items() if found} == {}
    assert names_in(ROOT / "assessments" / "queries" / "integrity.py") & SIGNALS
