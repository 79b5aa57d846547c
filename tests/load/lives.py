"""What became of each person of a large company: who they are, where they applied, how far they came."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.enums import ActorKind
from accounts.rules import random_code
from assessments.enums import AttemptState, Band, ScoreCause, SubmittedBy
from assessments.registries import TEST_INVITATION
from candidates.enums import DocumentState, NoteAudience
from candidates.rules import name_key, phone_key
from hiring.enums import ApplicationStatus, JobStatus, Source, TestOutcome, TransitionCause
from hiring.models import Job, Stage
from hiring.operations.inviting import invite_intent
from hiring.registries.mail import APPLICATION_RECEIVED, REJECTION
from hiring.rules import job_scope, rejection_intent
from outbox.enums import Audience, LinkPurpose, MessageState
from tests.load.tables import Tables

QUESTIONS = 25
# At which stage of a job the test stands.
TEST = 2
# Whoever came so long ago has mostly been decided about.
FRESH_DAYS = 45
_FIRST = (
    *(
        "Ada",
        "Amir",
        "Anna",
        "Bea",
        "Bo",
        "Chidi",
        "Clara",
        "Dario",
        "Elif",
        "Emeka",
        "Eva",
        "Farid",
        "Femke",
    ),
    *(
        "Grace",
        "Hana",
        "Ines",
        "Ivan",
        "Jan",
        "Jonas",
        "Kofi",
        "Lars",
        "Leyla",
        "Lin",
        "Lotte",
        "Luca",
        "Mara",
    ),
    *(
        "Marek",
        "Mei",
        "Milan",
        "Nadia",
        "Nils",
        "Noor",
        "Olga",
        "Omar",
        "Pia",
        "Priya",
        "Rafael",
        "Rosa",
        "Sam",
    ),
    *("Sofia", "Tariq", "Tess", "Tomas", "Uma", "Vera", "Wim", "Yara", "Yusuf", "Zoe"),
)
_ENDINGS = (
    "berg",
    "dahl",
    "escu",
    "ford",
    "hoven",
    "ić",
    "kov",
    "ley",
    "mann",
    "oğlu",
    "pour",
    "sen",
    "ska",
    "wood",
)
_STARTS = (
    "Al",
    "Ber",
    "Cor",
    "Dra",
    "Eck",
    "Fal",
    "Gro",
    "Hal",
    "Ing",
    "Jor",
    "Kal",
    "Lin",
    "Mor",
    "Nor",
    "Ost",
)
_SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ra", "se", "ti", "vo", "wa", "xe", "zu")
_OFTEN = ("experience", "team", "project", "python", "work", "university")
_SOURCES = (
    *((Source.CAREERS, 0.6), (Source.ADDED, 0.15), (Source.IMPORT, 0.1), (Source.REFERRAL, 0.08)),
    (Source.AGENCY, 0.07),
)
_ABOUT = "hiring.application"


@dataclass
class JobWithStages:
    """A job of the company as people go through it."""

    job: Job
    stages: Sequence[Stage]
    filled: int = 0


@dataclass(frozen=True)
class Town:
    """Where people live and apply."""

    jobs: Sequence[JobWithStages]
    # Of the jobs, each with those before it.
    weights: Sequence[float]
    reasons: Sequence[int]
    tags: Sequence[int]
    colleagues: Sequence[int]
    version: int
    consent: int
    days: int
    now: datetime


@dataclass
class Life:
    """A person with everything that is written of them."""

    town: Town
    number: int
    draw: random.Random
    code: str = field(default_factory=random_code)

    def write(self, tables: Tables, applications: int) -> None:
        """Keep the rows of the person and of so many applications."""
        draw = self.draw
        self.name = (
            f"{draw.choice(_FIRST)} {draw.choice(_STARTS)}{draw.choice(_SYLLABLES)}{draw.choice(_ENDINGS)}"
        )
        self.address = f"{self.name.partition(' ')[0].lower()}.{self.number}@example.net"
        self.pk = tables.people.next()
        ways = [Way(self, place, self._applied_at(place)) for place in self._places(applications)]
        first = min((way.applied_at for way in ways), default=self.town.now)
        phone = f"+49 30 {draw.randrange(10**7, 10**8)}" if draw.random() < 0.7 else ""
        tables.people.add(
            *(self.pk, self.code, self.name, phone, name_key(self.name), phone_key(phone), None, first)
        )
        tables.addresses.add(tables.addresses.next(), self.pk, self.address, self.address, True)
        for tag in draw.sample(self.town.tags, draw.choice((0, 0, 0, 1, 1, 2))):
            tables.tags.add(tables.tags.next(), self.pk, tag)
        for way in ways:
            way.write(tables)
        if draw.random() < 0.3:
            audience = NoteAudience.RECRUITERS if draw.random() < 0.3 else NoteAudience.TEAM
            at = first + timedelta(hours=20)
            author = draw.choice(self.town.colleagues)
            tables.notes.add(tables.notes.next(), self.pk, audience.value, words(draw, 25), author, at)
        if ways and draw.random() < 0.15:
            self._hand_in(tables, ways[0])

    def _places(self, count: int) -> list[JobWithStages]:
        """Different jobs, the large one more often."""
        chosen: dict[int, JobWithStages] = {}
        while len(chosen) < count:
            [place] = self.draw.choices(self.town.jobs, cum_weights=self.town.weights)
            chosen[place.job.pk] = place
        return list(chosen.values())

    def _applied_at(self, place: JobWithStages) -> datetime:
        """Some time while the job was there; nobody is new in a closed one."""
        closed = place.job.status == JobStatus.CLOSED
        days = self.draw.uniform(FRESH_DAYS * 2 if closed else 0.01, self.town.days)
        return self.town.now - timedelta(days=days)

    def _hand_in(self, tables: Tables, way: Way) -> None:
        document = tables.documents.next()
        tables.documents.add(
            *(document, self.pk, "cv.pdf", "application/pdf", 90_000, f"documents/load-{document}.pdf"),
            *(way.applied_at, DocumentState.READABLE.value, words(self.draw, 150)),
        )
        tables.own_documents.add(tables.own_documents.next(), way.pk, document)


@dataclass
class Way:
    """The way of a person through a job."""

    life: Life
    place: JobWithStages
    applied_at: datetime
    pk: int = 0
    number: int = 0
    status: ApplicationStatus = ApplicationStatus.ACTIVE
    left_at: datetime | None = None

    def write(self, tables: Tables) -> None:
        """Keep its rows."""
        draw, stages = self.life.draw, self.place.stages
        self.tables, self.pk = tables, tables.applications.next()
        self.stage, self.entered_at = stages[0], self.applied_at
        self.source = draw.choices([each for each, _ in _SOURCES], [share for _, share in _SOURCES])[0]
        link = self._receive() if self.source == Source.CAREERS else None
        self._step(None, "", TransitionCause.APPLIED, self.applied_at, since=None)
        # Half come to the second stage, and so on; how far it goes is bounded by the time there was.
        goal = draw.choices(range(len(stages)), (18, 27, 34, 15, 6))[0]
        for stage in stages[1 : goal + 1]:
            at = self._later(8)
            if at is None:
                break
            if self.stage.kind == "screen" and draw.random() < 0.15:
                self._hold(at)
            before, self.stage = self.stage, stage
            by = None if before == stages[TEST] else draw.choice(self.life.town.colleagues)
            cause = TransitionCause.PERSON if by else TransitionCause.SCORE
            self._step(before, self.status, cause, at, since=self.entered_at, by=by)
            self.entered_at = at
            if stage == stages[TEST]:
                self._test(has_gone_on=goal > TEST)
        self._end(goal)
        self.tables.applications.add(
            *(
                self.pk,
                self.life.pk,
                self.place.job.pk,
                self.stage.pk,
                self.status.value,
                self.source.value,
                "en",
            ),
            *(self.applied_at, self.stage.pk, self.entered_at, self.number, link),
        )

    def _later(self, days: float) -> datetime | None:
        """Some days after it came to its stage; None where that has not come yet."""
        at = self.entered_at + timedelta(days=self.life.draw.expovariate(1 / days) + 0.02)
        return at if at < self.life.town.now else None

    def _step(
        self,
        from_stage: Stage | None,
        from_status: str,
        cause: TransitionCause,
        at: datetime,
        *,
        since: datetime | None,
        by: int | None = None,
        reason: int | None = None,
    ) -> None:
        """A transition to where it is now, with the event that tells of it."""
        self.number += 1
        self.tables.transitions.add(
            *(self.tables.transitions.next(), self.pk, self.number, from_stage.pk if from_stage else None),
            *(self.stage.pk, str(from_status), self.status.value, cause.value, reason, by, at, since),
            *self._stay(from_stage, at, since),
        )
        kind = ActorKind.USER if by else ActorKind.SYSTEM
        what = "added" if from_stage is None else "moved" if from_stage != self.stage else self.status.value
        self.tables.events.add(
            *(self.tables.events.next(), f"application.{what}", at, kind.value, by, self.life.code, _ABOUT),
            *(self.pk, {"job": self.place.job.pk, "stage": self.stage.pk}),
        )

    def _stay(
        self, from_stage: Stage | None, at: datetime, since: datetime | None
    ) -> tuple[int | None, datetime | None]:
        """What a transition says of the stay that it ends. Nobody here comes back to a kind of stage."""
        if since is None or (from_stage == self.stage and self.status in ApplicationStatus.live):
            return None, None
        before, self.left_at = self.left_at, at
        return (at - since) // timedelta(microseconds=1), before

    def _hold(self, at: datetime) -> None:
        """It was put on hold for a while before it went on."""
        by = self.life.draw.choice(self.life.town.colleagues)
        for status in (ApplicationStatus.ON_HOLD, ApplicationStatus.ACTIVE):
            before, self.status = self.status, status
            self._step(self.stage, before, TransitionCause.PERSON, at, since=self.entered_at, by=by)

    def _end(self, goal: int) -> None:
        """Decide about most of those who came long ago."""
        draw, town = self.life.draw, self.life.town
        at = self._later(12)
        is_old = self.applied_at < town.now - timedelta(days=FRESH_DAYS)
        if at is None or draw.random() > (0.96 if is_old else 0.3):
            if draw.random() < 0.05:
                self._decide(ApplicationStatus.ON_HOLD, at or town.now)
            return
        if goal == len(self.place.stages) - 1 and draw.random() < 0.4:
            self._decide(ApplicationStatus.HIRED, at)
            self.place.filled += 1
            self.tables.openings.add(
                *(self.tables.openings.next(), self.place.job.pk, 100 + self.place.filled, self.applied_at),
                *(self.pk, at),
            )
        elif draw.random() < 0.1:
            self._decide(ApplicationStatus.WITHDRAWN, at)
        else:
            self._decide(ApplicationStatus.REJECTED, at)
            self._mail(REJECTION, rejection_intent(self.pk, self.number), at)

    def _decide(self, status: ApplicationStatus, at: datetime) -> None:
        before, self.status = self.status, status
        own = status == ApplicationStatus.WITHDRAWN
        reason = (
            self.life.draw.choice(self.life.town.reasons) if status == ApplicationStatus.REJECTED else None
        )
        self._step(
            self.stage,
            before,
            TransitionCause.CANDIDATE if own else TransitionCause.PERSON,
            at,
            since=self.entered_at,
            by=None if own else self.life.draw.choice(self.life.town.colleagues),
            reason=reason,
        )

    def _receive(self) -> int:
        """What the form of a careers page brings: consent, a link to the status page and the mail that holds it."""
        consents, links = self.tables.consents, self.tables.links
        consents.add(consents.next(), self.life.pk, self.life.town.consent, _ABOUT, self.pk, self.applied_at)
        link = links.next()
        links.add(link, LinkPurpose.STATUS.value, self.life.code, self.applied_at, None)
        self._mail(APPLICATION_RECEIVED, f"application:{self.pk}:received", self.applied_at, link=link)
        return link

    def _test(self, *, has_gone_on: bool) -> None:
        """They are invited to the test; most take it, and whoever went on had a result."""
        draw, tables, town = self.life.draw, self.tables, self.life.town
        at, expires_at = self.entered_at, self.entered_at + timedelta(days=14)
        link, invitation = tables.links.next(), tables.invitations.next()
        tables.links.add(link, LinkPurpose.TEST.value, self.life.code, at, expires_at)
        intent = invite_intent(self.pk, 1, 1)
        by = draw.choice(town.colleagues)
        tables.invitations.add(invitation, intent, self.life.pk, town.version, link, by, at, expires_at)
        self._mail(
            TEST_INVITATION,
            f"invite:{invitation}:1",
            at,
            link=link,
            about=("assessments.invitation", invitation),
        )
        finished_at = min(at + timedelta(days=draw.uniform(0.01, 6)), town.now)
        outcome, score = TestOutcome.PENDING, None
        if has_gone_on or draw.random() < 0.75:
            outcome, score = self._sit(invitation, finished_at, has_gone_on)
        tables.tests.add(
            *(tables.tests.next(), self.pk, invitation, self.stage.pk, outcome.value, score),
            finished_at if score else None,
        )

    def _sit(self, invitation: int, at: datetime, has_passed: bool) -> tuple[TestOutcome, int]:
        draw, tables = self.life.draw, self.tables
        right = min(QUESTIONS, max(0, round(draw.gauss(18 if has_passed else 12, 3))))
        percent = round(right * 100 / QUESTIONS, 3)
        band = Band.PASSED if percent >= 60 else Band.BORDERLINE if percent >= 50 else Band.BELOW
        attempt, score = tables.attempts.next(), tables.scores.next()
        begun = at - timedelta(minutes=draw.uniform(15, 40))
        tables.attempts.add(
            *(attempt, invitation, AttemptState.SUBMITTED.value, draw.getrandbits(60), begun),
            *(begun + timedelta(minutes=40), QUESTIONS, at, SubmittedBy.CANDIDATE.value, score),
        )
        marks = ["1"] * right + ["0"] * (QUESTIONS - right)
        tables.scores.add(
            *(
                score,
                attempt,
                ScoreCause.SUBMITTED.value,
                f"{attempt:032d}",
                Decimal(right),
                Decimal(QUESTIONS),
            ),
            *(Decimal(str(percent)), 9.5, band.value, marks, at),
        )
        return TestOutcome(band.value), score

    def _mail(
        self,
        kind: str,
        intent: str,
        at: datetime,
        *,
        link: int | None = None,
        about: tuple[str, int] | None = None,
    ) -> None:
        """A mail about it; one in five hundred came back."""
        life, messages = self.life, self.tables.messages
        state = MessageState.BOUNCED if life.draw.random() < 0.002 else MessageState.SENT
        label, ref = about or (_ABOUT, self.pk)
        messages.add(
            *(messages.next(), intent, kind, Audience.CANDIDATE.value, life.name, life.address),
            *(
                f"Your application: {self.place.job.title}",
                f"Hello {life.name},\n\nthis is about your application.",
            ),
            *(
                link,
                life.code,
                label,
                ref,
                job_scope(self.place.job.pk),
                life.draw.choice(life.town.colleagues),
            ),
            *(at, state.value, at, at),
        )


def words(draw: random.Random, count: int) -> str:
    """Return so many made-up words; some stand nearly everywhere."""
    made = ("".join(draw.choices(_SYLLABLES, k=draw.choice((2, 2, 3)))) for _ in range(count))
    return " ".join([*draw.sample(_OFTEN, 4), *made])
