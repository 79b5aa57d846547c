"""Jobs, their stages and people, applications and their way."""

from hiring.models.actions import StageAction
from hiring.models.applications import (
    Application,
    ApplicationAssessment,
    ApplicationTransition,
    RejectionReason,
)
from hiring.models.approvals import Approval
from hiring.models.arriving import ResumeDraft, StagedUpload, TrackingLink
from hiring.models.forms import ApplicationAnswer, ApplicationDocument, ApplicationQuestion
from hiring.models.interviews import Interview, Interviewer, Recommendation
from hiring.models.jobs import ApiKeyJob, Job, JobMember, Opening
from hiring.models.lists import Follow, SavedFilter
from hiring.models.open_links import JobOpenLink
from hiring.models.pipelines import PipelineTemplate, Stage, StageBase, TemplateStage

__all__ = [
    "ApiKeyJob",
    "Application",
    "ApplicationAnswer",
    "ApplicationAssessment",
    "ApplicationDocument",
    "ApplicationQuestion",
    "ApplicationTransition",
    "Approval",
    "Follow",
    "Interview",
    "Interviewer",
    "Job",
    "JobMember",
    "JobOpenLink",
    "Opening",
    "PipelineTemplate",
    "Recommendation",
    "RejectionReason",
    "ResumeDraft",
    "SavedFilter",
    "Stage",
    "StageAction",
    "StageBase",
    "StagedUpload",
    "TemplateStage",
    "TrackingLink",
]
