"""Banks with very many questions, for the bench of their list.

The rows are those that operations would have written, without the keys, which no list reads. A seed makes the same
banks again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from accounts.enums import Role
from accounts.models import Actor, User
from accounts.operations import create_user
from questions.enums import Kind, Level, Status
from questions.models import (
    Question,
    QuestionBank,
    QuestionFinding,
    QuestionTag,
    QuestionUsage,
    QuestionVersion,
    QuestionWords,
    Skill,
)
from questions.operations import create_bank
from tests.load.finding_rows import finding_rows, tells_rows
from tests.load.rows import Table, go_on_counting

SYSTEM = Actor.system()
BEGUN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
BANKS, SKILLS, TAGS, VOCABULARY = 5, 40, 60, 4_000
PORTION = 5_000
# Three questions of all have it.
RARE_WORD = "zyzzyva"
_STATUSES = [Status.READY] * 14 + [Status.DRAFT] * 3 + [Status.IN_REVIEW] + [Status.RETIRED] * 2
_SYLLABLES = ("ka", "lo", "mi", "ren", "tas", "ver", "pol", "sin", "dor", "qua", "bel", "nix")


@dataclass(frozen=True)
class Banks:
    """Who looks at the banks, and one of each thing that lists are narrowed down by."""

    author: User
    bank: QuestionBank
    skill: Skill
    tag: QuestionTag


def find() -> Banks | None:
    """Return the banks that a database holds already; None for one without tables or questions."""
    if Question._meta.db_table not in connection.introspection.table_names() or not Question.objects.exists():
        return None
    author = User.objects.get(email="author@example.org")
    bank, skill, tag = (model.objects.order_by("pk")[0] for model in (QuestionBank, Skill, QuestionTag))
    return Banks(author, bank, skill, tag)


def make(count: int, *, seed: int = 1) -> Banks:
    """Fill an empty database with `count` questions in five banks and return who looks at them."""
    draw = random.Random(seed)
    with transaction.atomic():
        author, colleague = (
            create_user(
                email=f"{name}@example.org",
                full_name=f"The {name}",
                password=None,
                roles=[Role.QUESTION_AUTHOR],
                by=SYSTEM,
                now=BEGUN,
            )
            for name in ("author", "colleague")
        )
        banks = [
            create_bank(slug=f"bank-{number}", name=f"Bank {number}", by=SYSTEM, now=BEGUN)
            for number in range(BANKS)
        ]
        QuestionBank.objects.filter(pk__in=[bank.pk for bank in banks[:2]]).update(rests_after=200)
        skills = Skill.objects.bulk_create(
            [Skill(slug=f"skill-{number}", name=f"Skill {number}") for number in range(SKILLS)]
        )
        tags = QuestionTag.objects.bulk_create([QuestionTag(name=f"tag {number}") for number in range(TAGS)])
    writer = _Writer(draw, [author.pk, colleague.pk], banks, skills, tags)
    rare = set(draw.sample(range(count), min(3, count)))
    for first in range(0, count, PORTION):
        with transaction.atomic():
            for number in range(first, min(first + PORTION, count)):
                writer.add(number, has_rare=number in rare)
            writer.write()
    with transaction.atomic():
        go_on_counting(writer.counted)
        writer.settle()
    return Banks(author, banks[0], skills[0], tags[0])


class _Writer:
    def __init__(
        self,
        draw: random.Random,
        writers: list[int],
        banks: list[QuestionBank],
        skills: list[Skill],
        tags: list[QuestionTag],
    ) -> None:
        self.draw, self.writers, self.banks, self.skills, self.tags = draw, writers, banks, skills, tags
        self.vocabulary = ["".join(draw.choices(_SYLLABLES, k=draw.randint(2, 4))) for _ in range(VOCABULARY)]
        self.weights = [1 / (place + 1) for place in range(VOCABULARY)]
        self.questions = Table(
            Question,
            *("id", "bank_id", "external_id", "kind", "level", "intended_difficulty", "status", "status_at"),
            *("rests_after", "rested_at", "leaked_at", "created_by_id", "created_at", "changed_at"),
            *("review_asked_at", "review_asked_by_id", "review_note"),
        )
        self.versions = Table(
            QuestionVersion,
            *("id", "question_id", "number", "stem", "options", "created_by_id", "created_at", "frozen_at"),
        )
        self.words = Table(QuestionWords, "question_id", "words")
        self.usage = Table(
            QuestionUsage, "question_id", "shown", "answers", "facility", "open_reports", "as_of"
        )
        self.findings = Table(
            QuestionFinding,
            *("id", "bank_id", "question_id", "kind", "place", "values", "weight", "state", "found_at"),
            *("gone_at", "accepted_at", "reason"),
        )
        self.of_skills = Table(Question.skills.through, "id", "question_id", "skill_id")
        self.of_tags = Table(Question.tags.through, "id", "question_id", "questiontag_id")
        self.counted = [self.questions, self.versions, self.findings, self.of_skills, self.of_tags]

    def add(self, number: int, *, has_rare: bool) -> None:
        draw, key = self.draw, self.questions.next()
        said = draw.choices(self.vocabulary, self.weights, k=70)
        stem = f"Question {number}: " + " ".join(said[:25]) + "?"
        bank, status = draw.choice(self.banks).pk, draw.choice(_STATUSES)
        changed = BEGUN + timedelta(seconds=draw.randrange(20_000_000))
        writer = draw.choice(self.writers)
        note = "Option b is right, too." if status == Status.DRAFT and draw.random() < 0.2 else ""
        self.questions.add(
            *(key, bank, f"q-{number:06}", draw.choice(Kind.values), draw.choice(Level.values)),
            *(draw.randint(1, 5), status, changed, 500 if draw.random() < 0.1 else None),
            *(changed if draw.random() < 0.02 else None, changed if draw.random() < 0.01 else None),
            *(writer, BEGUN, changed),
            *((changed, writer, "") if status == Status.IN_REVIEW else (None, None, note)),
        )
        options = [
            {"code": code, "text": " ".join(said[at : at + 8])}
            for code, at in zip("abcd", (25, 33, 41, 49), strict=True)
        ]
        frozen = changed if status in (Status.READY, Status.RETIRED) else None
        self.versions.add(self.versions.next(), key, 1, stem, options, writer, BEGUN, frozen)
        if frozen and draw.random() < 0.1:
            self.versions.add(self.versions.next(), key, 2, f"Newer: {stem}", options, writer, changed, None)
        tags = draw.sample(self.tags, draw.randint(0, 2))
        tagged = [word for tag in tags for word in tag.name.split()]
        words = dict.fromkeys(
            ["question", "q", f"{number:06}", *said, *tagged, *([RARE_WORD] if has_rare else [])]
        )
        self.words.add(key, f" {' '.join(words)} ")
        if draw.random() < 0.7:
            shown = int(draw.expovariate(1 / 60))
            self.usage.add(key, shown, shown, draw.random(), int(draw.random() < 0.03), changed)
        for row in finding_rows(draw, changed, other=key - draw.randrange(number + 1)):
            self.findings.add(self.findings.next(), bank, key, *row)
        for skill in draw.sample(self.skills, draw.randint(1, 2)):
            self.of_skills.add(self.of_skills.next(), key, skill.pk)
        for tag in tags:
            self.of_tags.add(self.of_tags.next(), key, tag.pk)

    def write(self) -> None:
        """Write what was kept."""
        for table in (self.questions, self.versions, self.words, self.usage, self.findings):
            table.write()
        self.of_skills.write()
        self.of_tags.write()

    def settle(self) -> None:
        """Let every question that is in use be shown in its first version, and look through whole banks."""
        for bank in self.banks:
            for row in tells_rows(BEGUN):
                self.findings.add(self.findings.next(), bank.pk, None, *row)
        self.findings.write()
        first = QuestionVersion.objects.filter(number=1, frozen_at__isnull=False)
        Question.objects.filter(status__in=[Status.READY, Status.RETIRED]).update(
            current_version=Subquery(first.filter(question=OuterRef("pk")).values("pk")[:1])
        )
