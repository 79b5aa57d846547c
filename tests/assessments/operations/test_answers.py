from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.enums import AttemptState, SaveOutcome, SubmittedBy
from assessments.models import AnswerRevision, Attempt, AttemptEvent, AttemptQuestion
from assessments.operations import SaveReply, save_answer, set_flag, submit_attempt
from assessments.rules import LATE_ALLOWANCE
from questions.enums import Kind
from tests.factories.assessments import make_assessment, make_attempt, make_invitation, save
from tests.factories.questions import NOW, make_bank, make_question
from tests.servers.parallel import run_parallel

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
PAGE, OTHER_PAGE = UUID(int=1), UUID(int=2)


def stored(attempt: Attempt, position: int = 1) -> tuple[list[str], int]:
    row = AttemptQuestion.objects.get(attempt=attempt, position=position)
    return row.answer, row.answer_version


def test_save_stores_the_answer_and_its_history() -> None:
    attempt = make_attempt()

    first = save(attempt, 2, ["b"], now=NOW + MINUTE, page_id=PAGE)
    second = save(attempt, 2, ["c"], now=NOW + 2 * MINUTE, page_id=PAGE, base_version=1)

    assert first == SaveReply(
        SaveOutcome.SAVED, 1, ["b"], NOW + MINUTE, attempt.deadline_at, AttemptState.IN_PROGRESS, attempt
    )
    assert (second.outcome, second.version, second.answer) == (SaveOutcome.SAVED, 2, ["c"])
    assert stored(attempt, 2) == (["c"], 2)
    assert list(AnswerRevision.objects.order_by("number").values_list("number", "answer", "based_on")) == [
        (1, ["b"], 0),
        (2, ["c"], 1),
    ]
    attempt.refresh_from_db()
    assert attempt.last_saved_at == NOW + 2 * MINUTE


def test_save_costs_few_statements() -> None:
    attempt = make_attempt()

    # Read the question; hold the attempt, write the answer, write the revision: one where the database takes them
    # together. Else the savepoint of the test's own transaction is around them.
    with CaptureQueriesContext(connection) as captured:
        save(attempt, now=NOW + MINUTE)

    own = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(own) == (2 if connection.vendor == "postgresql" else 4)
    assert not any("answerkey" in sql.lower() for sql in own)


def test_save_of_nothing_clears_the_answer() -> None:
    attempt = make_attempt()
    save(attempt, now=NOW, page_id=PAGE)

    reply = save(attempt, 1, [], now=NOW, page_id=PAGE, base_version=1)

    assert (reply.outcome, reply.answer) == (SaveOutcome.SAVED, [])
    assert stored(attempt) == ([], 2)


def test_save_repeated_gets_the_first_reply_also_after_the_answer_changed() -> None:
    attempt, save_id = make_attempt(), uuid4()
    save(attempt, 1, ["b"], now=NOW, save_id=save_id, page_id=PAGE)
    save(attempt, 1, ["c"], now=NOW, page_id=PAGE, base_version=1)

    repeated = save(attempt, 1, ["b"], now=NOW + MINUTE, save_id=save_id, page_id=PAGE)

    assert (repeated.outcome, repeated.version, repeated.answer) == (SaveOutcome.SAVED, 1, ["b"])
    assert stored(attempt) == (["c"], 2)
    assert AnswerRevision.objects.count() == 2


def test_save_repeated_after_the_end_gets_the_first_reply_since_it_is_in_what_is_scored() -> None:
    attempt, save_id = make_attempt(), uuid4()
    save(attempt, 1, ["b"], now=NOW, save_id=save_id)
    submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW + MINUTE)

    repeated = save(attempt, 1, ["b"], now=NOW + 2 * MINUTE, save_id=save_id)

    assert (repeated.outcome, repeated.version, repeated.state) == (
        SaveOutcome.SAVED,
        1,
        AttemptState.SUBMITTED,
    )


def test_save_with_a_stale_base_from_the_same_page_is_rebased() -> None:
    attempt = make_attempt()
    save(attempt, 1, ["a"], now=NOW, page_id=PAGE)

    reply = save(attempt, 1, ["b"], now=NOW, page_id=PAGE, base_version=0)

    assert (reply.outcome, reply.version, reply.answer) == (SaveOutcome.SAVED, 2, ["b"])


