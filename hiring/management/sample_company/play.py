"""Plays the stories through the operations, in the order in which they happened."""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from accounts.models import Actor, User
from accounts.queries import organisation
from assessments import operations as tests
from assessments.enums import ScoreCause, SubmittedBy
from assessments.models import Assessment, Attempt, AttemptQuestion, DrawRule, Invitation
from candidates.enums import NoteAudience
from candidates.operations import add_note, add_tags, find_or_add_candidate
from hiring import operations
from hiring.enums import ApplicationStatus, TestOutcome
from hiring.management.sample_company.cast import NOTES, RECRUITER_NOTES, TAGS
from hiring.management.sample_company.plot import Story, chance_of_right
from hiring.models import Application, ApplicationAssessment, Job, RejectionReason, Stage
from hiring.operations.bulk import rejection_mail
from hiring.queries import current_stages
from outbox.operations import deliver_due, queue_messages
from questions.models import AnswerKey
from questions.queries import keys_for

SYSTEM = Actor.system()
Telling = Iterator[datetime]


class Play:
    """The stage: jobs, colleagues and the clock. `run` plays all stories to their present."""

    def __init__(
        self,
        *,
        jobs: dict[str, Job],
        recruiters: dict[str, User],
        manager: User,
        assessment: Assessment,
        now: datetime,
    ) -> None:
        self.jobs, self.recruiters, self.manager = jobs, recruiters, manager
        self.assessment, self.now = assessment, now
        self.stages: dict[str, list[Stage]] = {slug: current_stages(job.pk) for slug, job in jobs.items()}
        self.reasons = {reason.code: reason for reason in RejectionReason.objects.filter(is_active=True)}
        self.keys: dict[int, AnswerKey] = {}
        # Its place among the rules of the test: its number in the database is another one wherever rules were before.
        rules = DrawRule.objects.filter(section__version__assessment=assessment)
        in_order = rules.order_by("section__version", "section__position", "position", "pk")
        self.places = {
            rule: place for place, rule in enumerate(in_order.values_list("pk", flat=True), start=1)
        }

    def run(self, stories: list[Story]) -> None:
        """Play every story, whatever happens next at any of them first."""
        ticket = count()
        waiting: list[tuple[datetime, int, Telling]] = []
        for story in stories:
            heapq.heappush(waiting, (story.applied_at, next(ticket), _Life(self, story).tell()))
        while waiting:
            _moment, _ticket, telling = heapq.heappop(waiting)
            following = next(telling, None)
            if following is not None:
                heapq.heappush(waiting, (following, next(ticket), telling))

    def post(self, moment: datetime) -> None:
        """Let the mail that is due go where a sample company's goes: nowhere."""
        deliver_due(now=moment + timedelta(seconds=8), limit=5)


