from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Actor
from assessments.enums import AttemptState, StartRefusal, SubmittedBy
from assessments.models import Attempt, AttemptEvent, AttemptQuestion
from assessments.operations import (
    AttemptRefused,
    InvitationRefused,
    draft_version,
    invite,
    publish_version,
    revoke_invitation,
    start_attempt,
    submit_attempt,
    void_attempt,
)
from assessments.queries import question_page
from candidates.models import Consent
from outbox.models import Event
from questions import operations as questions
from questions.models import Question, QuestionVersion
from questions.rules import OptionDraft
from tests.factories.assessments import make_assessment, make_attempt, make_invitation, make_person
from tests.factories.questions import NOW, key, make_bank, make_question, options
from tests.servers.parallel import run_all, run_parallel

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


def shape(attempt: Attempt) -> list[tuple[int, list[str]]]:
    rows = AttemptQuestion.objects.filter(attempt=attempt).order_by("position")
    return list(rows.values_list("question_version_id", "option_order"))


def test_start_sets_the_clock_of_the_server_and_writes_what_happened() -> None:
    invitation = make_invitation(make_assessment(minutes=40), extra_seconds=600)

    attempt = start_attempt(invitation=invitation, consented=True, now=NOW + timedelta(days=1))

    assert attempt.started_at == NOW + timedelta(days=1)
    assert attempt.deadline_at == NOW + timedelta(days=1, minutes=50)
    assert attempt.state == AttemptState.IN_PROGRESS
    assert [len(order) for _, order in shape(attempt)] == [4, 4, 4]
    assert Event.objects.get(kind="attempt.started").data == {"questions": 3}
    assert Consent.objects.get().about_id == invitation.pk
    event = Event.objects.get(kind="attempt.started")
    assert (event.person_ref, event.about, event.about_id, event.actor_kind) == (
        invitation.candidate.public_id,
        "assessments.attempt",
        attempt.pk,
        "link",
    )


def test_start_again_returns_the_running_attempt_without_asking_for_consent() -> None:
    invitation = make_invitation()
    attempt = start_attempt(invitation=invitation, consented=True, now=NOW)

    again = start_attempt(invitation=invitation, consented=False, now=NOW + timedelta(minutes=5))

    assert (again.pk, again.deadline_at) == (attempt.pk, attempt.deadline_at)
    assert Event.objects.filter(kind="attempt.started").count() == Consent.objects.count() == 1


def test_start_costs_few_statements_whatever_the_number_of_questions() -> None:
    small, large = (
        make_invitation(make_assessment(questions=2)),
        make_invitation(make_assessment(questions=12)),
    )

    with CaptureQueriesContext(
        connection,
    ) as few:
        start_attempt(invitation=small, consented=True, now=NOW)
    with CaptureQueriesContext(connection) as many:
        start_attempt(invitation=large, consented=True, now=NOW)

    assert len(many) == len(few)
    assert len(many) <= 20


@pytest.mark.parametrize(
    ("moment", "fields", "reason"),
    [
        (timedelta(days=14, microseconds=1), {}, StartRefusal.EXPIRED),
        (timedelta(hours=1), {"not_before": NOW + timedelta(hours=2)}, StartRefusal.NOT_OPEN_YET),
    ],
)
def test_start_outside_the_invitation_is_refused_with_why(moment, fields, reason) -> None:
    invitation = make_invitation(**fields)

    with pytest.raises(AttemptRefused) as refused:
        start_attempt(invitation=invitation, consented=True, now=NOW + moment)

    assert refused.value.reason == reason
    assert str(refused.value) == str(reason.label)
    assert not Attempt.objects.exists()


def test_start_at_the_last_moment_of_the_invitation_gets_the_whole_time() -> None:
    invitation = make_invitation(make_assessment(minutes=40))

    attempt = start_attempt(invitation=invitation, consented=True, now=NOW + timedelta(days=14))

    assert attempt.deadline_at == NOW + timedelta(days=14, minutes=40)


def test_start_of_a_withdrawn_a_finished_or_a_void_test_is_refused() -> None:
    revoked, finished, void = make_invitation(), make_invitation(), make_invitation()
    revoke_invitation(invitation=revoked, by=SYSTEM, now=NOW)
    attempt = make_attempt(invitation=finished)
    submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW)
    void_attempt(attempt=make_attempt(invitation=void), reason="Wrong person", by=SYSTEM, now=NOW)

    reasons = []
    for invitation in (revoked, finished, void):
        with pytest.raises(AttemptRefused) as refused:
            start_attempt(invitation=invitation, consented=True, now=NOW)
        reasons.append(refused.value.reason)

    assert reasons == [StartRefusal.REVOKED, StartRefusal.FINISHED, StartRefusal.VOID]
    assert Attempt.objects.count() == 2


def test_start_without_consent_is_refused_and_records_nothing() -> None:
    invitation = make_invitation()

    with pytest.raises(AttemptRefused) as refused:
        start_attempt(invitation=invitation, consented=False, now=NOW)

    assert refused.value.reason == StartRefusal.NO_CONSENT
    assert not Attempt.objects.exists()
    assert not Consent.objects.exists()


def test_start_draws_retired_questions_only_for_want_of_others_and_says_so() -> None:
    bank = make_bank()
    kept, gone = make_question(bank), make_question(bank)
    assessment = make_assessment(bank=bank, count=2)
    questions.retire_question(question=gone, by=SYSTEM, now=NOW)

    attempt = make_attempt(assessment)

    assert {version for version, _ in shape(attempt)} == {kept.current_version_id, gone.current_version_id}
    assert AttemptEvent.objects.get().data == {
        "questions": 2,
        "rested": [gone.current_version_id],
        "missing_rules": [],
    }


