"""After a test: that it arrived, what happens next, and the result where the test shows one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from assessments import queries
from assessments.enums import Band, CandidateSees, RetakeRefusal, SubmittedBy
from assessments.models import Attempt, Invitation
from rendering.moments import exact_time


def closing(invitation: Invitation, attempt: Attempt, *, came_late: bool, now: datetime) -> dict[str, Any]:
    """Return what the page after a test says. Before it is marked, and where no result is shown, it holds none."""
    version = invitation.version
    result = queries.released(attempt, version)
    is_waiting = result is None and version.candidate_sees != CandidateSees.RECEIVED
    return {
        "paragraphs": _arrived(attempt, came_late=came_late),
        "result": result,
        "band_words": _band_words(result.band) if result else "",
        "steps": [
            *([_("Your test is marked. You do not have to do anything.")] if result is None else []),
            *([_coming()] if is_waiting else []),
            _("A person looks at the result together with the rest of your application and writes to you."),
            *_again(invitation, now=now),
            _("You can close this page. The link in your mail leads back here."),
        ],
    }


def _arrived(attempt: Attempt, *, came_late: bool) -> list[str]:
    paragraphs = [_("Your answers are handed in. Thank you for your time.")]
    if attempt.submitted_by != SubmittedBy.CANDIDATE:
        paragraphs = [
            _(
                "The time was over, and everything you had answered until then is handed in. Thank you for your time."
            )
        ]
    if came_late:
        paragraphs.append(
            _("Your very last choice did not reach us in time and does not count. Everything before it does.")
        )
    return paragraphs


def _coming() -> str:
    return _(
        "Your result will stand here as soon as it is marked, usually after a few minutes. Load this page again then, "
        "or come back by the link in your mail."
    )


def _band_words(band: Band) -> str:
    return {
        Band.PASSED: _("You passed this test."),
        Band.BORDERLINE: _(
            "You are close to the pass mark. A test cannot tell on which side: a person decides."
        ),
        Band.BELOW: _("You did not reach the pass mark."),
    }[band]


def _again(invitation: Invitation, *, now: datetime) -> list[str]:
    """Whether the test may be taken again; nothing where it is once, as nearly always."""
    version = invitation.version
    if version.most_attempts == 1:
        return []
    refused = queries.refused_again([invitation.candidate_id], version, now=now).get(invitation.candidate_id)
    if refused is None:
        return [_("You may take this test again if you are invited again.")]
    if refused.reason == RetakeRefusal.TOO_EARLY and refused.allowed_at is not None:
        moment = exact_time(refused.allowed_at)
        return [
            _("You may take this test again from %(moment)s on, if you are invited again.")
            % {"moment": moment}
        ]
    return [_("You have taken this test as often as it may be taken.")]
