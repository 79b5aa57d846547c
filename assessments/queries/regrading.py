"""Marks that a mended key would change: which requests wait, whom they concern, what would come of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import BigIntegerField, Count, Exists, F, Func, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Role, Scope
from accounts.models import Actor
from assessments.enums import AttemptState, Band, RegradeState
from assessments.models import Assessment, Attempt, AttemptQuestion, PoolEntry, RegradeRequest, Score
from assessments.queries.lists import attempt_questions
from assessments.queries.marking import keys_to_mark, score_of
from assessments.queries.uses import holding_versions
from outbox.models import Work
from questions.models import Question
from questions.queries import revisions_of
from questions.registries import QuestionNotice

MOST_SHOWN: Final = 200


class _MarkedBy(Func):
    """The id of the key that marked a place, out of the list that its score keeps: (keys, position)."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            template="CAST(json_extract(%(expressions)s - 1) || ']') AS INTEGER)",
            arg_joiner=", '$[' || (",
            **context,
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            template="(%(expressions)s - 1)::int)::bigint",
            arg_joiner=" ->> (",
            **context,
        )


@dataclass(frozen=True, slots=True)
class AffectedTest:
    """A test with how many of its scores were given by an earlier key."""

    assessment_id: int
    name: str
    slug: str
    attempts: int


@dataclass(frozen=True, slots=True)
class RegradeReading:
    """A request as a list shows it."""

    request: RegradeRequest
    tests: tuple[AffectedTest, ...]

    @property
    def attempts(self) -> int:
        """How many scores were given by an earlier key."""
        return sum(test.attempts for test in self.tests)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """An attempt whose result would be another one."""

    attempt: Attempt
    old_percent: Decimal
    new_percent: Decimal
    old_band: Band
    new_band: Band

    @property
    def by(self) -> Decimal:
        """By how many percent points it changes."""
        return self.new_percent - self.old_percent

    @property
    def is_crossing(self) -> bool:
        """Whether the result becomes another."""
        return self.old_band != self.new_band


def changes_seen(look: Work | None, actor: Actor) -> tuple[list[ChangeRow], int]:
    """Return whose result a look says would change, as far as the actor sees them, and how many are not listed.

    One query.
    """
    lines = look.result.get("changes", []) if look is not None else []
    attempts: Any = Attempt.objects.filter(pk__in=[line[0] for line in lines])
    seen = attempts.visible_to(actor).select_related(
        "invitation__candidate", "invitation__version__assessment"
    )
    found = seen.in_bulk()
    rows = [
        ChangeRow(found[pk], Decimal(old), Decimal(new), Band(old_band), Band(new_band))
        for pk, old, new, old_band, new_band in lines
        if pk in found
    ]
    return rows[:MOST_SHOWN], len(lines) - len(rows[:MOST_SHOWN])


def regrade_rows(actor: Actor) -> QuerySet[RegradeRequest]:
    """Return the requests that the actor may see, with question, key and colleagues loaded, the latest first. Lazy."""
    requests: QuerySet[RegradeRequest] = RegradeRequest.objects.all().visible_to(actor)
    return requests.select_related(
        "question_version__question__bank", "key", "asked_by", "settled_by"
    ).order_by("-asked_at", "-pk")


def open_regrades(actor: Actor) -> QuerySet[RegradeRequest]:
    """Return the requests that wait for a decision, the oldest first: one a version, that of the newest key. Lazy."""
    newer = RegradeRequest.objects.filter(
        question_version=OuterRef("question_version"), state=RegradeState.OPEN, key__gt=OuterRef("key")
    )
    rows = regrade_rows(actor).filter(~Exists(newer), state=RegradeState.OPEN)
    return rows.order_by("asked_at", "pk")


def read_regrades(requests: Iterable[RegradeRequest], actor: Actor) -> list[RegradeReading]:
    """Return requests with the tests and scores they concern; tests out of the actor's sight have no name and no slug.

    Three queries, however many requests; none without any.
    """
    rows = list(requests)
    if not rows:
        return []
    versions = {row.question_version_id for row in rows}
    current = _marking_keys(rows)
    groups = list(
        _marked_places(versions)
        .values("question_version", "marked_by", test=F("attempt__invitation__version__assessment"))
        .annotate(attempts=Count("attempt"))
        .order_by("test")
    )
    tests: Any = Assessment.objects.filter(pk__in={group["test"] for group in groups})
    seen = {pk: (name, slug) for pk, name, slug in tests.visible_to(actor).values_list("pk", "name", "slug")}
    readings = []
    for row in rows:
        counts: dict[int, int] = {}
        for group in groups:
            if (
                group["question_version"] == row.question_version_id
                and group["marked_by"] not in current[row.pk]
            ):
                counts[group["test"]] = counts.get(group["test"], 0) + group["attempts"]
        affected = (AffectedTest(test, *seen.get(test, ("", "")), count) for test, count in counts.items())
        readings.append(RegradeReading(row, tuple(affected)))
    return readings


