"""Writing the people of a file in which nothing is wrong: a short transaction for so many, one after the other.

Others write in between, also whoever saves an answer. A worker that dies goes on where it stopped: who is in is found
again, and nobody comes in twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from candidates.enums import NoteAudience
from candidates.models import Candidate
from candidates.operations import (
    CandidateDraft,
    NoteDraft,
    add_links,
    add_notes,
    add_tags,
    find_or_add_candidates,
)
from hiring.enums import ApplicationStatus, Source
from hiring.formats.applicants import Applicant
from hiring.models import Application, ApplicationAnswer, Job, Stage
from hiring.operations.applications import added, first_transition
from hiring.operations.importing.checking import read_and_check, result_of
from hiring.operations.importing.differences import differences
from hiring.operations.importing.inviting import invite_imported
from hiring.operations.importing.matching import Line, Matched, matched
from hiring.operations.importing.reading import job_of
from hiring.operations.notifying import tell_of_imported
from hiring.operations.transitions import write_transitions
from hiring.queries.applying_again import earlier_applications
from hiring.queries.imports import questions_by_code
from hiring.queries.jobs import current_stages
from hiring.rules.answers import is_flagged
from outbox.models import Event, Work
from outbox.operations import give_way
from outbox.registries import Report

# So many people a transaction: SQLite has one writer, and whoever saves an answer meanwhile waits for it.
CHUNK: Final = 200
_TRIES: Final = 3
_AUDIENCES: Final = {"note": NoteAudience.TEAM, "private_note": NoteAudience.RECRUITERS}


def do_import(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Import everybody, or nobody when anything is wrong. Again, it changes nothing more."""
    job = job_of(work, actor)
    # What is told is how many are written.
    applicants, drafts, problems = read_and_check(
        work, job, actor, lambda _done, total: report(0, total), now=now
    )
    if problems:
        return result_of(
            job,
            applicants,
            problems=problems,
            warnings=applicants.warnings,
            summary=_("Nothing was imported: the file has problems now."),
        )
    # What an earlier try of this work added says of itself what the file says.
    differing = differences(applicants, matched(job, applicants.rows, drafts), job, actor)
    written = _Writing(
        job, by=actor, now=now, mark=work.public_id, entry_actions=bool(work.arguments.get("entry_actions"))
    ).write(applicants.rows, drafts, report)
    invited, refusals = (
        (0, []) if job is None else _invite(work, job, applicants.rows, drafts, actor, now=now)
    )
    return result_of(
        job,
        applicants,
        new=written.new,
        known=written.known,
        unchanged=written.unchanged,
        invited=invited,
        differing=differing,
        warnings=[*applicants.warnings, *refusals],
        summary=_summary(job, written),
    )


@dataclass(frozen=True, slots=True)
class _Written:
    new: int
    known: int
    unchanged: int


