"""What the history says of tests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.enums import AccommodationState
from shell.registries import register_events


def register() -> None:
    """Register the words. Called once, when the app is ready."""
    register_events(
        "tests",
        _("Tests"),
        {
            "assessment.created": _("Test made"),
            "assessment.draft_changed": _("Draft of a test changed"),
            "assessment.published": _("Test published"),
            "assessment.renamed": _("Test renamed"),
            "assessment.reminders_set": _("Reminders of a test changed"),
            "assessment.retired": _("Test retired"),
            "assessment.version_started": _("Next version of a test begun"),
            "assessment.handed_over": _("Test handed over"),
            "invitation.created": _("Invited"),
            "invitation.extended": _("Invitation extended"),
            "invitation.extra_time": _("Extra time changed"),
            "invitation.reissued": _("Invited by a new link"),
            "invitation.reminded": _("Reminded"),
            "invitation.revoked": _("Invitation withdrawn"),
            "invitation.allowed_again": _("Allowed to take a test again"),
            "invitation.link_shown": _("Link of an invitation looked at"),
            "open_link.created": _("Open link made"),
            "open_link.closed": _("Open link closed"),
            "open_link.confirmed": _("Came by an open link"),
            "attempt.started": _("Test started"),
            "attempt.submitted": _("Test handed in"),
            "attempt.scored": _("Test marked"),
            "attempt.paused": _("Test paused"),
            "attempt.resumed": _("Test let go on"),
            "attempt.reopened": _("Test reopened"),
            "attempt.time_added": _("Time added to a test"),
            "attempt.voided": _("Test declared void"),
            "accommodation.asked": _("More time asked for"),
        },
    )
    register_events(
        "tests",
        _("Tests"),
        {f"accommodation.{state.value}": _("More time: %s") % state.label for state in AccommodationState},
    )