def test_case_48_two_tabs_the_older_version_is_told_what_is_stored() -> None:
    attempt = make_attempt()
    save(attempt, 1, ["a"], now=NOW, page_id=PAGE)

    late = save(attempt, 1, ["b"], now=NOW, page_id=OTHER_PAGE, base_version=0)
    after_reading = save(attempt, 1, ["b"], now=NOW, page_id=OTHER_PAGE, base_version=late.version)
    first_tab = save(attempt, 1, ["c"], now=NOW, page_id=PAGE, base_version=1)

    assert (late.outcome, late.version, late.answer) == (SaveOutcome.CONFLICT, 1, ["a"])
    assert (after_reading.outcome, after_reading.version) == (SaveOutcome.SAVED, 2)
    assert (first_tab.outcome, first_tab.version, first_tab.answer) == (SaveOutcome.CONFLICT, 2, ["b"])
    assert stored(attempt) == (["b"], 2)


def test_case_48_two_tabs_a_version_from_the_future_is_a_conflict() -> None:
    attempt = make_attempt()

    reply = save(attempt, 1, ["b"], now=NOW, base_version=40)

    assert (reply.outcome, reply.version, reply.answer) == (SaveOutcome.CONFLICT, 0, [])
    assert not AnswerRevision.objects.exists()


def test_case_48_two_tabs_saving_at_once_one_is_saved_the_other_is_told(
    transactional_db, race_rounds
) -> None:
    assessment = make_assessment(questions=1)
    for _ in range(race_rounds):
        attempt = make_attempt(assessment)

        outcomes = run_parallel(partial(save, attempt, 1, ["b"], now=NOW + MINUTE), 2)

        assert sorted(reply.outcome for reply in outcomes) == [SaveOutcome.CONFLICT, SaveOutcome.SAVED]
        assert stored(attempt) == (["b"], 1)


def test_save_sent_twice_at_once_is_one_revision(transactional_db, race_rounds) -> None:
    assessment = make_assessment(questions=1)
    for _ in range(race_rounds):
        attempt, save_id = make_attempt(assessment), uuid4()

        outcomes = run_parallel(
            partial(save, attempt, 1, ["b"], now=NOW + MINUTE, save_id=save_id, page_id=PAGE), 3
        )

        assert {(reply.outcome, reply.version) for reply in outcomes} == {(SaveOutcome.SAVED, 1)}
        assert AnswerRevision.objects.filter(attempt=attempt).count() == 1


@pytest.mark.parametrize(
    ("after_deadline", "outcome"),
    [
        (timedelta(0), SaveOutcome.SAVED),
        (LATE_ALLOWANCE - timedelta(microseconds=1), SaveOutcome.SAVED),
        (LATE_ALLOWANCE, SaveOutcome.SAVED),
        (LATE_ALLOWANCE + timedelta(microseconds=1), SaveOutcome.CLOSED),
        (timedelta(days=1), SaveOutcome.CLOSED),
    ],
)
@pytest.mark.parametrize(
    "started_at",
    [
        NOW,
        # Over a leap day, and over the night in which Europe's clocks change: UTC knows neither.
        datetime(2028, 2, 28, 23, 40, tzinfo=UTC),
        datetime(2026, 3, 29, 0, 40, tzinfo=UTC),
    ],
)
def test_case_52_late_save_counts_up_to_and_including_the_allowance(
    started_at, after_deadline, outcome
) -> None:
    attempt = make_attempt(
        invitation=make_invitation(make_assessment(minutes=40), expires_at=started_at + timedelta(days=1)),
        now=started_at,
    )
    assert attempt.deadline_at == started_at + timedelta(minutes=40)

    reply = save(attempt, 1, ["b"], now=attempt.deadline_at + after_deadline)

    assert reply.outcome == outcome
    assert stored(attempt) == ((["b"], 1) if outcome == SaveOutcome.SAVED else ([], 0))


def test_case_52_late_save_is_noted_once_for_each_question() -> None:
    attempt = make_attempt()
    late = attempt.deadline_at + MINUTE

    replies = [save(attempt, position, now=late) for position in (1, 1, 2)]

    assert {reply.outcome for reply in replies} == {SaveOutcome.CLOSED}
    assert sorted(event.data["position"] for event in AttemptEvent.objects.filter(kind="late_save")) == [1, 2]


