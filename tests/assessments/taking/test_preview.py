"""Trying a test out: the candidate's pages, and nothing of it is kept."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from assessments.models import AssessmentVersion, DrawRule
from assessments.operations import (
    RuleDraft,
    SectionDraft,
    create_assessment,
    publish_version,
    update_draft,
    write_blueprint,
)
from assessments.queries import PREVIEW_KEY
from questions.models import QuestionUsage
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_bank, make_question

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def author() -> Client:
    client = Client()
    client.force_login(make_user(Role.QUESTION_AUTHOR))
    return client


def make_version(
    *counts: int, published: bool = True, limit: int | None = None, **fields: Any
) -> AssessmentVersion:
    """A test with a section of `counts` questions each, of twice as many."""
    bank = make_bank()
    for _ in range(2 * sum(counts)):
        make_question(bank)
    assessment = create_assessment(slug="flask", name="Flask basics", by=SYSTEM, now=NOW, **fields)
    version = assessment.versions.get()
    sections = [SectionDraft([RuleDraft(bank, count=count)], minutes=limit) for count in counts]
    write_blueprint(version=version, sections=sections, by=SYSTEM, now=NOW)
    return publish_version(version=version, by=SYSTEM, now=NOW) if published else version


def url(version: AssessmentVersion, name: str, *args: object) -> str:
    return reverse(f"preview:{name}", args=[version.pk, *args])


def sent(*places: str, go: str = "next") -> dict[str, Any]:
    """The form of a question as its page sends it."""
    return {
        "go": go,
        "answer": list(places),
        "base_version": "0",
        "page_id": "00000000-0000-4000-8000-000000000000",
        "shown_answer": "",
    }


def answer(client: Client, version: AssessmentVersion, position: int, *places: str, go: str = "next") -> Any:
    return client.post(url(version, "question", position), sent(*places, go=go))


def everything_stored() -> dict[str, int]:
    """How many rows each table has, but for the sessions that carry a preview."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label != "sessions.Session"
    }


@pytest.mark.parametrize("published", [True, False])
def test_preview_leads_from_the_briefing_to_the_marks_and_keeps_nothing(author, published) -> None:
    version = make_version(2, published=published, introduction="Bring *paper*.")
    before = everything_stored()

    briefing = author.get(url(version, "test")).content.decode()
    started = author.post(url(version, "start"), {"consent": "on"})
    first = author.get(started["Location"]).content.decode()
    second = answer(author, version, 1, "1")
    last = answer(author, version, 2, "2")
    overview = author.get(last["Location"]).content.decode()
    submitted = author.post(url(version, "submit"))
    finished = author.get(submitted["Location"]).content.decode()
    marks = author.get(reverse("assessments:preview-marks", args=["flask"])).content.decode()

    assert "Bring <em>paper</em>." in briefing
    assert started["Location"] == url(version, "question", 1)
    assert second["Location"] == url(version, "question", 2)
    assert last["Location"] == url(version, "overview")
    assert "2 of 2 answered" in overview
    assert "Your test is finished" in finished
    for page in (briefing, first, overview, finished):
        assert "nothing is kept" in page
        assert "<script" not in re.sub(r"<script[^>]*application/json.*?</script>", "", page)
        assert not re.findall(r'(?:href|action)="(/test/[^"]*)"', page)
    assert "of 2 marks" in marks
    assert marks.count("pill-good") >= 2
    assert everything_stored() == before
    assert not QuestionUsage.objects.exists()


def test_start_asks_for_the_agreement_as_it_does_of_candidates(author) -> None:
    version = make_version(1)

    response = author.post(url(version, "start"), {})

    assert "Tick the box to agree" in response.content.decode()
    assert PREVIEW_KEY not in author.session


def test_choice_is_shown_again_cleared_and_flagged(author) -> None:
    version = make_version(2)
    author.post(url(version, "start"), {"consent": "on"})

    answer(author, version, 1, "3", go="flag")
    chosen = author.get(url(version, "question", 1)).content.decode()
    overview = author.get(url(version, "overview")).content.decode()
    answer(author, version, 1, "3", go="clear")
    cleared = author.get(url(version, "question", 1)).content.decode()

    assert re.search(r'value="3" id="option-3" checked', chosen)
    assert 'aria-pressed="true"' in chosen
    assert "1 of 2 answered, 1 flagged" in overview
    assert "checked" not in cleared


