"""An invitation and its attempt under everything that can happen to them, in any order: what holds at every step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import hypothesis.strategies as st
import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Actor
from assessments import operations
from assessments.enums import AttemptState, SaveOutcome, SubmittedBy
from assessments.models import (
    AnswerRevision,
    Assessment,
    Attempt,
    AttemptEvent,
    AttemptQuestion,
    AttemptSection,
    Invitation,
    Score,
    TimeAdjustment,
)
from assessments.operations import AttemptClosed, AttemptRefused, InvitationRefused, SaveReply
from assessments.rules import LATE_ALLOWANCE, deadline_for
from candidates.models import Consent
from outbox.models import AccessLink, Event, Message
from outbox.rules import link_token
from tests.factories.assessments import make_assessment, make_invitation, make_person
from tests.factories.questions import NOW
from tests.factories.sittings import make_pieces

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
QUESTIONS = 4
PLACES = st.integers(1, QUESTIONS)
SECONDS = st.sampled_from([1, 4, 6, 30, 65, 130, 600, 1800, -1, -30, -900])
REFUSALS = (AttemptRefused, AttemptClosed, InvitationRefused, ValidationError)
# What a step of a colleague, a candidate or a worker writes to last, or nearly: where a process dies.
WEAK_SPOTS = (
    "assessments.operations.answers._revise",
    "assessments.operations.attempts.record_attempt",
    "assessments.operations.clocks.record_attempts",
    "assessments.operations.corrections.record_attempt",
    "assessments.operations.marking.record_event",
    "assessments.operations.moving_on.AttemptEvent.objects.create",
)


class PowerCut(Exception):  # noqa: N818 -- what happened, not what went wrong
    """A process died in the middle of a transaction."""


@dataclass
class Acknowledged:
    """What candidates were told is saved, place by place, in the order of the replies."""

    answers: dict[int, list[list[str]]] = field(default_factory=dict)
    replies: list[tuple[int, dict[str, Any], SaveReply]] = field(default_factory=list)


class SittingModel(RuleBasedStateMachine):
    """One person, one invitation, whatever happens. `assessment` is set by the test."""

    assessment: Assessment
    # The attempt as the last step left it: what may come next is asked so often that reading it took half the time.
    before: Attempt | None = None

    @initialize(is_started=st.sampled_from([True, True, True, False]))
    def invite(self, is_started: bool) -> None:
        self.now = NOW
        self.person = make_person()
        self.intent = f"model-{uuid4()}"
        self.invitation = self.invited()
        self.told = Acknowledged()
        self.mails = 1
        self.adjusted = 0
        self.scores: dict[int, dict[str, Any]] = {}
        self.closed: dict[int, list[str]] = {}
        self.may_reopen = False
        if is_started:
            self.start()

    # --- Candidates ---

    @rule(place=PLACES)
    def look(self, place: int) -> None:
        """Open the link and every page behind it: nothing is written, whatever stands there."""
        before = self.everything()
        with time_machine.travel(self.now, tick=False):
            client = Client()
            link = AccessLink.objects.get(pk=self.invitation.link_id)
            assert client.get(f"/t/{link_token(link)}/").status_code == 302
            pages = ["", f"question/{place}/", "overview/", "part/", "on/", "clock/", "start/", "finished/"]
            for page in pages:
                assert client.get(f"/test/{link.public_id}/{page}").status_code in (200, 302, 404)
        assert self.everything() == before

    @rule()
    def start(self) -> None:
        self.do(lambda: operations.start_attempt(invitation=self.invitation, consented=True, now=self.now))

    @rule(place=PLACES, answer=st.sampled_from(["a", "b", ""]), is_stale=st.booleans())
    def save(self, place: int, answer: str, is_stale: bool) -> None:
        attempt = self.attempt
        if attempt is None:
            return
        row = AttemptQuestion.objects.get(attempt=attempt, position=place)
        is_stale = is_stale and row.answer_version > 0
        sent = {
            "answer": [answer] if answer else [],
            "base_version": row.answer_version - is_stale,
            "save_id": uuid4(),
            "page_id": uuid4(),
        }
        reply = operations.save_answer(attempt_id=attempt.pk, position=place, now=self.now, **sent)
        assert reply.outcome == self.expected(attempt, place, is_stale=is_stale)
        if reply.outcome == SaveOutcome.SAVED:
            self.told.answers.setdefault(place, []).append(sent["answer"])
            self.told.replies.append((place, sent, reply))

    @precondition(lambda self: self.told.replies)
    @rule(data=st.data())
    def save_is_redelivered(self, data: st.DataObject) -> None:
        """The same save comes again, however much later: the same reply, and nothing more is stored."""
        place, sent, first = data.draw(st.sampled_from(self.told.replies))
        revisions = AnswerRevision.objects.count()

        again = operations.save_answer(attempt_id=self.running.pk, position=place, now=self.now, **sent)

        assert (again.outcome, again.version, again.answer) == (first.outcome, first.version, first.answer)
        assert AnswerRevision.objects.count() == revisions

    @precondition(lambda self: self.before is not None)
    @rule(place=PLACES, flagged=st.booleans())
    def flag(self, place: int, flagged: bool) -> None:
        operations.set_flag(attempt_id=self.running.pk, position=place, flagged=flagged, now=self.now)

    @precondition(lambda self: self.before is not None and self.before.has_parts)
    @rule(leaving=PLACES, is_here=st.booleans(), times=st.integers(1, 2))
    def move_on(self, leaving: int, is_here: bool, times: int) -> None:
        """Next, once or in a hurry: one step, from the place that is open and from no other."""
        before = self.running
        leaving = min(before.open_from, QUESTIONS) if is_here else leaving
        for _ in range(times):
            after = operations.move_on(attempt_id=before.pk, leaving=leaving, now=self.now)
        moves = self.goes_on(before) and before.open_from <= leaving <= before.open_to
        assert (after.open_from > before.open_from) == moves
        if moves and after.open_from == before.open_from + 1 == before.open_to + 1:
            assert after.open_to in (after.open_from, after.open_from - 1)

    @precondition(lambda self: self.before is not None and self.before.is_between_parts)
    @rule(first=PLACES, is_next=st.sampled_from([True, True, False]))
    def start_part(self, first: int, is_next: bool) -> None:
        before = self.running
        first = before.open_from if is_next else first
        for _ in range(2):
            after = operations.start_part(attempt_id=before.pk, first=first, now=self.now)
        starts = self.goes_on(before) and first == before.open_from <= QUESTIONS
        assert after.is_between_parts == (not starts)

    @precondition(lambda self: self.before is not None and self.before.window_deadline_at is not None)
    @rule(place=PLACES)
    def take_buffer(self, place: int) -> None:
        before = self.running
        for _ in range(2):
            after = operations.take_buffer(attempt_id=before.pk, place=place, now=self.now)
        assert before.window_deadline_at is not None
        assert after.window_deadline_at is not None
        longer = after.window_deadline_at - before.window_deadline_at
        assert timedelta() <= longer <= timedelta(seconds=30)

    @precondition(lambda self: self.before is not None)
    @rule(by=st.sampled_from([SubmittedBy.CANDIDATE, SubmittedBy.DEADLINE, SubmittedBy.DEADLINE]))
    def submit(self, by: SubmittedBy) -> None:
        before = self.running
        after = operations.submit_attempt(attempt_id=before.pk, submitted_by=by, now=self.now)
        if before.paused_at is not None and after.state == AttemptState.SUBMITTED:
            # The pause ends with the test, and was no time of it.
            paused = ceil((self.now - before.paused_at).total_seconds())
            self.adjusted += max(0, paused)

    # --- Colleagues ---

    @precondition(lambda self: self.before is not None)
    @rule(seconds=st.sampled_from([-600, -30, 60, 900]))
    def add_time(self, seconds: int) -> None:
        if self.do(
            lambda: operations.add_time(
                attempt=self.running, seconds=seconds, reason="Alarm", by=SYSTEM, now=self.now
            )
        ):
            self.adjusted += seconds

    @precondition(lambda self: self.before is not None and self.before.state == AttemptState.IN_PROGRESS)
    @rule()
    def pause(self) -> None:
        self.do(
            lambda: operations.pause_attempt(attempt=self.running, reason="Alarm", by=SYSTEM, now=self.now)
        )

    @precondition(lambda self: self.before is not None and self.before.paused_at is not None)
    @rule()
    def resume(self) -> None:
        left = self.running.deadline_at - self.running.clock(now=self.now)
        if self.do(
            lambda: operations.resume_attempt(
                attempt=self.running, reason="It is over", by=SYSTEM, now=self.now
            )
        ):
            now_left = self.running.deadline_at - self.now
            assert timedelta() <= now_left - left < timedelta(seconds=1)
            self.adjusted = self.stored_adjustments()

    @precondition(lambda self: self.before is not None and self.before.state != AttemptState.IN_PROGRESS)
    @rule(minutes=st.sampled_from([1, 10]))
    def reopen(self, minutes: int) -> None:
        self.may_reopen = True
        if self.do(
            lambda: operations.reopen_attempt(
                attempt=self.running, minutes=minutes, reason="Alarm", by=SYSTEM, now=self.now
            )
        ):
            self.adjusted = self.stored_adjustments()

    @precondition(lambda self: self.before is not None and self.before.state == AttemptState.SUBMITTED)
    @rule(really=st.sampled_from([False, False, True]))
    def void(self, really: bool) -> None:
        if really:
            operations.void_attempt(attempt=self.running, reason="Wrong person", by=SYSTEM, now=self.now)

    @rule(what=st.sampled_from(["invite again", "extend", "reissue", "reissue", "revoke"]))
    def invitation_changes(self, what: str) -> None:
        common = {"invitation": self.invitation, "by": SYSTEM, "now": self.now}
        if what == "invite again":
            assert self.invited() == self.invitation
        elif what == "extend":
            until = self.now + timedelta(days=3)
            self.do(lambda: operations.extend_invitation(expires_at=until, **common))
        elif what == "revoke":
            self.do(lambda: operations.revoke_invitation(**common))
        elif self.do(lambda: operations.reissue_invitation(reason="Lost", **common)):
            self.mails += 1

    # --- Workers, clocks, crashes ---

    @rule(times=st.integers(1, 2))
    def worker_looks(self, times: int) -> None:
        for _ in range(times):
            operations.close_overdue(now=self.now)
            operations.score_submitted(now=self.now)

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: int) -> None:
        """Mostly forward; now and then a clock is set back."""
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.before is not None)
    @rule(spot=st.sampled_from(WEAK_SPOTS), place=PLACES)
    def power_is_cut(self, spot: str, place: int) -> None:
        """Whatever dies in the middle of its transaction has changed nothing."""
        attempt, now = self.running, self.now
        common = {"attempt": attempt, "by": SYSTEM, "now": now}
        steps: list[Callable[[], object]] = [
            lambda: operations.save_answer(
                attempt_id=attempt.pk,
                position=place,
                answer=["a"],
                base_version=AttemptQuestion.objects.get(attempt=attempt, position=place).answer_version,
                save_id=UUID(int=1),
                page_id=UUID(int=2),
                now=now,
            ),
            lambda: operations.add_time(seconds=60, reason="x", **common),
            lambda: operations.pause_attempt(reason="x", **common),
            lambda: operations.resume_attempt(reason="x", **common),
            lambda: operations.reopen_attempt(minutes=5, reason="x", **common),
            lambda: operations.move_on(attempt_id=attempt.pk, leaving=place, now=now),
        ]
        for step in steps:
            before = self.everything()
            with patch(spot, side_effect=PowerCut):
                try:
                    step()
                except (PowerCut, *REFUSALS):
                    assert self.everything() == before
                else:
                    # It did not come by this spot. What it did stands, and is not what this rule is about.
                    self.adopt(before)
                    return

    # --- What holds at every step ---

    @invariant()
    def one_attempt_at_most_is_in_progress(self) -> None:
        if hasattr(self, "invitation"):
            running = Attempt.objects.filter(invitation=self.invitation, state=AttemptState.IN_PROGRESS)
            assert running.count() <= 1
            assert Consent.objects.filter(about_id=self.invitation.pk).count() <= 1

    @invariant()
    def every_acknowledged_answer_is_stored_in_order_and_the_last_one_counts(self) -> None:
        if self.before is None and self.attempt is None:
            return
        rows = AnswerRevision.objects.filter(attempt=self.attempt).order_by("position", "number")
        stored: dict[int, list[list[str]]] = {}
        for position, number, answer in rows.values_list("position", "number", "answer"):
            stored.setdefault(position, []).append(answer)
            assert number == len(stored[position])
        assert stored == self.told.answers
        for row in AttemptQuestion.objects.filter(attempt=self.attempt):
            assert row.answer == (stored.get(row.position) or [[]])[-1]

    @invariant()
    def the_deadline_is_its_start_its_limits_and_the_adjustments(self) -> None:
        attempt = self.attempt
        if attempt is None:
            return
        assert self.stored_adjustments() == self.adjusted
        assert attempt.deadline_at == deadline_for(
            started_at=attempt.started_at,
            minutes=attempt.invitation.version.minutes,
            extra_seconds=attempt.invitation.extra_seconds,
            adjustments=[self.adjusted],
        )
        if attempt.state == AttemptState.IN_PROGRESS and attempt.paused_at is None:
            assert attempt.next_check_at == attempt.deadline_at + LATE_ALLOWANCE
        else:
            assert attempt.next_check_at is None

    @invariant()
    def it_never_goes_back_except_by_reopening_and_closed_places_never_change(self) -> None:
        attempt, before = self.attempt, self.before
        if attempt is None:
            return
        if before is not None:
            assert before.state != AttemptState.VOID or attempt.state == AttemptState.VOID
            is_back = before.state != AttemptState.IN_PROGRESS and attempt.state == AttemptState.IN_PROGRESS
            assert not is_back or (self.may_reopen and attempt.sitting == before.sitting + 1)
            if attempt.sitting == before.sitting:
                assert attempt.open_from >= before.open_from
            else:
                self.closed = {place: a for place, a in self.closed.items() if place < attempt.open_from}
        for row in AttemptQuestion.objects.filter(attempt=attempt, position__lt=attempt.open_from):
            assert self.closed.setdefault(row.position, row.answer) == row.answer
        self.before, self.may_reopen = attempt, False

    @invariant()
    def a_score_is_never_overwritten_and_holds_what_was_acknowledged(self) -> None:
        attempt = self.attempt
        if attempt is None:
            return
        for score in Score.objects.filter(attempt=attempt):
            facts = {"marks": score.marks, "by_question": score.by_question, "keys": score.keys}
            assert self.scores.setdefault(score.pk, facts) == facts
        if attempt.state == AttemptState.IN_PROGRESS:
            assert attempt.current_score_id is None
        elif attempt.state == AttemptState.SUBMITTED and attempt.current_score is not None:
            right = [self.told.answers.get(place, [[]])[-1] == ["a"] for place in range(1, QUESTIONS + 1)]
            assert attempt.current_score.by_question == ["1" if one else "0" for one in right]

    @invariant()
    def one_message_for_each_intent(self) -> None:
        if hasattr(self, "mails"):
            about = {"about": "assessments.invitation", "about_id": self.invitation.pk}
            assert Message.objects.filter(kind="test_invitation", **about).count() == self.mails

    # --- Means ---

    def invited(self) -> Invitation:
        return make_invitation(self.assessment, person=self.person, intent=self.intent, now=NOW)

    @property
    def attempt(self) -> Attempt | None:
        if not hasattr(self, "invitation"):
            return None
        attempts = Attempt.objects.select_related("invitation__version", "current_score")
        return attempts.filter(invitation=self.invitation).first()

    @property
    def running(self) -> Attempt:
        attempt = self.attempt
        assert attempt is not None
        return attempt

    def do(self, step: Callable[[], object]) -> bool:
        """Do `step`; return whether it was not refused. What is refused changes nothing."""
        before = self.everything()
        try:
            step()
        except REFUSALS:
            assert self.everything() == before
            return False
        return True

    def goes_on(self, attempt: Attempt) -> bool:
        """Whether its person may move now."""
        is_running = attempt.state == AttemptState.IN_PROGRESS and attempt.paused_at is None
        return is_running and self.now <= attempt.deadline_at + LATE_ALLOWANCE

    def adopt(self, before: Any) -> None:
        """Take over what a step did that was not cut off, so that the invariants go on from there."""
        attempt = self.running
        self.adjusted = self.stored_adjustments()
        self.may_reopen = True
        self.told.answers = {}
        rows = AnswerRevision.objects.filter(attempt=attempt).order_by("position", "number")
        for position, answer in rows.values_list("position", "answer"):
            self.told.answers.setdefault(position, []).append(answer)

    def stored_adjustments(self) -> int:
        return sum(TimeAdjustment.objects.filter(attempt=self.attempt).values_list("seconds", flat=True))

    def expected(self, attempt: Attempt, place: int, *, is_stale: bool) -> SaveOutcome:
        """What a save must be answered with, from the rules as people know them."""
        is_running = attempt.state == AttemptState.IN_PROGRESS
        clock: datetime = self.now if attempt.paused_at is None else attempt.paused_at
        if not is_running or (attempt.paused_at is None and self.now > attempt.deadline_at + LATE_ALLOWANCE):
            return SaveOutcome.CLOSED
        window = attempt.window_deadline_at
        # While it is paused a window lasts at least as long as by the clock on the wall.
        is_over = window is not None and min(clock, self.now) > window + LATE_ALLOWANCE
        if not attempt.open_from <= place <= attempt.open_to or is_over:
            return SaveOutcome.LOCKED
        return SaveOutcome.CONFLICT if is_stale else SaveOutcome.SAVED

    def everything(self) -> list[Any]:
        """All that is stored about the invitation, its attempt and its mail."""
        attempts = Attempt.objects.filter(invitation=self.invitation)
        of_attempt = (AttemptSection, AttemptQuestion, AnswerRevision, TimeAdjustment, AttemptEvent, Score)
        return [
            list(Invitation.objects.filter(pk=self.invitation.pk).values()),
            list(AccessLink.objects.filter(pk=self.invitation.link_id).values()),
            list(attempts.values()),
            *(
                list(model.objects.filter(attempt__in=attempts).order_by("pk").values())
                for model in of_attempt
            ),
            Event.objects.count(),
            Message.objects.count(),
            Consent.objects.count(),
        ]


def run(assessment: Assessment, *, examples: int, steps: int) -> None:
    class Model(SittingModel):
        pass

    Model.assessment = assessment
    run_state_machine_as_test(
        Model,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            # How fast the rounds are says how busy the machine is.
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def free_test() -> Assessment:
    return make_assessment(questions=QUESTIONS, minutes=30)


def parts_with_limits() -> Assessment:
    return make_pieces((2, 10), (2, 1), minutes=30)


def forward_only() -> Assessment:
    return make_pieces((3, 5), (1, None), minutes=30, navigation="forward", question_seconds=60)


@pytest.mark.parametrize("make", [free_test, parts_with_limits, forward_only])
def test_whatever_happens_to_a_sitting_its_promises_hold(make) -> None:
    # The rounds are the same on both databases, and statements over a socket take three times as long.
    run(make(), examples=8 if connection.vendor == "sqlite" else 3, steps=30)


@pytest.mark.stress
@pytest.mark.parametrize("make", [free_test, parts_with_limits, forward_only])
def test_whatever_happens_to_a_sitting_its_promises_hold_for_long(make) -> None:
    run(make(), examples=60, steps=40)
