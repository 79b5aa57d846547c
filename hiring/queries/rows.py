"""A line of a list of people: who, how long here, what became of their test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accounts.models import Actor
from candidates.models import Candidate
from candidates.queries.words import Finding, findings
from hiring.enums import ApplicationStatus, NextStep, Source, TestOutcome, WaitsFor
from hiring.models import Application
from hiring.queries.application_tests import RowTest, row_tests
from hiring.rules import waits_for


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of a list of people."""

    application: Application
    days: int
    is_late: bool
    test: RowTest | None
    # Where the list's search found the person who was not found by their name.
    found: Finding | None = None
    # Where the list shows them.
    tags: tuple[str, ...] = ()
    step: NextStep | None = None

    @property
    def status(self) -> ApplicationStatus:
        """For the pill."""
        return ApplicationStatus(self.application.status)

    @property
    def outcome(self) -> TestOutcome | None:
        """What the latest test meant; None for people who were not invited."""
        return TestOutcome(self.test.outcome) if self.test else None

    @property
    def waits_for(self) -> WaitsFor | None:
        """Who is waited for until the next step is done, where the list shows it."""
        return waits_for(self.step) if self.step else None

    @property
    def source(self) -> str:
        return str(Source(self.application.source).label)


def person_rows(
    applications: Iterable[Application], actor: Actor, *, now: datetime, search: str = ""
) -> list[PersonRow]:
    """Prepare the applications of one page for a list. Three queries, however many; at most four more to say where
    a `search` found them.
    """
    shown = list(applications)
    found = findings([row.candidate_id for row in shown], search, actor)
    tests = row_tests([row.pk for row in shown], actor, now=now) if shown else {}
    return [
        replace(
            person_row(application, tests.get(application.pk), now=now),
            found=found.get(application.candidate_id),
        )
        for application in shown
    ]


def person_row(application: Application, test: RowTest | None = None, *, now: datetime) -> PersonRow:
    """Say how long somebody has been at their stage, and whether that is longer than planned. Costs no query."""
    waited = now - application.stage_entered_at
    target = application.stage.target_days
    is_late = (
        application.status == ApplicationStatus.ACTIVE
        and target is not None
        and waited > timedelta(days=target)
    )
    return PersonRow(application, max(0, waited.days), is_late, test)


def with_tags(rows: Sequence[PersonRow]) -> list[PersonRow]:
    """Return the rows with the tags of their people. One query."""
    tags = tags_by_person(rows)
    return [replace(row, tags=tuple(tags[row.application.candidate_id])) for row in rows]


def tags_by_person(rows: Sequence[PersonRow]) -> Mapping[int, list[str]]:
    """Return the tags of the people of `rows`, by person and in their order; none is an empty list. One query."""
    people = [row.application.candidate_id for row in rows]
    ties = Candidate.tags.through.objects.filter(candidate__in=people)
    tags: dict[int, list[str]] = defaultdict(list)
    for person, name in ties.values_list("candidate", "tag__name"):
        tags[person].append(name)
    return defaultdict(list, {person: sorted(names, key=str.casefold) for person, names in tags.items()})
