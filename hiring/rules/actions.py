"""What entering a stage asks for: by which transitions, when, how often it is tried, and why nothing came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy

from hiring.enums import TransitionCause
from hiring.rules.skipping import SKIP_REASONS

# A stage that is undone, retired or restored at asks for nothing again.
ENTRY_CAUSES: Final = frozenset(
    {TransitionCause.APPLIED, TransitionCause.PERSON, TransitionCause.SCORE, TransitionCause.CANDIDATE}
)

# How long a worker may take over one, how long it waits after each try that broke, and between two looks at a test that
# goes on elsewhere.
ACTION_LEASE: Final = timedelta(minutes=2)
ACTION_DELAYS: Final = (timedelta(seconds=30), timedelta(minutes=5))
LOOK_AGAIN: Final = timedelta(minutes=5)

INTERVIEWS_A_STAGE: Final = 5
# The longest that a letter waits after somebody has entered.
LETTER_DAYS: Final = 60

# In words for the people who decide. Who is invited to nothing is told of as where many are invited.
ACTION_WORDS: Final[Mapping[str, object]] = {
    "reused": gettext_lazy("A valid result of this test is used again."),
    "has_result": gettext_lazy("This application has a valid result of this test already."),
    "underway": gettext_lazy("The test is being taken or marked for another job; its result counts here."),
    "elsewhere": gettext_lazy(
        "Has an open invitation to this test for another job. Its result will count here."
    ),
    "already_invited": gettext_lazy("Had an open invitation to this test already."),
    "by_hand": gettext_lazy("The person was invited by a colleague."),
    "moved_on": gettext_lazy("The application left the stage before."),
    "undone": gettext_lazy("The move to the stage was taken back."),
    "on_hold": gettext_lazy("The application was on hold."),
    "not_active": gettext_lazy("The application was closed before."),
    "job_closed": gettext_lazy("The job was closed before."),
    "not_asked": gettext_lazy("The stage asks for this no more."),
    "not_published": gettext_lazy("The test takes nobody now. Publish it or choose another, then try again."),
    "no_template": gettext_lazy(
        "The mail of this stage is not in use any more. Choose another, then try again."
    ),
    "bad_mail": gettext_lazy(
        "The mail could not be written. Look at its template and at the address, then try again."
    ),
    "trouble": gettext_lazy(
        "It went wrong three times. Your administrator finds more in the log. Then try again."
    ),
}


def action_text(code: str) -> str:
    """Return the words of a code of an action; empty where there is nothing to say."""
    return str(ACTION_WORDS.get(code) or SKIP_REASONS.get(code, ""))
