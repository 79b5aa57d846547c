"""Jobs, their stages and people, applications and their way."""

from hiring.models.applications import (
    Application,
    ApplicationAssessment,
    ApplicationTransition,
    RejectionReason,
)
from hiring.models.jobs import ApiKeyJob, Job, JobMember, Stage
from hiring.models.open_links import JobOpenLink

__all__ = [
    "ApiKeyJob",
    "Application",
    "ApplicationAssessment",
    "ApplicationTransition",
    "Job",
    "JobMember",
    "JobOpenLink",
    "RejectionReason",
    "Stage",
]