def test_save_after_the_end_is_refused_and_shows_what_is_stored() -> None:
    attempt = make_attempt()
    save(attempt, 1, ["a"], now=NOW)
    submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW)

    reply = save(attempt, 1, ["b"], now=NOW)

    assert (reply.outcome, reply.answer, reply.state) == (SaveOutcome.CLOSED, ["a"], AttemptState.SUBMITTED)
    assert stored(attempt) == (["a"], 1)


def test_case_53_begin_bypass_saving_without_a_start_finds_nothing() -> None:
    make_invitation()

    with pytest.raises(AttemptQuestion.DoesNotExist):
        save_answer(
            attempt_id=1, position=1, answer=["a"], base_version=0, save_id=uuid4(), page_id=PAGE, now=NOW
        )

    assert not AnswerRevision.objects.exists()


def test_case_53_begin_bypass_an_attempt_whose_pages_were_never_opened_ends_all_the_same() -> None:
    attempt = make_attempt()

    reply = save(attempt, 3, ["a"], now=attempt.deadline_at + LATE_ALLOWANCE + timedelta(microseconds=1))

    assert reply.outcome == SaveOutcome.CLOSED


@pytest.mark.parametrize(
    "field", ["deadline_at", "started_at", "extra_time", "duration", "score", "is_correct"]
)
def test_case_54_deadline_tamper_and_57_mass_assign_no_such_argument_exists(field) -> None:
    attempt = make_attempt()

    with pytest.raises(TypeError):
        save_answer(
            attempt_id=attempt.pk,
            position=1,
            answer=["a"],
            base_version=0,
            save_id=uuid4(),
            page_id=PAGE,
            now=NOW,
            **{field: "2030-01-01T00:00:00Z"},
        )

    assert stored(attempt) == ([], 0)


@pytest.mark.parametrize(
    "answer",
    [
        ["z"],
        [""],
        ["A"],
        ["a", "b"],
        ["a", "a"],
        ["0"],
        [0],
        [-1],
        [2**63],
        ["1e3"],
        [None],
        [["a"]],
        "a",
        None,
        {"a": "b"},
        [str(number) for number in range(10_000)],
    ],
)
def test_case_56_foreign_option_is_refused_and_stores_nothing(answer) -> None:
    attempt = make_attempt()

    with pytest.raises(ValidationError) as refused:
        save(attempt, 1, answer, now=NOW + MINUTE)

    assert list(refused.value.message_dict) == ["answer"]
    assert stored(attempt) == ([], 0)
    attempt.refresh_from_db()
    assert attempt.last_saved_at is None
    assert not AnswerRevision.objects.exists()


def test_case_56_foreign_option_of_another_question_of_the_same_test_is_refused() -> None:
    bank = make_bank()
    make_question(bank, codes="abcd", right="a")
    make_question(bank, codes="wxyz", right="w")
    attempt = make_attempt(make_assessment(bank=bank, count=2))
    codes = {row.position: row.option_order for row in AttemptQuestion.objects.filter(attempt=attempt)}

    with pytest.raises(ValidationError):
        save(attempt, 1, [codes[2][0]], now=NOW)

    assert save(attempt, 1, [codes[1][0]], now=NOW).outcome == SaveOutcome.SAVED


@pytest.mark.parametrize("base_version", [-1, 2**31, 2**63, "1", None, 1.5, True])
def test_save_with_a_version_that_is_none_is_refused(base_version) -> None:
    attempt = make_attempt()

    with pytest.raises(ValidationError) as refused:
        save(attempt, 1, ["a"], now=NOW, base_version=base_version)

    assert list(refused.value.message_dict) == ["base_version"]


def test_save_of_several_options_where_all_that_apply_are_asked_keeps_the_authors_order() -> None:
    bank = make_bank()
    make_question(bank, kind=Kind.MULTIPLE, right="ac")
    attempt = make_attempt(make_assessment(bank=bank, count=1))

    reply = save(attempt, 1, ["d", "a"], now=NOW)

    assert reply.answer == ["a", "d"]


def test_flag_is_set_and_cleared_while_the_test_is_open() -> None:
    attempt = make_attempt()

    is_set = set_flag(attempt_id=attempt.pk, position=1, flagged=True, now=NOW)
    too_late = set_flag(
        attempt_id=attempt.pk, position=1, flagged=False, now=attempt.deadline_at + LATE_ALLOWANCE + MINUTE
    )

    assert (is_set, too_late) == (True, False)
    assert AttemptQuestion.objects.get(attempt=attempt, position=1).is_flagged
