"""Reads of what candidates reported as wrong with a question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Actor
from assessments.enums import ProblemKind
from assessments.models import Attempt, ProblemReport
from questions.registries import ReportLine


def problem_rows(actor: Actor, *, question_id: int | None = None) -> QuerySet[ProblemReport]:
    """Return the reports that the actor may see, with question, test and colleague loaded, the latest first. Lazy."""
    reports: QuerySet[ProblemReport] = ProblemReport.objects.all().visible_to(actor)
    if question_id is not None:
        reports = reports.filter(question_version__question_id=question_id)
    return reports.select_related(
        "question_version__question__bank", "attempt__invitation__version__assessment", "settled_by"
    ).order_by("-reported_at", "-pk")


def open_problems(actor: Actor, *, question_id: int | None = None) -> QuerySet[ProblemReport]:
    """Return the reports that wait for an author, the oldest first. Lazy."""
    rows = problem_rows(actor, question_id=question_id)
    return rows.filter(settled_at=None).order_by("reported_at", "pk")


def problems_of(attempt: Attempt, actor: Actor) -> QuerySet[ProblemReport]:
    """Return the reports of one attempt that the actor may see, in the order of its questions. Lazy."""
    reports: QuerySet[ProblemReport] = ProblemReport.objects.filter(attempt=attempt).visible_to(actor)
    return reports.select_related("settled_by").order_by("position", "pk")


def readable_attempts(actor: Actor, reports: Iterable[ProblemReport]) -> set[int]:
    """Return the attempts of `reports` whose page the actor may open. One query."""
    ids = {report.attempt_id for report in reports}
    return set(Attempt.objects.filter(pk__in=ids).visible_to(actor).values_list("pk", flat=True))


def report_lines(question_ids: Collection[int], actor: Actor) -> Mapping[int, Sequence[ReportLine]]:
    """Return the reports of questions that wait and that the actor may see, the oldest first. One query."""
    reports = ProblemReport.objects.filter(settled_at=None, question_version__question__in=question_ids)
    rows = reports.visible_to(actor).select_related("question_version").order_by("reported_at", "pk")
    page = reverse("assessments:problems")
    lines: dict[int, list[ReportLine]] = defaultdict(list)
    for report in rows:
        question_id = report.question_version.question_id
        kind = str(ProblemKind(report.kind).label)
        lines[question_id].append(
            ReportLine(kind, report.text, report.reported_at, f"{page}?question={question_id}")
        )
    return lines
