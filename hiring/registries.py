"""What hiring registers with the floors below: the words of its mail, and who may open which list of the admin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.registries import register_role_permissions
from hiring.enums import ApplicationStatus, JobStatus, TestOutcome
from outbox.enums import Audience
from outbox.registries import MessageKind, register_kind
from shell.registries import register_tones

REJECTION = "rejection"


def register() -> None:
    """Register the kinds of mail and the lists of each role. Called once, when the app is ready."""
    register_kind(
        MessageKind(
            kind=REJECTION,
            title=_("Rejection"),
            audience=Audience.CANDIDATE,
            fields={
                "candidate_name": _("The candidate's name"),
                "job_title": _("The title of the job"),
                "organisation": _("The name of your organisation"),
                "contact": _("Whom to ask"),
            },
            own_fields=frozenset({"contact"}),
            subject=_("Your application to {{ organisation }}: {{ job_title }}"),
            body=_(
                "Hello {{ candidate_name }},\n\n"
                "thank you for your application for {{ job_title }} and for the time you gave to it.\n\n"
                "We have decided not to go on with your application. A person made this decision, not a program.\n\n"
                "If you would like to know more, or would like us to delete your data, write to {{ contact }}.\n\n"
                "We wish you well for what comes next.\n\n"
                "{{ organisation }}"
            ),
            why=_("You get this mail because you applied for a job."),
        )
    )
    register_tones(good=[JobStatus.OPEN], attention=[JobStatus.PAUSED])
    register_tones(good=[ApplicationStatus.HIRED], attention=[ApplicationStatus.ON_HOLD])
    register_tones(good=[TestOutcome.PASSED], attention=[TestOutcome.BORDERLINE], bad=[TestOutcome.BELOW])
    register_tones(accent=[TestOutcome.REOPENED])
    register_role_permissions(
        Role.RECRUITER,
        {
            "hiring.Job": {"view", "add", "change"},
            "hiring.JobMember": {"view", "add", "change", "delete"},
            "hiring.Stage": {"view", "add", "change"},
            "hiring.Application": {"view", "add", "change"},
            "hiring.ApplicationAssessment": {"view"},
            "hiring.RejectionReason": {"view", "add", "change"},
        },
    )
    register_role_permissions(Role.ANALYST, {"hiring.Job": {"view"}})