class _Life:
    """One person's way. `tell` does one thing at a time and yields when the next one happens."""

    def __init__(self, play: Play, story: Story) -> None:
        self.play, self.story = play, story
        self.rng = random.Random(f"{story.number}:{story.email}")  # noqa: S311 -- nothing here is a secret
        self.recruiter = Actor.of_user(play.recruiters[story.job])
        self.at = story.applied_at

    def later(self, low: float, high: float) -> datetime:
        """Put the story's clock between `low` and `high` days on, but never past the present."""
        wanted = self.at + timedelta(days=self.rng.uniform(low, high))
        if wanted.hour < 7:
            wanted += timedelta(hours=8)
        left = self.play.now - timedelta(minutes=3) - self.at
        if wanted > self.at + left:
            wanted = self.at + left * self.rng.uniform(0.3, 0.8)
        self.at = wanted
        return wanted

    def tell(self) -> Telling:
        """Play the story."""
        self.apply()
        yield self.later(0.05, 0.4)
        if self.story.number % 3 == 0:
            self.note()
        if self.rng.random() < 0.4:
            add_tags(
                tags=[(self.application.candidate, self.rng.sample(TAGS, 2))], by=self.recruiter, now=self.at
            )
        yield from self.begin()

    def apply(self) -> None:
        story, play = self.story, self.play
        find_or_add_candidate(
            full_name=story.name,
            email=story.email,
            phone=f"+31 20 555 {1000 + story.number * 37}" if story.number % 2 else "",
            time_zone=story.zone,
            by=self.recruiter,
            now=self.at,
        )
        self.application, _is_new = operations.apply(
            job=play.jobs[story.job],
            full_name=story.name,
            email=story.email,
            source=story.source,
            by=self.recruiter,
            now=self.at,
        )

    def begin(self) -> Telling:
        ending = self.story.ending
        if ending == "applied":
            return
        if ending.startswith("applied "):
            yield self.later(1, 4)
            self.end(ending.removeprefix("applied "))
            return
        yield self.later(0.8, 2.5)
        self.move(1)
        if ending.startswith("screen"):
            yield self.later(1.5, 6)
            self.note()
            if ending != "screen":
                self.end(ending.removeprefix("screen "))
            return
        if ending in ("interview", "offer", "hired"):
            yield from self.without_test()
            return
        yield self.later(0.6, 2)
        yield from self.test()

    def without_test(self) -> Telling:
        ending = self.story.ending
        yield self.later(2, 5)
        self.move(2)
        if ending == "interview":
            return
        yield self.later(4, 9)
        self.note(by=None)
        yield self.later(0.5, 2)
        self.move(3)
        if ending == "hired":
            yield self.later(3, 8)
            self.end("hired")

    def test(self) -> Telling:
        ending = self.story.ending
        invitation = operations.invite_to_test(
            application=self.application, assessment=self.play.assessment, by=self.recruiter, now=self.at
        )
        self.refresh()
        self.play.post(self.at)
        if ending in ("unstarted", "expired"):
            return
        if ending == "running":
            self.at = self.play.now - timedelta(minutes=self.rng.uniform(4, 9))
            yield self.at
            self.sit(invitation, share=0.25)
            return
        yield self.later(0.3, 8)
        attempt = self.sit(invitation)
        if ending == "void":
            yield self.later(0.2, 1)
            tests.void_attempt(
                attempt=attempt,
                reason="The power failed in the whole street.",
                by=self.recruiter,
                now=self.at,
            )
            operations.apply_score(attempt_id=attempt.pk, now=self.at)
            return
        yield self.at
        self.score(attempt)
        yield from self.after_score(invitation)

    def after_score(self, invitation: Invitation) -> Telling:
        """A score came: what the rule did is done; people do the rest, or have not yet."""
        outcome = ApplicationAssessment.objects.get(invitation=invitation).outcome
        luck = self.story.luck
        if outcome == TestOutcome.BELOW:
            if luck < 0.55:
                yield self.later(0.5, 4)
                self.end("rejected", reason="test-result", mail=True)
            return
        if outcome == TestOutcome.BORDERLINE:
            if luck < 0.45:
                return
            yield self.later(0.5, 3)
            self.note(recruiters_only=True)
            if luck > 0.8:
                self.end("rejected", reason="other-candidate", mail=True)
                return
        yield self.later(0.3, 3)
        self.move(3)
        yield from self.interview()

    def interview(self) -> Telling:
        luck = self.story.luck
        if luck < 0.3:
            return
        yield self.later(3, 9)
        self.note(by=self.play.manager)
        if luck < 0.45:
            self.end("rejected", reason="experience", mail=True)
            return
        if luck < 0.53:
            self.end("on hold")
            return
        if luck < 0.6:
            self.end("withdrawn")
            return
        yield self.later(0.5, 2)
        yield from self.offer()
        if luck > 0.8:
            yield self.later(3, 9)
            self.end("hired")

    def offer(self) -> Telling:
        """An offer is the manager's to approve: the recruiter asks."""
        asked = operations.ask_approval(
            application=self.application,
            to_stage=self.play.stages[self.story.job][4],
            seen_version=None,
            by=self.recruiter,
            now=self.at,
        )
        yield self.later(0.1, 1)
        self.application = operations.approve(
            approval=asked, by=Actor.of_user(self.play.manager), now=self.at
        )

    # --- What can happen ---

    def move(self, place: int) -> None:
        stage = self.play.stages[self.story.job][place]
        if self.application.stage.position < stage.position:
            self.application = operations.move_to_stage(
                application=self.application,
                to_stage=stage,
                seen_version=None,
                by=self.recruiter,
                now=self.at,
            )

    def end(self, how: str, *, reason: str = "", mail: bool = False) -> None:
        status = ApplicationStatus(how.replace(" ", "_"))
        chosen = None
        if status == ApplicationStatus.REJECTED:
            chosen = self.play.reasons[reason or self.rng.choice(["experience", "terms", "no-answer"])]
        self.application = operations.change_status(
            application=self.application,
            to_status=status,
            seen_version=None,
            by=self.recruiter,
            now=self.at,
            reason=chosen,
        )
        if mail:
            self.application.email = self.story.email  # type: ignore[attr-defined]
            draft = rejection_mail(self.application, organisation())
            queue_messages(drafts=[draft], by=self.recruiter, now=self.at)
            self.play.post(self.at)

    def note(self, by: User | None = None, *, recruiters_only: bool = False) -> None:
        words = RECRUITER_NOTES if recruiters_only else NOTES
        add_note(
            candidate=self.application.candidate,
            body=words[(self.story.number * 7 + self.rng.randint(0, 3)) % len(words)],
            audience=NoteAudience.RECRUITERS if recruiters_only else NoteAudience.TEAM,
            by=Actor.of_user(by) if by is not None else self.recruiter,
            now=self.at,
        )

    def refresh(self) -> None:
        self.application = Application.objects.select_related("candidate", "job", "stage").get(
            pk=self.application.pk
        )

    def sit(self, invitation: Invitation, share: float = 1.0) -> Attempt:
        """Take the test as far as `share` of its questions; the whole of it is submitted, or runs out of time."""
        attempt = tests.start_attempt(invitation=invitation, consented=True, now=self.at)
        rows = list(
            AttemptQuestion.objects.filter(attempt=attempt)
            .select_related("question_version__question")
            .order_by("position")
        )
        self.learn_keys(rows)
        slow = self.rng.uniform(45, 108) if share == 1 else 30
        page = UUID(int=self.rng.getrandbits(128))
        for row in rows[: int(len(rows) * share)]:
            self.at += timedelta(seconds=self.rng.uniform(0.5, 1.4) * slow)
            if self.at >= attempt.deadline_at:
                break
            tests.save_answer(
                attempt_id=attempt.pk,
                position=row.position,
                answer=self.answer(row),
                base_version=0,
                save_id=UUID(int=self.rng.getrandbits(128)),
                page_id=page,
                now=self.at,
            )
        if share < 1:
            return attempt
        if self.at >= attempt.deadline_at:
            self.at = attempt.deadline_at + timedelta(seconds=7)
            return tests.submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.DEADLINE, now=self.at)
        self.at += timedelta(seconds=self.rng.uniform(10, 90))
        return tests.submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=self.at)

    def learn_keys(self, rows: list[AttemptQuestion]) -> None:
        unknown = [row.question_version_id for row in rows if row.question_version_id not in self.play.keys]
        if unknown:
            self.play.keys |= keys_for(unknown)

    def answer(self, row: AttemptQuestion) -> list[str]:
        """Return a right answer as often as the person's ability says, else a wrong one that looks like an answer."""
        shares = self.play.keys[row.question_version_id].shares
        question = row.question_version.question
        right = [
            code
            for code in row.option_order
            if shares.get(code, "0") not in ("0", 0) and "-" not in shares[code]
        ]
        # By the rule, not the place or the question drawn: the same person does as well on any form.
        dice = random.Random(f"{self.story.number}:{self.play.places[row.rule_id]}")  # noqa: S311 -- nothing here is a secret
        chance = chance_of_right(
            ability=self.story.ability,
            level=question.level,
            difficulty=question.intended_difficulty,
            options=len(row.option_order),
        )
        if dice.random() < chance:
            return right
        wrong = [code for code in row.option_order if code not in right]
        picked = dice.sample(wrong, 1) if wrong else []
        return picked if len(right) == 1 else [*right[: dice.randint(0, len(right) - 1)], *picked]

    def score(self, attempt: Attempt) -> None:
        self.at += timedelta(seconds=self.rng.uniform(2, 6))
        tests.score_attempt(attempt_id=attempt.pk, cause=ScoreCause.SUBMITTED, now=self.at)
        operations.apply_score(attempt_id=attempt.pk, now=self.at + timedelta(seconds=1))
        self.refresh()
