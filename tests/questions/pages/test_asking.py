"""Questions that were chosen in a list are added to a draft of a test, after a look at what that comes to."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from assessments.models import Assessment, AssessmentSection, DrawRule
from assessments.operations import (
    RuleDraft,
    SectionDraft,
    create_assessment,
    publish_version,
    retire_assessment,
    write_blueprint,
)
from assessments.queries import places as section_places
from outbox.models import Event, Work
from outbox.operations import run_due_work
from questions import operations
from questions.enums import BulkAction, Kind, Level
from questions.models import Question
from questions.operations.bulk import do_bulk
from questions.registries import places
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_bank, make_question, make_questions
from tests.servers.parallel import run_parallel

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
ASK = reverse("questions:many", args=["ask"])


@pytest.fixture
def author() -> Client:
    client = Client()
    client.force_login(make_user(Role.QUESTION_AUTHOR))
    return client


def make_test(*sections: SectionDraft, name: str = "Draft", **fields: object) -> Assessment:
    test = create_assessment(slug=name.lower(), name=name, by=SYSTEM, now=NOW, **fields)
    write_blueprint(version=test.versions.get(), sections=sections, by=SYSTEM, now=NOW)
    return test


def section_of(test: Assessment, position: int = 1) -> AssessmentSection:
    return AssessmentSection.objects.get(version__assessment=test, position=position)


def look(client: Client, questions: list[Question], section: AssessmentSection):
    first = client.post(ASK, {"ids": [each.pk for each in questions]})
    frozen = first.context["frozen"].initial
    preview = client.post(ASK, {**frozen, "look": "1", "section": section.pk})
    return preview, lambda: client.post(ASK, {**frozen, "confirm": "1", "section": section.pk})


def add(questions: list[Question], section: AssessmentSection, by: Actor = SYSTEM) -> tuple[Work, dict]:
    work = operations.queue_bulk(
        action=BulkAction.ASK,
        seen=[(each.pk, each.edit) for each in questions],
        values={"section": str(section.pk)},
        intent=f"ask-{section.pk}",
        by=by,
        now=NOW,
    )
    return work, do_bulk(work, by, lambda _done, _total: None, now=NOW)


def fixed(section: AssessmentSection) -> list[int | None]:
    return list(section.rules.order_by("position").values_list("question", flat=True))


def test_chosen_questions_become_lines_at_the_end_of_a_section(author) -> None:
    bank = make_bank()
    asked, one, other, changed = make_questions(4, bank)
    drawn = RuleDraft(make_questions(1)[0].bank)
    test = make_test(SectionDraft([drawn]), SectionDraft([RuleDraft.fixed(asked)], title="Second"))
    section = section_of(test, 2)

    preview, confirm = look(author, [one, other, changed, asked], section)
    operations.let_rest(question=changed, by=SYSTEM, now=NOW)
    confirm()
    confirm()
    run_due_work(now=Work.objects.get().due_at)

    assert "Draft, Second" in preview.content.decode()
    assert (preview.context["count"], preview.context["same"]) == (3, 1)
    assert fixed(section) == [asked.pk, one.pk, other.pk]
    work = Work.objects.get()
    assert [row["question"] for row in work.result["skipped"]] == [changed.pk]
    assert work.result["next"]["url"] == reverse("assessments:rules", args=["draft"])
    # One for the blueprint as it was made, one for all that was added.
    assert Event.objects.filter(kind="assessment.draft_changed").count() == 2
    publish_version(version=test.versions.get(), by=SYSTEM, now=NOW)


def test_the_look_says_the_levels_and_minutes_as_they_would_be_and_what_would_be_missing(author) -> None:
    bank = make_bank()
    juniors = [make_question(bank), make_question(bank)]
    expert = make_question(bank, level=Level.EXPERIENCED)
    test = make_test(SectionDraft([RuleDraft(bank, level=Level.JUNIOR, count=2)]), minutes=4)

    preview, _confirm = look(author, [juniors[0], expert], section_of(test))

    assert preview.context["numbers"] == [
        ("Questions", 2, 4),
        ("Expected minutes", 3, 5),
        ("Junior", 2, 3),
        ("Experienced", 0, 1),
    ]
    short, hurried = preview.context["cautions"]
    assert short.startswith(f"{bank.name}, Junior: 1 questions would be missing")
    assert "expected to take 5 minutes, and the test ends after 4" in hurried
    assert not DrawRule.objects.filter(question__isnull=False).exists()


def test_what_a_test_cannot_ask_is_left_out_with_its_reason_and_what_is_spared_is_said(author) -> None:
    bank = make_bank()
    open_one, draft = make_question(bank, kind=Kind.OPEN), make_question(bank, ready=False)
    leaked, resting = make_questions(2, bank)
    leaked = operations.flag_leaked(question=leaked, note="", by=SYSTEM, now=NOW)
    resting = operations.let_rest(question=resting, by=SYSTEM, now=NOW)
    section = section_of(make_test())
    chosen = list(Question.objects.order_by("pk"))

    preview, _confirm = look(author, chosen, section)
    _work, result = add(chosen, section)

    assert [(question.pk, why) for question, why in preview.context["skipped"]] == [
        (open_one.pk, "It is open and meant for interviews."),
        (draft.pk, "It is not ready. Let it be reviewed first."),
    ]
    assert [words for _row, words, _change in preview.context["rows"]] == [
        ["It leaked, and everybody would be asked it."],
        ["It rests, and everybody would be asked it."],
    ]
    assert [row["question"] for row in result["skipped"]] == [open_one.pk, draft.pk]
    assert fixed(section) == [leaked.pk, resting.pk]


def test_done_again_it_adds_nothing_and_a_full_section_takes_no_more(monkeypatch) -> None:
    monkeypatch.setattr(section_places, "MOST_LINES", 2)
    questions = make_questions(3)
    section = section_of(make_test())

    work, result = add(questions, section)
    again = do_bulk(work, SYSTEM, lambda _done, _total: None, now=NOW)

    assert fixed(section) == [each.pk for each in questions[:2]]
    assert (result["done"], again["done"]) == (2, 2)
    assert [row["text"] for row in result["skipped"]] == ["The section has 2 lines, and no more fit."]


def test_only_sections_of_drafts_in_use_are_offered_and_only_to_who_may_write_them(author) -> None:
    drawn = RuleDraft(make_questions(1)[0].bank)
    section = section_of(make_test(name="Kept"))
    published, retired = make_test(SectionDraft([drawn]), name="Published"), make_test(name="Retired")
    publish_version(version=published.versions.get(), by=SYSTEM, now=NOW)
    retire_assessment(assessment=retired, by=SYSTEM, now=NOW)
    taker, analyst = places(), Actor.of_user(make_user(Role.ANALYST))
    assert taker is not None
    question = make_question()

    first = author.post(ASK, {"ids": [question.pk]})
    forged, _confirm = look(author, [question], section_of(published))

    assert [key for key, _words in first.context["form"].fields["section"].choices] == [str(section.pk)]
    assert forged.context["is_choosing"]
    assert (taker.all(analyst), taker.look(section.pk, [question], analyst)) == ([], None)
    assert list(taker.put(section.pk, [question], by=analyst, now=NOW)) == [question.pk]
    assert fixed(section) == []


def test_without_a_draft_the_page_says_what_to_do_first(author) -> None:
    page = author.post(ASK, {"ids": [make_question().pk]}).content.decode()

    assert "Start a new version of a test first" in page
    assert 'name="look"' not in page


def test_a_blueprint_saved_meanwhile_is_not_written_over(author) -> None:
    question, other = make_questions(2)
    test = make_test()
    section = section_of(test)
    preview, confirm = look(author, [question], section)
    assert preview.context["count"] == 1
    confirm()
    write_blueprint(
        version=test.versions.get(), sections=[SectionDraft([RuleDraft.fixed(other)])], by=SYSTEM, now=NOW
    )

    run_due_work(now=Work.objects.get().due_at)

    work = Work.objects.get()
    page = author.get(reverse("outbox:work", args=[work.public_id])).content.decode()
    assert "This section is not there any more." in page
    assert list(DrawRule.objects.values_list("question", flat=True)) == [other.pk]


def test_the_same_questions_added_twice_at_once_are_asked_once(transactional_db, race_rounds) -> None:
    taker = places()
    assert taker is not None
    for number in range(race_rounds // 3):
        questions = make_questions(3)
        section = section_of(make_test(name=f"Race{number}"))

        outcomes = run_parallel(
            lambda questions=questions, section=section: taker.put(section.pk, questions, by=SYSTEM, now=NOW),
            3,
        )

        assert outcomes == [{}, {}, {}]
        assert sorted(fixed(section)) == [each.pk for each in questions]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_look_costs_the_same_for_one_and_three(author, rows, django_assert_num_queries) -> None:
    questions = make_questions(rows)
    section = section_of(make_test(SectionDraft([RuleDraft(make_questions(1)[0].bank)])))
    look(author, questions, section)
    frozen = ",".join(f"{each.pk}:{each.edit}" for each in questions)
    asked = {"frozen": frozen, "token": "0" * 32, "look": "1", "section": section.pk}

    # Session, user, permissions (2), roles, organisation, signs; sections to choose from; the questions; the section,
    # what everybody is asked, its lines; lines and sections of the test; for each of the two plans the ready questions
    # of the banks with their skills, the pools and the stems; rows, their skills and tags.
    with django_assert_num_queries(26):
        author.post(ASK, asked)