def test_submit_asks_once_about_what_is_open(author) -> None:
    version = make_version(2)
    author.post(url(version, "start"), {"consent": "on"})

    asked = author.post(url(version, "submit")).content.decode()
    done = author.post(url(version, "submit"), {"confirmed": "yes"})

    assert "2 questions have no answer" in asked
    assert done["Location"] == url(version, "finished")


def test_forward_only_preview_never_goes_back(author) -> None:
    version = make_version(3, navigation="forward")
    author.post(url(version, "start"), {"consent": "on"})

    ahead = author.get(url(version, "question", 2))
    answer(author, version, 1, "1")
    back = author.get(url(version, "question", 1))
    again = answer(author, version, 1, "2")
    asked = answer(author, version, 2)
    author.post(url(version, "question", 2), sent() | {"confirmed": "yes"})
    end = answer(author, version, 3, "1")

    assert ahead["Location"] == url(version, "question", 1)
    assert (back["Location"], again["Location"]) == (url(version, "question", 2),) * 2
    assert "Leave it all the same?" in asked.content.decode()
    assert end["Location"] == url(version, "overview")
    stored = author.session[PREVIEW_KEY]
    assert [bool(stored["answers"].get(str(place))) for place in (1, 2, 3)] == [True, False, True]


@pytest.mark.parametrize("navigation", ["free", "forward"])
def test_parts_are_left_for_good_and_the_next_one_is_started_by_a_press(author, navigation) -> None:
    version = make_version(1, 2, limit=5, navigation=navigation)
    author.post(url(version, "start"), {"consent": "on"})

    ahead = author.get(url(version, "question", 2))
    left = answer(author, version, 1, "1")
    if navigation == "free":
        overview = author.get(left["Location"]).content.decode()
        left = author.post(url(version, "on"), {"leaving": "1"})
    waiting = author.get(left["Location"]).content.decode()
    started = author.post(url(version, "part"), {"first": "2"})
    back = author.get(url(version, "question", 1))
    twice = author.post(url(version, "on"), {"leaving": "1"})

    assert ahead["Location"] == url(version, "question", 1)
    if navigation == "free":
        assert "Finish this part" in overview
    assert left["Location"] == url(version, "part")
    assert "Start this part" in waiting
    assert "5 minutes" in waiting
    assert {started["Location"], back["Location"], twice["Location"]} == {url(version, "question", 2)}
    assert author.session[PREVIEW_KEY]["open_to"] == (3 if navigation == "free" else 2)


def test_preview_shows_the_clock_of_a_part(author, freeze) -> None:
    version = make_version(1, 2, limit=5)
    clock = freeze(NOON)
    author.post(url(version, "start"), {"consent": "on"})

    first = author.get(url(version, "question", 1)).content.decode()
    author.post(url(version, "on"), {"leaving": "1"})
    waiting = author.get(url(version, "part")).content.decode()
    clock.shift(timedelta(minutes=7))
    author.post(url(version, "part"), {"first": "2"})
    second = author.get(url(version, "question", 3)).content.decode()

    assert "This place until 12:05:00 UTC" in first
    assert "This place until" not in waiting
    assert "This place until 12:12:00 UTC" in second


def test_preview_gives_a_question_its_little_more_time_once(author, freeze) -> None:
    version = make_version(3, limit=3, navigation="forward", question_seconds=60, buffer_seconds=30)
    clock = freeze(NOON)
    author.post(url(version, "start"), {"consent": "on"})

    before = author.get(url(version, "question", 1)).content.decode()
    taken = answer(author, version, 1, "1", go="buffer")
    after = author.get(url(version, "question", 1)).content.decode()
    answer(author, version, 1, "1", go="buffer")
    again = author.get(url(version, "question", 1)).content.decode()
    clock.shift(timedelta(seconds=150))
    answer(author, version, 1, "1")
    answer(author, version, 2, "1", go="buffer")
    second = author.get(url(version, "question", 2)).content.decode()

    assert taken["Location"] == url(version, "question", 1)
    assert "This place until 12:01:00 UTC" in before
    assert "30 seconds more" in before
    assert "This place until 12:01:30 UTC" in after
    assert "30 seconds more" not in after
    assert "checked" in after
    assert "This place until 12:01:30 UTC" in again
    # Never beyond the end of its part.
    assert "This place until 12:03:00 UTC" in second


