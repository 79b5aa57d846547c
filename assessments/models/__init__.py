"""Tests and their versions, invitations, attempts, answers, scores."""

from assessments.models.attempts import AnswerRevision, Attempt, AttemptEvent, AttemptQuestion, TimeAdjustment
from assessments.models.invitations import Invitation
from assessments.models.scores import Score
from assessments.models.tests import Assessment, AssessmentSection, AssessmentVersion, DrawRule, PoolEntry

__all__ = [
    "AnswerRevision",
    "Assessment",
    "AssessmentSection",
    "AssessmentVersion",
    "Attempt",
    "AttemptEvent",
    "AttemptQuestion",
    "DrawRule",
    "Invitation",
    "PoolEntry",
    "Score",
    "TimeAdjustment",
]
