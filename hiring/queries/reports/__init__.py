"""Numbers with their definitions."""

from hiring.queries.reports.assessments import (
    AssessmentReport,
    SkillMean,
    assessment_report,
    counted_invitations,
    newest_scores,
)
from hiring.queries.reports.pipeline import JobReport, PipelineReport, StageNow, pipeline_report
from hiring.queries.reports.registry import REPORTS, people_behind, read_report, rows_behind
from hiring.queries.reports.shape import (
    Column,
    Report,
    ReportFilter,
    ReportKind,
    Row,
    Unit,
    may_take_numbers,
    reported_jobs,
    reported_links,
)

__all__ = [
    "REPORTS",
    "AssessmentReport",
    "Column",
    "JobReport",
    "PipelineReport",
    "Report",
    "ReportFilter",
    "ReportKind",
    "Row",
    "SkillMean",
    "StageNow",
    "Unit",
    "assessment_report",
    "counted_invitations",
    "may_take_numbers",
    "newest_scores",
    "people_behind",
    "pipeline_report",
    "read_report",
    "reported_jobs",
    "reported_links",
    "rows_behind",
]