class _Writing:
    """One import into a job, or of people alone."""

    def __init__(self, job: Job | None, *, by: Actor, now: datetime, mark: str, entry_actions: bool) -> None:
        self.job, self.by, self.now, self.mark = job, by, now, mark
        self.entry_actions = entry_actions
        # The keys of what this work added, now or at an earlier try.
        self.added: list[int] = []

    def write(self, rows: Sequence[Applicant], drafts: Sequence[CandidateDraft], report: Report) -> _Written:
        """Write all of it, part by part, and tell of it once."""
        parts: list[_Written] = []
        for start in range(0, len(rows), CHUNK):
            if parts:
                give_way()
            parts.append(self._part(rows[start : start + CHUNK], drafts[start : start + CHUNK]))
            report(min(start + CHUNK, len(rows)), len(rows))
        written = _Written(
            sum(part.new for part in parts),
            sum(part.known for part in parts),
            sum(part.unchanged for part in parts),
        )
        if self.job is not None:
            with transaction.atomic():
                tell_of_imported(self.job, self.added, work=self.mark, by=self.by, now=self.now)
        return written

    def _part(self, rows: Sequence[Applicant], drafts: Sequence[CandidateDraft]) -> _Written:
        """Write a part; again from its beginning when somebody adds one of them at the same moment."""
        for attempt in range(1, _TRIES + 1):
            try:
                with transaction.atomic():
                    written, ids = self._write(matched(self.job, rows, drafts))
            except IntegrityError:
                if attempt == _TRIES:
                    raise
            else:
                self.added += ids
                return written
        raise AssertionError("unreachable")

    def _write(self, found: Matched) -> tuple[_Written, list[int]]:
        """Write those of a part who are new; return what became of it, with the keys of all that this work added."""
        earlier = self._added_before(found)
        answers = find_or_add_candidates(
            drafts=[line.draft for line in found.new], by=self.by, now=self.now, work=self.mark
        )
        new: dict[int, tuple[Applicant, Candidate]] = {}
        for line, (person, _is_new) in zip(found.new, answers, strict=True):
            # Two addresses that are written differently may still be one.
            new.setdefault(person.pk, (line.row, person))
        pairs, keys = list(new.values()), list(new)
        if self.job is not None:
            known = [line.person.pk for line in found.new if line.person is not None]
            keys = self._apply(self.job, pairs, known)
        add_tags(tags=[(person, row.tags) for row, person in pairs], by=self.by, now=self.now)
        self._complete(pairs)
        total, added = len(found.new) + len(found.unchanged), [*earlier, *keys]
        return _Written(len(added), found.known, total - len(added)), added

    def _complete(self, pairs: Sequence[tuple[Applicant, Candidate]]) -> None:
        """Write the pages and notes of whoever is new."""
        links = [(person, row.links) for row, person in pairs if row.links]
        if links:
            add_links(links=links, by=self.by, now=self.now)
        notes = [
            NoteDraft(candidate=person, body=body, audience=_AUDIENCES[code])
            for row, person in pairs
            for code, body in row.notes
        ]
        if notes:
            add_notes(drafts=notes, by=self.by, now=self.now)

    def _apply(
        self, job: Job, pairs: Sequence[tuple[Applicant, Candidate]], known: Sequence[int]
    ) -> list[int]:
        """Write an application for each with its first transition, and what they answered; return their keys.

        They stand where the file says, also at a stage that needs an approval: where somebody stood before is no move.
        """
        before = earlier_applications(candidate_ids=known, job_id=job.pk)
        stages = {stage.name: stage for stage in current_stages(job.pk)}
        first = next(iter(stages.values()))
        answers = _Answers(job, pairs)
        applications = [
            self._application(job, person, stages.get(row.stage, first), row, before.get(person.pk))
            for row, person in pairs
        ]
        for application, (row, _person) in zip(applications, pairs, strict=True):
            application.is_flagged = answers.is_flagged(row)
        Application.objects.bulk_create(applications)
        write_transitions(
            transitions=[first_transition(application, by=self.by) for application in applications],
            events=[added(application, work=self.mark) for application in applications],
            by=self.by,
            now=self.now,
            entry_actions=self.entry_actions,
            tells=False,
        )
        rows = [
            answer
            for application, (row, _person) in zip(applications, pairs, strict=True)
            for answer in answers.rows(application, row)
        ]
        if rows:
            ApplicationAnswer.objects.bulk_create(rows)
        return [application.pk for application in applications]

    def _application(
        self, job: Job, person: Candidate, stage: Stage, row: Applicant, previous_id: int | None
    ) -> Application:
        moment = row.applied_at or self.now
        return Application(
            candidate=person,
            job=job,
            stage=stage,
            source=_source(row),
            agency=row.agency,
            referred_by_id=row.referred_by,
            external_id=row.external_id,
            status=ApplicationStatus.ACTIVE,
            applied_at=moment,
            stage_entered_at=moment,
            furthest_stage=stage,
            previous_id=previous_id,
        )

    def _added_before(self, found: Matched) -> list[int]:
        """Return which of these an earlier try of the same work added, so that the result says what it did."""
        lines = found.unchanged
        if self.job is not None:
            kind, about = "application.added", "hiring.application"
            ids = [line.application.pk for line in lines if line.application is not None]
        else:
            kind, about = "candidate.added", Candidate._meta.label_lower
            ids = [line.person.pk for line in lines if line.person is not None]
        told = Event.objects.filter(about=about, about_id__in=ids, kind=kind, data__work=self.mark)
        return [pk for pk in told.values_list("about_id", flat=True) if pk is not None] if ids else []


class _Answers:
    """What rows answer to the questions of a job's form."""

    def __init__(self, job: Job, pairs: Sequence[tuple[Applicant, Candidate]]) -> None:
        is_asked = any(row.answers for row, _person in pairs)
        found = questions_by_code(job).values() if is_asked else ()
        self.questions: Mapping[int, Any] = {question.pk: question for question in found}

    def is_flagged(self, row: Applicant) -> bool:
        """Whether one of them asks for a second look."""
        return any(self._asks(answer) for answer in row.answers)

    def rows(self, application: Application, row: Applicant) -> list[ApplicationAnswer]:
        """Return the answers of a row, unsaved. What was taken out of the form meanwhile is left out."""
        return [
            ApplicationAnswer(
                application=application,
                question_id=answer.question_id,
                text=answer.text,
                codes=list(answer.codes),
                number=answer.number,
                is_flagged=self._asks(answer),
            )
            for answer in row.answers
            if answer.question_id in self.questions
        ]

    def _asks(self, answer: Any) -> bool:
        question = self.questions.get(answer.question_id)
        return question is not None and is_flagged(question.flags, codes=answer.codes, number=answer.number)


def _source(row: Applicant) -> Source:
    """Return how somebody came, as the row says it or lets one know."""
    if row.source:
        return Source(row.source)
    if row.agency:
        return Source.AGENCY
    return Source.REFERRAL if row.referred_by else Source.IMPORT


def _invite(
    work: Work,
    job: Job,
    rows: Sequence[Applicant],
    drafts: Sequence[CandidateDraft],
    actor: Actor,
    *,
    now: datetime,
) -> tuple[int, list[str]]:
    if not any(row.test for row in rows):
        return 0, []
    found: list[Line] = matched(job, rows, drafts).unchanged
    return invite_imported(
        job=job,
        wishes=[
            (line.application.pk, line.row)
            for line in found
            if line.row.test
            and line.application is not None
            and line.application.status in ApplicationStatus.live
        ],
        mark=work.public_id,
        by=actor,
        now=now,
    )


def _summary(job: Job | None, written: _Written) -> str:
    if job is None:
        text = ngettext("%(count)d person was added", "%(count)d people were added", written.new)
    else:
        text = ngettext("%(count)d application was added", "%(count)d applications were added", written.new)
    return _("%(new)s, %(unchanged)d unchanged.") % {
        "new": text % {"count": written.new},
        "unchanged": written.unchanged,
    }
