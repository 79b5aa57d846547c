"""What becomes of open invitations when an application ends: those that nobody started are withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Actor
from assessments.operations import InvitationRefused, revoke_invitation
from hiring.enums import Capability
from hiring.models import Application
from hiring.operations.access import require_may
from hiring.queries.selections import open_invitations


def withdraw_open_invitations(*, applications: Sequence[Application], by: Actor, now: datetime) -> int:
    """Withdraw the invitations of these applications that were not started and return how many.

    A test that runs goes on: whoever pressed Start meanwhile was first. Each is a short transaction of its own.
    Raises `PermissionDenied`.
    """
    for job in {application.job for application in applications}:
        require_may(by, Capability.DECIDE, job)
    withdrawn = 0
    for invitation in open_invitations([row.pk for row in applications], now=now):
        try:
            revoke_invitation(invitation=invitation, by=by, now=now)
        except InvitationRefused:
            continue
        withdrawn += 1
    return withdrawn