@pytest.mark.parametrize(
    "fields", [{"candidate_sees": "skills"}, {"most_attempts": 3, "retake_after_days": 30}]
)
def test_closing_page_follows_the_version(author, fields) -> None:
    version = make_version(1, **fields)

    page = author.get(url(version, "finished")).content.decode()

    assert "Your test is finished" in page
    assert ("result will stand here" in page) == ("candidate_sees" in fields)
    assert ("take this test again" in page) == ("most_attempts" in fields)


def test_another_form_draws_other_questions_and_forgets_the_answers(author) -> None:
    version = make_version(4)
    author.post(url(version, "start"), {"consent": "on"})
    answer(author, version, 1, "1")
    first = author.session[PREVIEW_KEY]

    forms = set()
    for _ in range(5):
        response = author.post(url(version, "another-form"))
        forms.add(str(author.session[PREVIEW_KEY]["form"]))

    assert response["Location"] == url(version, "question", 1)
    assert author.session[PREVIEW_KEY]["answers"] == {}
    assert len(forms | {str(first["form"])}) > 1


def test_preview_of_a_draft_without_rules_says_so(author) -> None:
    version = make_version(published=False)

    page = author.post(url(version, "start"), {"consent": "on"}).content.decode()

    assert "no questions yet" in page


def test_preview_of_a_draft_whose_blueprint_was_written_anew_begins_again(author) -> None:
    version = make_version(2, published=False)
    author.post(url(version, "start"), {"consent": "on"})
    bank = DrawRule.objects.get().bank
    write_blueprint(version=version, sections=[SectionDraft([RuleDraft(bank)])], by=SYSTEM, now=NOW)

    question = author.get(url(version, "question", 1), follow=True)
    marks = author.get(reverse("assessments:preview-marks", args=["flask"]))

    assert question.redirect_chain[-1][0] == url(version, "test")
    assert marks["Location"] == url(version, "test")


def test_marks_of_a_preview_follow_the_rules_of_its_version(author) -> None:
    version = make_version(3, published=False)
    update_draft(version=version, by=SYSTEM, now=NOW, formula_scoring=True, pass_mark=Decimal(90))
    author.post(url(version, "start"), {"consent": "on"})
    form = author.session
    kept = form[PREVIEW_KEY]
    # "a" is right: two right ones and a wrong one, which costs a third.
    kept["answers"] = {"1": ["a"], "2": ["a"], "3": ["b"]}
    form.save()

    page = author.get(reverse("assessments:preview-marks", args=["flask"])).content.decode()

    assert "1.666 of 3 marks" in page
    assert "-0.33 of 1" in page


@pytest.mark.parametrize(("roles", "status"), [((Role.ANALYST,), 403), ((), 403)])
def test_preview_is_refused_to_who_may_not_change_tests(roles, status) -> None:
    version = make_version(1)
    client = Client()
    client.force_login(make_user(*roles))

    assert client.get(url(version, "test")).status_code == status
    assert client.post(url(version, "start"), {"consent": "on"}).status_code == status


def test_preview_sends_outsiders_to_sign_in(client) -> None:
    response = client.get(url(make_version(1), "question", 1))

    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("code", ["0", "nothing", "9" * 30, "²"])
def test_preview_of_what_is_not_there_is_404(author, code) -> None:
    assert author.get(reverse("preview:test", args=[code])).status_code == 404
    assert author.get(reverse("preview:clock", args=[code])).status_code == 404


def test_practice_question_is_shown_in_a_preview_and_leads_back(author) -> None:
    version = make_version(1)

    page = author.get(url(version, "practice"), {"choice": "1"}).content.decode()
    done = author.get(url(version, "practice"), {"go": "done"})

    assert "What does this program write?" in page
    assert "nothing is kept" in page
    assert done["Location"] == url(version, "test")


def test_every_address_of_a_candidates_test_leads_somewhere_in_a_preview(author) -> None:
    version = make_version(1)
    author.post(url(version, "start"), {"consent": "on"})

    assert author.get(url(version, "clock"))["Location"] == url(version, "question", 1)
    assert author.post(url(version, "save", 1))["Location"] == url(version, "question", 1)
    assert author.get(url(version, "more-time"))["Location"] == url(version, "question", 1)
