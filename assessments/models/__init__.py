"""Tests and their versions, invitations, attempts, answers, scores."""

from assessments.models.accommodations import AccommodationRequest
from assessments.models.attempts import (
    AnswerRevision,
    Attempt,
    AttemptEvent,
    AttemptQuestion,
    AttemptSection,
    TimeAdjustment,
)
from assessments.models.invitations import Invitation
from assessments.models.open_links import OpenLink, SignUp
from assessments.models.problems import ProblemReport
from assessments.models.regrades import RegradeRequest
from assessments.models.scores import Score
from assessments.models.tests import Assessment, AssessmentSection, AssessmentVersion, DrawRule, PoolEntry

__all__ = [
    "AccommodationRequest",
    "AnswerRevision",
    "Assessment",
    "AssessmentSection",
    "AssessmentVersion",
    "Attempt",
    "AttemptEvent",
    "AttemptQuestion",
    "AttemptSection",
    "DrawRule",
    "Invitation",
    "OpenLink",
    "PoolEntry",
    "ProblemReport",
    "RegradeRequest",
    "Score",
    "SignUp",
    "TimeAdjustment",
]
