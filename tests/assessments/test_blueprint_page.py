"""Writing a blueprint on its page: sections and lines come, move and go, and what was typed stays."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from assessments import queries
from assessments.models import Assessment, AssessmentVersion
from assessments.operations import draft_version, publish_version, update_draft
from outbox.models import Event
from questions.enums import Kind
from tests.factories.accounts import make_user
from tests.factories.assessments import make_assessment, make_draft, make_invitation
from tests.factories.questions import NOW, make_bank, make_question, make_skill

pytestmark = pytest.mark.django_db


SYSTEM = Actor.system()


@pytest.fixture
def author() -> Client:
    client = Client()
    client.force_login(make_user(Role.QUESTION_AUTHOR))
    return client


def page_of(assessment: Assessment) -> str:
    return reverse("assessments:rules", args=[assessment.slug])


def sent(*sections: tuple[dict[str, Any], list[dict[str, Any]]], **more: Any) -> dict[str, Any]:
    """A blueprint as its page sends it."""
    data: dict[str, Any] = {"section": [f"s{number}" for number in range(1, len(sections) + 1)]} | more
    place = 0
    for number, (section, lines) in enumerate(sections, start=1):
        data |= {f"s{number}-{name}": value for name, value in section.items()}
        data[f"s{number}-line"] = []
        for line in lines:
            place += 1
            data[f"s{number}-line"].append(f"r{place}")
            fields = {"count": "1", "marks": "1", "expected_seconds": "75"} | line
            data |= {f"r{place}-{name}": value for name, value in fields.items()}
    return data


def order(page: str) -> list[str]:
    """The keys of sections and lines in the order in which a page sends them."""
    return re.findall(r'type="hidden" name="(?:section|s\d+-line)" value="(\w+)"', page)


def lines_of(assessment: Assessment) -> list[list[str]]:
    draft = assessment.versions.get(published_at=None)
    return [[row.words for row in section.rows] for section in queries.blueprint(draft).sections]


def test_blueprint_of_sections_rules_and_a_fixed_question_is_saved_and_shown_again(author) -> None:
    assessment, bank, sql = make_draft(), make_bank(), make_skill("sql")
    question = make_question(bank, stem="What does `commit` do?")

    response = author.post(
        page_of(assessment),
        sent(
            ({"title": "Basics", "minutes": "15", "cut_off": "40"}, [{"bank": bank.pk, "skill": sql.pk}]),
            ({}, [{"bank": bank.pk, "question": question.external_id, "marks": "2.5"}]),
        ),
        follow=True,
    )

    page = response.content.decode()
    assert lines_of(assessment) == [[f"{bank.name}, Sql"], [f"{bank.name}, question {question.external_id}"]]
    first, second = queries.blueprint(assessment.versions.get()).sections
    assert (first.name, first.section.minutes, first.section.cut_off) == ("Basics", 15, 40)
    assert (second.marks, second.section.minutes) == (Decimal("2.5"), None)
    assert "The blueprint is saved" in page
    assert order(page) == ["s1", "r1", "s2", "r2"]
    assert 'value="Basics"' in page
    assert "What does commit do?" in page
    assert "1 missing" in page
    assert "2 questions" in page


@pytest.mark.parametrize(
    ("what", "keys"),
    [
        ("up r2", ["s1", "r2", "r1", "s2", "r3"]),
        ("down r2", ["s1", "r1", "s2", "r2", "r3"]),
        ("up r3", ["s1", "r1", "r2", "r3", "s2"]),
        ("remove r1", ["s1", "r2", "s2", "r3"]),
        ("down s1", ["s2", "r3", "s1", "r1", "r2"]),
        ("up s2", ["s2", "r3", "s1", "r1", "r2"]),
        ("remove s1", ["s2", "r3"]),
        ("add-rule s1", ["s1", "r1", "r2", "r4", "s2", "r3"]),
        ("add-fixed s2", ["s1", "r1", "r2", "s2", "r3", "r4"]),
        ("add-section", ["s1", "r1", "r2", "s2", "r3", "s3", "r4"]),
        ("look", ["s1", "r1", "r2", "s2", "r3"]),
        ("up r1", ["s1", "r1", "r2", "s2", "r3"]),
        ("down r3", ["s1", "r1", "r2", "s2", "r3"]),
        ("explode r1", ["s1", "r1", "r2", "s2", "r3"]),
        ("remove r99", ["s1", "r1", "r2", "s2", "r3"]),
    ],
)
def test_moving_about_keeps_what_was_typed_and_writes_nothing(author, what, keys) -> None:
    assessment = make_draft()
    bank = make_bank()
    before, events = lines_of(assessment), Event.objects.count()
    typed = sent(
        (
            {"title": "First words"},
            [{"bank": bank.pk, "marks": "7.25"}, {"bank": bank.pk, "count": "no number"}],
        ),
        ({"title": "Second words"}, [{"bank": bank.pk, "expected_seconds": "333"}]),
        do=what,
    )

    response = author.post(page_of(assessment), typed)

    page = response.content.decode()
    assert response.status_code == 200
    assert order(page) == keys
    for key, text in (("r1", "7.25"), ("r2", "no number"), ("r3", "333"), ("s1", "First words")):
        assert (f'value="{text}"' in page) == (key in keys)
    assert "Not saved yet" in page
    assert (lines_of(assessment), Event.objects.count()) == (before, events)


def test_mistake_is_named_above_and_at_its_field_and_nothing_typed_is_lost(author) -> None:
    assessment, bank = make_draft(), make_bank()
    before = lines_of(assessment)

    response = author.post(
        page_of(assessment),
        sent(({"title": "Kept", "minutes": "0"}, [{"bank": bank.pk}, {"bank": bank.pk, "difficulty": "9"}])),
    )

    page = response.content.decode()
    assert (
        '<a href="#id_r2-difficulty">Section 1, line 2, Difficulty: From 1 to 5, or empty for any.</a>'
        in page
    )
    assert '<a href="#id_s1-minutes">Section 1, Time limit in minutes:' in page
    assert 'value="Kept"' in page
    assert page.count('aria-invalid="true"') == 2
    assert lines_of(assessment) == before


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"bank": "", "question": "q-1"}, "Choose the bank of this question."),
        ({"bank": "BANK", "question": ""}, "Say which question, by its id"),
        ({"bank": "BANK", "question": "nothing"}, "has no question “nothing”"),
        ({"bank": "BANK", "question": "OPEN"}, "is open and meant for interviews"),
    ],
)
def test_fixed_question_that_cannot_be_found_or_asked_is_refused(author, line, words) -> None:
    assessment, bank = make_draft(), make_bank()
    known = {"BANK": bank.pk, "OPEN": make_question(bank, kind=Kind.OPEN).external_id}

    page = author.post(
        page_of(assessment), sent(({}, [{name: known.get(value, value) for name, value in line.items()}]))
    ).content.decode()

    assert words in page
    assert lines_of(assessment) != [[]]


def test_bank_and_level_that_are_not_offered_are_refused(author) -> None:
    assessment, bank = make_draft(), make_bank()

    page = author.post(
        page_of(assessment),
        sent(({}, [{"bank": "999999"}, {"bank": bank.pk, "level": "guru"}, {"bank": bank.pk, "skill": "x"}])),
    ).content.decode()

    assert page.count("Select a valid choice.") == 6


def test_keys_that_no_page_sends_are_passed_over(author) -> None:
    assessment, bank = make_draft(), make_bank()
    data = sent(({}, [{"bank": bank.pk}]))
    data["section"] = ["s1", "s1", "x9", "", "s" * 99, "s²"]

    author.post(page_of(assessment), data)

    assert lines_of(assessment) == [[bank.name]]


@pytest.mark.parametrize("lines", [1, 3])
def test_blueprint_page_costs_the_same_for_one_and_three_lines(
    author, lines, django_assert_max_num_queries
) -> None:
    bank = make_bank()
    fixed = [make_question(bank) for _ in range(lines)]
    assessment = make_draft(bank=bank, count=1)
    page = page_of(assessment)
    fields = [{"bank": bank.pk, "question": question.external_id} for question in fixed]
    author.post(page, sent(({}, [{"bank": bank.pk} for _ in range(lines)]), ({}, fields)))
    author.get(page)

    # Session, colleague and roles (4), the test and its draft, rules, sections, banks, skills, the bank's questions and
    # their skills, pools, stems, what a fixed line offers, and what the frame of the shell asks.
    with django_assert_max_num_queries(22):
        author.get(page)


def test_page_of_a_test_says_what_each_version_changed_and_who_has_which(author) -> None:
    assessment = make_assessment(minutes=40)
    make_invitation(assessment)
    draft = draft_version(assessment=assessment, by=SYSTEM, now=NOW)
    bank = make_bank()
    make_question(bank)
    author.post(
        page_of(assessment), sent(({"title": "Code", "minutes": "10"}, [{"bank": bank.pk, "marks": "2"}]))
    )
    AssessmentVersion.objects.filter(pk=draft.pk).update(minutes=25, introduction="Other words.")

    changes = queries.changes_between(list(assessment.versions.all()))
    page = author.get(reverse("admin:assessments_assessment_change", args=[assessment.pk])).content.decode()

    old = assessment.current_version
    first_bank = queries.rules_in_order(old)[0].bank
    assert changes[old.pk] == []
    assert [(each.about, each.before, each.after) for each in changes[draft.pk]] == [
        ("Introduction", "", "changed"),
        ("Time limit in minutes", "40", "25"),
        (f"Section 1, {first_bank.name}: 3 questions, 1 mark each", "in", "out"),
        (f"Code, {bank.name}: 1 question, 2 marks each", "out", "in"),
        ("Code: 10 minutes", "out", "in"),
    ]
    assert f'?version__id__exact={old.pk}">1</a>' in page
    assert "Time limit in minutes: " in page


@pytest.mark.parametrize("versions", [1, 3])
def test_changes_of_versions_cost_the_same_for_one_and_three(versions, django_assert_num_queries) -> None:
    assessment = make_assessment()
    for _ in range(versions - 1):
        publish_version(version=draft_version(assessment=assessment, by=SYSTEM, now=NOW), by=SYSTEM, now=NOW)
    found = list(assessment.versions.all())

    # The rules and the sections of all of them.
    with django_assert_num_queries(2):
        changes = queries.changes_between(found)

    assert list(changes.values()) == [[]] * versions


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"question_seconds": "60"}, "needs a test that is forward only"),
        (
            {"opens_at": "2026-03-02T09:00", "closes_at": "2026-03-02T09:00"},
            "The test must close after it opens.",
        ),
        ({"most_attempts": "0"}, "greater than or equal to 1"),
        ({"candidate_sees": "everything"}, "Select a valid choice"),
    ],
)
def test_settings_that_cannot_go_together_are_refused_at_their_field(author, fields, words) -> None:
    assessment = make_draft()
    data = settings_of(assessment) | fields

    page = author.post(
        reverse("admin:assessments_assessment_change", args=[assessment.pk]), data
    ).content.decode()

    assert words in page
    assert assessment.versions.get().minutes == 40


def test_every_setting_of_a_version_is_saved_from_the_form(author) -> None:
    assessment = make_draft()
    data = settings_of(assessment) | {
        "navigation": "forward",
        "question_seconds": "90",
        "buffer_seconds": "15",
        "opens_at": "2026-03-02T09:00",
        "closes_at": "2026-03-09T18:30",
        "marking": "partial",
        "formula_scoring": "on",
        "candidate_sees": "skills",
        "valid_days": "365",
        "most_attempts": "2",
        "retake_after_days": "30",
    }

    author.post(reverse("admin:assessments_assessment_change", args=[assessment.pk]), data)

    version = assessment.versions.get()
    assert (version.navigation, version.question_seconds, version.buffer_seconds) == ("forward", 90, 15)
    assert (version.opens_at.isoformat()[:16], version.closes_at.isoformat()[:16]) == (
        "2026-03-02T09:00",
        "2026-03-09T18:30",
    )
    assert (version.marking, version.formula_scoring, version.candidate_sees) == ("partial", True, "skills")
    assert (version.valid_days, version.most_attempts, version.retake_after_days) == (365, 2, 30)


def settings_of(assessment: Assessment) -> dict[str, str]:
    return {
        "name": assessment.name,
        "minutes": "40",
        "pass_mark": "60",
        "borderline_from": "50",
        "navigation": "free",
        "buffer_seconds": "30",
        "marking": "by_question",
        "candidate_sees": "received",
        "most_attempts": "1",
        "retake_after_days": "0",
    }


# --- Two who write at once ---


def made_from(page: str) -> str:
    return re.findall(r'name="made_from" value="([^"]*)"', page)[0]


@pytest.fixture
def colleague() -> Client:
    client = Client()
    client.force_login(make_user(Role.QUESTION_AUTHOR, full_name="Otto Other"))
    return client


def test_second_of_two_who_save_at_once_is_told_by_whom_and_keeps_what_was_typed(author, colleague) -> None:
    assessment, bank = make_draft(), make_bank()
    one, two = (made_from(client.get(page_of(assessment)).content.decode()) for client in (author, colleague))

    first = colleague.post(
        page_of(assessment), sent(({"title": "Theirs"}, [{"bank": bank.pk, "count": "3"}]), made_from=two)
    )
    mine = sent(({"title": "Mine"}, [{"bank": bank.pk, "count": "7"}]), made_from=one)
    refused = author.post(page_of(assessment), mine)
    page = refused.content.decode()
    stored = [row.title for row in assessment.versions.get().sections.all()]
    [over] = re.findall(r'name="over" value="([^"]*)"', page)
    again = author.post(page_of(assessment), mine)
    saved = author.post(page_of(assessment), mine | {"over": over})

    assert first.status_code == 302
    assert (refused.status_code, again.status_code, saved.status_code) == (409, 409, 302)
    assert "Otto Other saved this blueprint while you were writing" in page
    assert 'value="Mine"' in page
    assert re.search(r'name="r1-count" value="7"', page)
    assert made_from(page) == one
    assert stored == ["Theirs"]
    assert [row.title for row in assessment.versions.get().sections.all()] == ["Mine"]


def test_saving_over_it_knowingly_is_asked_anew_when_it_changed_once_more(author, colleague) -> None:
    assessment, bank = make_draft(), make_bank()
    old = made_from(author.get(page_of(assessment)).content.decode())
    colleague.post(page_of(assessment), sent(({"title": "First"}, [{"bank": bank.pk}])))
    mine = sent(({"title": "Mine"}, [{"bank": bank.pk}]), made_from=old)
    [over] = re.findall(
        r'name="over" value="([^"]*)"', author.post(page_of(assessment), mine).content.decode()
    )
    colleague.post(page_of(assessment), sent(({"title": "Second"}, [{"bank": bank.pk}])))

    response = author.post(page_of(assessment), mine | {"over": over})

    assert response.status_code == 409
    assert assessment.versions.get().sections.get().title == "Second"


def test_what_was_moved_about_before_the_save_still_says_what_it_was_made_from(author, colleague) -> None:
    assessment, bank = make_draft(), make_bank()
    old = made_from(author.get(page_of(assessment)).content.decode())
    typed = sent(({"title": "Mine"}, [{"bank": bank.pk}]), made_from=old)

    moved = author.post(page_of(assessment), typed | {"do": "add-section"}).content.decode()

    assert made_from(moved) == old


def test_same_blueprint_saved_twice_is_no_conflict(author, colleague) -> None:
    assessment, bank = make_draft(), make_bank()
    same = sent(({"title": "Same"}, [{"bank": bank.pk}]))
    author.post(page_of(assessment), same)
    old = made_from(author.get(page_of(assessment)).content.decode())
    colleague.post(page_of(assessment), same)

    assert author.post(page_of(assessment), same | {"made_from": old}).status_code == 302


def test_other_changes_of_the_draft_are_no_conflict_and_nobody_is_blamed_for_them(author, colleague) -> None:
    assessment, bank = make_draft(), make_bank()
    old = made_from(author.get(page_of(assessment)).content.decode())
    update_draft(version=assessment.versions.get(), minutes=50, by=SYSTEM, now=NOW)

    response = author.post(page_of(assessment), sent(({}, [{"bank": bank.pk}]), made_from=old))

    assert response.status_code == 302