def regrades_of_test(assessment: Assessment, actor: Actor) -> list[RegradeReading]:
    """Return what waits for a decision and concerns scores of one test. At most five queries."""
    holding = open_regrades(actor).filter(
        question_version__in=PoolEntry.objects.filter(rule__section__version__assessment=assessment).values(
            "question_version"
        )
    )
    readings = read_regrades(holding, actor)
    of_test = (
        (reading, tuple(test for test in reading.tests if test.assessment_id == assessment.pk))
        for reading in readings
    )
    return [RegradeReading(reading.request, tests) for reading, tests in of_test if tests]


def notices_of_question(question: Question, actor: Actor) -> list[QuestionNotice]:
    """Return what the page of a question says of keys that were mended. At most four queries."""
    waiting = open_regrades(actor).filter(question_version__question=question)
    return [
        QuestionNotice(
            ngettext(
                "The key of version %(number)d was mended. %(count)d attempt is marked by the one before.",
                "The key of version %(number)d was mended. %(count)d attempts are marked by the one before.",
                reading.attempts,
            )
            % {"number": reading.request.question_version.number, "count": reading.attempts},
            reverse("assessments:regrade", args=[reading.request.pk]),
            _("See what it changes"),
        )
        for reading in read_regrades(waiting, actor)
    ]


def attempts_to_mark(request: RegradeRequest) -> QuerySet[Attempt]:
    """Return the scored attempts that hold the version of `request` and were marked by a key before its own. Lazy."""
    current = _marking_keys([request])[request.pk]
    places = _marked_places({request.question_version_id}).exclude(marked_by__in=current)
    return Attempt.objects.filter(pk__in=places.values("attempt"))


def may_mark_again(actor: Actor, request: RegradeRequest) -> bool:
    """Whether the actor decides about the marks: administrators, and recruiters who see everybody concerned.

    Results of people are no matter of whoever does not see them. A key needs the scope for it, and one that is limited
    to jobs sees those of these alone, whoever its owner is. Three queries for recruiters.
    """
    if actor.user is None:
        return False
    if actor.api_key is not None:
        if Scope.REGRADES_WRITE not in actor.api_key.scopes:
            return False
    elif actor.has_role(Role.ADMINISTRATOR):
        return True
    if not actor.user.has_perm("assessments.change_invitation"):
        return False
    concerned = attempts_to_mark(request)
    return not concerned.exclude(pk__in=Attempt.objects.all().visible_to(actor).values("pk")).exists()


def marked_again(attempt: Attempt, *, version_id: int) -> Score:
    """Return what a scored attempt would score with the newest key of one version, all else as it was marked.

    Its version, its sections and its score must be loaded. Writes nothing; five queries.
    """
    rows = list(attempt_questions(attempt))
    keys = keys_to_mark(rows, attempt.current_score, again={version_id})
    return score_of(rows, keys, attempt.invitation.version)


def _marking_keys(requests: Sequence[RegradeRequest]) -> Mapping[int, set[int]]:
    """The keys by which scores are as the request wants them: its own and those that came after it."""
    versions = {row.question_version_id for row in requests}
    keys = revisions_of(versions)
    return {
        row.pk: {
            pk
            for pk, version, revision in keys
            if version == row.question_version_id and revision >= row.key.revision
        }
        for row in requests
    }


def _marked_places(version_ids: set[int]) -> QuerySet[Any]:
    """The places of scored attempts that hold one of these versions, with `marked_by`. Found through the pools."""
    attempts = Attempt.objects.filter(
        invitation__version__in=holding_versions(version_ids),
        state=AttemptState.SUBMITTED,
        current_score__isnull=False,
    )
    places: QuerySet[Any] = AttemptQuestion.objects.filter(
        question_version__in=version_ids, attempt__in=attempts
    )
    marked: QuerySet[Any] = places.annotate(
        marked_by=_MarkedBy(F("attempt__current_score__keys"), F("position"))
    )
    return marked
