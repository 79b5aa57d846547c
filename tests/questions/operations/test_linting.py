"""Looking through questions and banks: what is opened, gone and open again, and what may stay as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.enums import Role
from accounts.models import Actor
from outbox.models import Event, Work
from outbox.operations import run_due_work
from questions import operations, queries, tasks
from questions.enums import FindingState, Status, Weight
from questions.models import Question, QuestionBank, QuestionFinding
from questions.operations.linting.keeping import keep_findings
from questions.operations.linting.questions import read_questions
from questions.rules import KeyDraft, OptionDraft, QuestionDraft, shares_for
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_bank, make_question, make_questions, make_skill

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
PLAIN = "Which of these is not a route?"


@pytest.fixture
def author() -> Actor:
    return Actor.of_user(make_user(Role.QUESTION_AUTHOR))


def draft(stem: str = PLAIN, **changes: object) -> QuestionDraft:
    made = QuestionDraft(
        external_id="routes",
        kind="single",
        level="junior",
        difficulty=2,
        skills=[make_skill("python").slug],
        stem=stem,
        options=[OptionDraft("a", "A blueprint"), OptionDraft("b", "A signal")],
        key=KeyDraft(shares={"a": "1", "b": "0"}, explanation="Because."),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def save(made: QuestionDraft, question: Question | None = None, bank: QuestionBank | None = None) -> Question:
    bank = question.bank if question else bank or make_bank()
    saved = operations.save_question(question=question, bank=bank, draft=made, by=SYSTEM, now=NOW)
    return saved.question


def states(question: Question) -> dict[tuple[str, str], str]:
    rows = QuestionFinding.objects.filter(question=question)
    return {(row.kind, row.place): row.state for row in rows}


def test_saving_a_question_opens_what_is_found_and_leaves_nothing_due() -> None:
    question = save(draft())

    finding = QuestionFinding.objects.get(question=question)
    assert (finding.kind, finding.place, finding.state, finding.found_at) == (
        "negative_plain",
        "stem",
        FindingState.OPEN,
        NOW,
    )
    assert finding.values["words"] == ["not"]
    assert finding.version == queries.latest_version(question)
    assert Question.objects.get().lint_due_at is None


def test_what_is_mended_is_gone_and_what_comes_back_is_open_again() -> None:
    question = save(draft())

    save(draft("Which of these is a route?"), question)
    after_mending = states(question)
    save(draft(), question)

    assert after_mending == {("negative_plain", "stem"): FindingState.GONE}
    assert states(question) == {("negative_plain", "stem"): FindingState.OPEN}
    assert QuestionFinding.objects.get().gone_at is None


def test_a_clean_question_costs_no_row() -> None:
    assert states(save(draft("Which of these is a route?"))) == {}


def test_an_accepted_finding_stays_accepted_until_its_text_changes(author) -> None:
    question = save(draft())
    finding = QuestionFinding.objects.get()
    operations.accept_findings(finding_ids=[finding.pk], reason="It is what we ask.", by=author, now=NOW)

    save(draft(options=[OptionDraft("a", "A blueprint"), OptionDraft("b", "A hook")]), question)
    finding.refresh_from_db()
    kept = (finding.state, finding.reason, finding.accepted_by)
    save(draft("Which of these is surely not a route?"), question)
    finding.refresh_from_db()

    assert kept == (FindingState.ACCEPTED, "It is what we ask.", author.user)
    assert (finding.state, finding.reason, finding.accepted_by) == (FindingState.OPEN, "", None)


def test_accepting_needs_a_reason_and_an_author(author) -> None:
    save(draft())
    finding = QuestionFinding.objects.get()
    recruiter = Actor.of_user(make_user(Role.RECRUITER))

    for reason in (" \n", "x" * 301):
        with pytest.raises(ValidationError) as refusal:
            operations.accept_findings(finding_ids=[finding.pk], reason=reason, by=author, now=NOW)
        assert set(refusal.value.message_dict) == {"reason"}
    with pytest.raises(PermissionDenied):
        operations.accept_findings(finding_ids=[finding.pk], reason="So.", by=recruiter, now=NOW)
    finding.refresh_from_db()

    assert finding.state == FindingState.OPEN


def test_accepting_and_taking_back_is_told_once(author) -> None:
    question = save(draft())
    finding = QuestionFinding.objects.get()
    accept = {"finding_ids": [finding.pk], "reason": "So.", "by": author, "now": NOW}

    assert [operations.accept_findings(**accept), operations.accept_findings(**accept)] == [1, 0]
    back = [operations.take_acceptance_back(finding_id=finding.pk, by=author, now=NOW) for _ in range(2)]

    assert back == [1, 0]
    assert states(question) == {("negative_plain", "stem"): FindingState.OPEN}
    events = Event.objects.filter(kind__startswith="question.finding").order_by("pk")
    assert [(event.kind, event.about_id, event.data) for event in events] == [
        ("question.finding_accepted", question.pk, {"finding": "negative_plain", "place": "stem"}),
        ("question.finding_reopened", question.pk, {"finding": "negative_plain", "place": "stem"}),
    ]


def test_a_finding_that_somebody_accepted_meanwhile_is_not_overwritten(author) -> None:
    save(draft())
    known = list(QuestionFinding.objects.all())
    operations.accept_findings(finding_ids=[known[0].pk], reason="So.", by=author, now=NOW)

    changed = keep_findings(found=[], known=known, now=NOW)

    assert changed.gone == 0
    assert QuestionFinding.objects.get().state == FindingState.ACCEPTED


def test_the_worker_looks_through_what_is_due_and_no_more() -> None:
    first, second, third = make_questions(3)
    Question.objects.filter(pk__in=[first.pk, second.pk]).update(lint_due_at=NOW)
    for each in (first, second, third):
        each.current_version.stem = PLAIN
        each.current_version.save()

    tasks.look_through()

    assert set(QuestionFinding.objects.values_list("question", flat=True)) == {first.pk, second.pk}
    assert not Question.objects.filter(lint_due_at__isnull=False).exists()


def test_a_question_that_changed_while_it_was_looked_through_stays_due() -> None:
    question = save(draft())
    Question.objects.update(lint_due_at=NOW)
    read = read_questions([question.pk])
    later = NOW.replace(hour=15)
    Question.objects.update(lint_due_at=later)

    operations.linting.questions.look_through_read(read, now=NOW)

    assert Question.objects.get().lint_due_at == later


def test_a_look_at_many_costs_as_many_statements_as_at_one(django_assert_num_queries) -> None:
    rows = make_questions(4)

    # Questions, skills, tags, versions, keys, findings; two savepoints and their ends.
    with django_assert_num_queries(10):
        operations.look_through_questions(question_ids=[rows[0].pk], now=NOW)
    with django_assert_num_queries(10):
        operations.look_through_questions(question_ids=[row.pk for row in rows[1:]], now=NOW)


# --- Banks ---


def test_a_bank_shows_which_questions_ask_the_same_at_the_younger_one() -> None:
    bank = make_bank()
    one = make_question(bank, stem="What does the method `append` of a list return in Python?")
    other = make_question(bank, stem="What does the method `append` of a list return in Python 3?")
    make_question(bank, stem="What does a generator return?")

    look = operations.look_through_bank(bank=bank, now=NOW)

    finding = QuestionFinding.objects.get(kind="near_duplicate")
    assert (finding.question, finding.values["other"], finding.values["percent"]) == (other, one.pk, 93)
    assert (look.questions, look.errors, look.others, look.changed.opened) == (3, 0, 1, 1)
    (shown,) = queries.findings_of(other, SYSTEM)
    assert "as “What does the method append of a list return in Python?”." in shown.words.mend


STEM = "What does the method `append` of a list return in Python?"


def test_a_near_duplicate_in_another_bank_is_named_with_its_bank() -> None:
    first, second = make_bank(), make_bank()
    older = make_question(first, stem=STEM)
    younger = make_question(second, stem=STEM + " Say")
    retired = make_question(first, stem=STEM + " Say")
    operations.retire_question(question=retired, by=SYSTEM, now=NOW)

    operations.look_through_bank(bank=first, now=NOW)
    assert states(older) == {}
    operations.look_through_bank(bank=second, now=NOW)
    operations.look_through_questions(question_ids=[younger.pk], now=NOW)

    finding = QuestionFinding.objects.get()
    assert (finding.question, finding.bank, finding.values["other"]) == (younger, second, older.pk)
    (shown,) = queries.findings_of(younger, SYSTEM)
    assert f"the same as “{STEM.replace('`', '')}” in the bank {first.name}." in shown.words.mend
    assert shown.words.other == older.pk


def test_of_two_that_are_as_much_alike_the_one_of_the_own_bank_is_named() -> None:
    first, second = make_bank(), make_bank()
    make_question(first, stem=STEM)
    own = make_question(second, stem=STEM)
    younger = make_question(second, stem=STEM)

    operations.look_through_bank(bank=second, now=NOW)

    assert QuestionFinding.objects.get(question=younger).values["other"] == own.pk
    (shown,) = queries.findings_of(younger, SYSTEM)
    assert "in the bank" not in shown.words.mend


def test_a_bank_that_nobody_sees_yet_is_neither_compared_with_nor_named() -> None:
    hidden, bank = make_bank(), make_bank()
    make_question(hidden, stem=STEM)
    younger = make_question(bank, stem=STEM)
    operations.look_through_bank(bank=bank, now=NOW)
    assert QuestionFinding.objects.filter(question=younger).exists()

    hidden.arriving_for = "work"
    hidden.save()

    author = Actor.of_user(make_user(Role.QUESTION_AUTHOR))
    (shown,) = queries.findings_of(younger, author)
    assert shown.words.other is None
    assert STEM not in shown.words.mend
    assert hidden.name not in shown.words.mend
    assert "100 % the same as another question." in shown.words.mend
    QuestionFinding.objects.all().delete()
    operations.look_through_bank(bank=bank, now=NOW)
    assert not QuestionFinding.objects.exists()


def test_a_near_duplicate_is_gone_when_either_of_the_two_changes_or_is_retired() -> None:
    bank = make_bank()
    stem = "What does the method `append` of a list return in Python?"
    one, other, third = (
        make_question(bank, stem=text) for text in (stem, stem + " Say", "Quite another thing?")
    )
    operations.look_through_bank(bank=bank, now=NOW)
    operations.look_through_questions(question_ids=[other.pk], now=NOW)
    kept = states(other)

    operations.retire_question(question=one, by=SYSTEM, now=NOW)
    look = operations.look_through_bank(bank=bank, now=NOW)

    assert kept == {("near_duplicate", "stem"): FindingState.OPEN}
    assert states(other) == {("near_duplicate", "stem"): FindingState.GONE}
    assert (look.questions, look.changed.gone) == (2, 1)
    assert states(third) == {}


def test_a_bank_whose_longest_option_is_right_too_often_has_a_finding_until_it_is_mended() -> None:
    bank = make_bank()
    questions = make_questions(24, bank)
    for each in questions:
        version = queries.latest_version(each)
        version.options = [
            option | {"text": "The one that is right"} if option["code"] == "a" else option
            for option in version.options
        ]
        version.save()

    operations.look_through_bank(bank=bank, now=NOW)
    found = QuestionFinding.objects.filter(question=None, bank=bank)
    opened = {row.kind: (row.values["hits"], row.values["questions"]) for row in found}
    Question.objects.filter(pk__in=[each.pk for each in questions[:5]]).update(status=Status.RETIRED)
    operations.look_through_bank(bank=bank, now=NOW)

    # Option a is the first of all of them as well.
    assert opened == {"length_tells": (24, 24), "position_tells": (24, 24)}
    assert set(found.values_list("state", flat=True)) == {FindingState.GONE}


def test_a_look_through_a_bank_is_one_piece_of_work_that_says_what_it_came_to(author) -> None:
    bank = make_bank()
    save(draft(), bank=bank)
    back = {"url": "/admin/to-review/", "label": "Back"}

    work = operations.queue_bank_look(bank=bank, back=back, by=author, now=NOW)
    again = operations.queue_bank_look(bank=bank, back=back, by=author, now=NOW)
    run_due_work(now=NOW)
    later = operations.queue_bank_look(bank=bank, back=back, by=author, now=NOW)

    assert work == again
    assert later != work
    work.refresh_from_db()
    assert (work.done, work.total) == (1, 1)
    assert dict(work.result["counts"]) == {
        "Questions": 1,
        "Errors": 0,
        "Worth a look": 1,
        "New since the last time": 0,
        "Mended since the last time": 0,
    }
    assert work.result["next"] == back


def test_only_authors_have_a_bank_looked_through() -> None:
    recruiter = Actor.of_user(make_user(Role.RECRUITER))

    with pytest.raises(PermissionDenied):
        operations.queue_bank_look(bank=make_bank(), back={}, by=recruiter, now=NOW)
    assert not Work.objects.exists()


def test_errors_weigh_more_than_what_could_be_better() -> None:
    save(draft(options=[OptionDraft("a", "All of the above"), OptionDraft("b", "A signal")]))

    weights = dict(QuestionFinding.objects.values_list("kind", "weight"))

    assert weights == {"all_none_unpinned": Weight.ERROR, "negative_plain": Weight.ATTENTION}


def test_shares_of_factories_are_clean() -> None:
    make_question(kind="multiple", right="ab")

    assert shares_for(list("abcd"), "ab", kind="multiple")["a"] == "1/2"
    assert not QuestionFinding.objects.exists()