def spare(question: Question, how: str) -> None:
    if how == "leaked":
        questions.flag_leaked(question=question, note="", by=SYSTEM, now=NOW)
    elif how == "rest":
        questions.let_rest(question=question, by=SYSTEM, now=NOW)
    else:
        questions.set_exposure_cap(question=question, times=1, by=SYSTEM, now=NOW)
        questions.record_usage(shown={question.pk: 1}, now=NOW)


@pytest.mark.parametrize("how", ["leaked", "rest", "cap"])
def test_what_is_spared_since_a_test_was_published_is_drawn_only_for_want_of_others(how: str) -> None:
    bank = make_bank()
    kept, other, spared = (make_question(bank) for _ in range(3))
    assessment = make_assessment(bank=bank, count=2)
    spare(spared, how)

    drawn = {version for _ in range(8) for version, _order in shape(make_attempt(assessment))}
    spare(other, how)
    short = make_attempt(assessment)

    assert drawn == {kept.current_version_id, other.current_version_id}
    assert kept.current_version_id in {version for version, _order in shape(short)}
    assert len(shape(short)) == 2
    (event,) = AttemptEvent.objects.all()
    assert set(event.data["rested"]) <= {other.current_version_id, spared.current_version_id}
    assert len(event.data["rested"]) == 1


def test_forms_of_two_people_differ_and_each_can_be_drawn_again() -> None:
    assessment = make_assessment(questions=12)

    shapes = {tuple(version for version, _ in shape(make_attempt(assessment))) for _ in range(5)}

    assert len(shapes) == 5


def test_options_with_the_place_last_stay_last_for_everybody() -> None:
    bank = make_bank()
    make_question(bank, codes="abcde", last="e")
    assessment = make_assessment(bank=bank, count=1)

    orders = [shape(make_attempt(assessment))[0][1] for _ in range(8)]

    assert {order[-1] for order in orders} == {"e"}
    assert len({tuple(order) for order in orders}) > 1


def test_case_47_start_twice_twenty_presses_make_one_attempt(transactional_db, race_rounds) -> None:
    assessment = make_assessment()
    for _ in range(max(1, race_rounds // 10)):
        press_start_together(assessment)


@pytest.mark.stress
def test_case_47_start_twice_200_rounds(transactional_db) -> None:
    assessment = make_assessment()
    for _ in range(200):
        press_start_together(assessment)


def press_start_together(assessment) -> None:
    invitation = make_invitation(assessment)
    moments = iter(NOW + timedelta(milliseconds=number) for number in range(20))
    lock = threading.Lock()

    def press() -> Attempt:
        with lock:
            moment = next(moments)
        return start_attempt(invitation=invitation, consented=True, now=moment)

    outcomes = run_parallel(press, 20)

    assert [type(outcome) for outcome in outcomes] == [Attempt] * 20, outcomes
    assert len({(attempt.pk, attempt.deadline_at, attempt.seed) for attempt in outcomes}) == 1
    attempt = Attempt.objects.get(invitation=invitation)
    assert [position for position, _ in enumerate(shape(attempt), start=1)] == [1, 2, 3]
    assert Event.objects.filter(about_id=attempt.pk, kind="attempt.started").count() == 1
    assert Consent.objects.filter(about_id=invitation.pk).count() == 1


def test_start_racing_a_withdrawal_has_one_winner(transactional_db, race_rounds) -> None:
    assessment = make_assessment()
    for _ in range(race_rounds):
        invitation = make_invitation(assessment)

        started, revoked = run_all(
            [
                partial(start_attempt, invitation=invitation, consented=True, now=NOW),
                partial(revoke_invitation, invitation=invitation, by=SYSTEM, now=NOW),
            ]
        )

        invitation.refresh_from_db()
        has_attempt = Attempt.objects.filter(invitation=invitation).exists()
        assert has_attempt == isinstance(started, Attempt)
        assert isinstance(started, Attempt | AttemptRefused), started
        assert has_attempt == isinstance(revoked, InvitationRefused), revoked
        assert has_attempt == (invitation.revoked_at is None)


def test_case_61_edit_live_test_attempts_keep_what_was_shown() -> None:
    bank = make_bank()
    question = make_question(bank, stem="What was asked?")
    assessment = make_assessment(bank=bank, count=1)
    attempt = make_attempt(assessment)
    before = question_page(attempt, 1)

    question = Question.objects.get(pk=question.pk)
    questions.edit_question(
        question=question,
        level=question.level,
        intended_difficulty=5,
        skills=question.skills.all(),
        tags=[],
        stem="Something else",
        options=[*options("abc"), OptionDraft("z", "New option")],
        key=key("z", "abcz"),
        by=SYSTEM,
        now=NOW,
    )
    questions.make_ready(question=question, by=SYSTEM, now=NOW)
    questions.retire_question(question=question, by=SYSTEM, now=NOW)

    assert question_page(attempt, 1) == before
    assert QuestionVersion.objects.filter(question=question).count() == 2


def test_case_61_edit_live_test_new_version_reaches_new_invitations_only() -> None:
    assessment = make_assessment(minutes=40)
    before = make_invitation(assessment)
    draft = draft_version(assessment=assessment, by=SYSTEM, now=NOW)
    draft.minutes = 20
    draft.save()
    publish_version(version=draft, by=SYSTEM, now=NOW)
    assessment.refresh_from_db()

    after = invite(candidate=make_person(), assessment=assessment, intent="after", by=SYSTEM, now=NOW)

    assert make_attempt(invitation=before).deadline_at == NOW + timedelta(minutes=40)
    assert make_attempt(invitation=after).deadline_at == NOW + timedelta(minutes=20)
