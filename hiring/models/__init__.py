"""Jobs, their stages and people, applications and their way."""

from hiring.models.applications import (
    Application,
    ApplicationAssessment,
    ApplicationTransition,
    RejectionReason,
)
from hiring.models.jobs import ApiKeyJob, Job, JobMember
from hiring.models.open_links import JobOpenLink
from hiring.models.pipelines import Stage

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
