"""Who of a file is here already: by the external id within the job, else by a live application; without a job by
the address.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from candidates.models import Candidate
from candidates.operations import CandidateDraft
from candidates.queries import by_emails
from hiring.enums import ApplicationStatus
from hiring.formats.applicants import Applicant
from hiring.models import Application, Job


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a file with its person as they would be written, and with who and what of it is here already."""

    row: Applicant
    draft: CandidateDraft
    person: Candidate | None = None
    application: Application | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    """Rows that bring something, and those that change nothing."""

    new: list[Line] = field(default_factory=list)
    unchanged: list[Line] = field(default_factory=list)

    @property
    def known(self) -> int:
        """How many of the new applications are of people who are here."""
        return sum(line.person is not None for line in self.new)


def matched(job: Job | None, rows: Sequence[Applicant], drafts: Sequence[CandidateDraft]) -> Matched:
    """Return which rows are here already. Three queries at most, whatever the number."""
    people = by_emails(draft.email for draft in drafts)
    live, named = _live(job, people.values()), _named(job, rows)
    found = Matched()
    for row, draft in zip(rows, drafts, strict=True):
        person = people.get(draft.email)
        application = named.get(row.external_id) if row.external_id else None
        if application is None and person is not None:
            application = live.get(person.pk)
        is_here = person is not None if job is None else application is not None
        whose = application.candidate if application is not None else person
        (found.unchanged if is_here else found.new).append(Line(row, draft, whose, application))
    return found


def _live(job: Job | None, people: Iterable[Candidate]) -> dict[int, Application]:
    """Return the live applications for the job by person."""
    ids = [person.pk for person in people]
    if job is None or not ids:
        return {}
    rows = Application.objects.filter(job=job, candidate__in=ids, status__in=ApplicationStatus.live)
    return {row.candidate_id: row for row in rows.select_related("candidate")}


def _named(job: Job | None, rows: Sequence[Applicant]) -> dict[str, Application]:
    """Return the applications for the job, live or not, by their external ids."""
    ids = [row.external_id for row in rows if row.external_id]
    if job is None or not ids:
        return {}
    found = Application.objects.filter(job=job, external_id__in=ids).select_related("candidate")
    return {row.external_id: row for row in found}
