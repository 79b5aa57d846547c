"""Who may open which list of the admin."""

from __future__ import annotations

from accounts.enums import Role
from accounts.registries import register_role_permissions


def register() -> None:
    """Register the lists of each role."""
    register_role_permissions(
        Role.RECRUITER,
        {
            "hiring.Job": {"view", "add", "change"},
            "hiring.JobMember": {"view", "add", "change", "delete"},
            "hiring.Stage": {"view", "add", "change"},
            "hiring.Application": {"view", "add", "change"},
            "hiring.ApplicationAssessment": {"view"},
            "hiring.PipelineTemplate": {"view", "add", "change"},
            "hiring.RejectionReason": {"view", "add", "change"},
        },
    )
    register_role_permissions(Role.ANALYST, {"hiring.Job": {"view"}})
