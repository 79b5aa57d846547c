"""Lists and forms of tests and invitations."""

from assessments.admin.assessments import AssessmentAdmin
from assessments.admin.invitations import InvitationAdmin

__all__ = ["AssessmentAdmin", "InvitationAdmin"]
