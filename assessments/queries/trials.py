"""Questions of a bank as a colleague tries them out: drawn and answered as in a test, and stored nowhere."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Actor
from accounts.registries import may_see_field
from assessments.models import Assessment, AssessmentVersion, Attempt
from assessments.queries.previews import NO_RULE, Preview
from questions.enums import Kind, Status
from questions.models import Question, QuestionBank, QuestionVersion
from questions.registries import BankLink

# So that a session can carry it, and somebody sit through it.
MOST_TRIED: Final = 100
# How long a question takes in the tests of the house.
_SECONDS_EACH: Final = 75


@dataclass(frozen=True, slots=True)
class TrialChoice:
    """What of a bank is tried out: empty means any; with `drafts` the newest version of each, ready or not."""

    level: str = ""
    skill_id: int | None = None
    count: int = 10
    drafts: bool = False


def may_try(actor: Actor) -> bool:
    """Whether the actor may try a bank out: whoever may change tests and see what is right."""
    may = actor.user is not None and actor.user.has_perm("assessments.change_assessment")
    return may and may_see_field(Attempt._meta.label, "keys", actor)


def trial_version(bank: QuestionBank, *, count: int = 10) -> AssessmentVersion:
    """Return the test that a bank would be, unsaved: its number is below nought, so that no stored one is meant."""
    return AssessmentVersion(
        pk=-bank.pk,
        number=1,
        assessment=Assessment(name=bank.name, slug=bank.slug),
        minutes=max(1, min(600, count * _SECONDS_EACH // 60)),
    )


def trial_questions(bank: QuestionBank, choice: TrialChoice) -> QuerySet[Any]:
    """Return what of `bank` may be tried out, with `tried`, the version that would be shown. Lazy."""
    questions = Question.objects.filter(bank=bank, kind__in=Kind.choice_kinds).exclude(status=Status.RETIRED)
    if choice.level:
        questions = questions.filter(level=choice.level)
    if choice.skill_id is not None:
        questions = questions.filter(
            pk__in=Question.skills.through.objects.filter(skill_id=choice.skill_id).values("question_id")
        )
    versions = QuestionVersion.objects.filter(question=OuterRef("pk"), keys__isnull=False)
    if not choice.drafts:
        questions = questions.filter(status=Status.READY)
        versions = versions.filter(pk=OuterRef("current_version"))
    tried = Subquery(versions.order_by("-number", "-pk").values("pk")[:1])
    found: QuerySet[Any] = questions.annotate(tried=tried)
    return found.filter(tried__isnull=False).order_by("pk")


def draw_trial(bank: QuestionBank, choice: TrialChoice, *, seed: int, now: datetime) -> Preview:
    """Draw so many questions of a bank as were asked for, or all there are. One query; writes nothing."""
    versions = list(trial_questions(bank, choice).values_list("tried", flat=True))
    chosen = random.Random(seed).sample(versions, min(choice.count, len(versions), MOST_TRIED))  # noqa: S311 -- no secret
    return Preview(
        version_id=-bank.pk,
        seed=seed,
        started_at=now.isoformat(),
        form=[(NO_RULE, version) for version in chosen],
        open_to=len(chosen),
    )


def links_of_bank(bank: QuestionBank, actor: Actor) -> list[BankLink]:
    """Return the way from a bank to trying it out, for whoever may."""
    if not may_try(actor):
        return []
    return [BankLink(_("Try it"), reverse("trial:test", args=[bank.slug]))]
