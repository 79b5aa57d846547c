"""Why somebody is left out when something is done with many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy

# Why somebody gets no mail when many are invited or rejected.
SKIP_REASONS: Final[Mapping[str, object]] = {
    "already_invited": gettext_lazy("Has an open invitation to this test"),
    "elsewhere": gettext_lazy("Has an open invitation to this test for another job"),
    "already_finished": gettext_lazy("Has taken this test as often as it may be taken"),
    "too_early": gettext_lazy("Has taken this test too recently"),
    "not_active": gettext_lazy("The application is not active"),
    "no_address": gettext_lazy("Has no email address"),
    "erased": gettext_lazy("Was erased"),
    "merged": gettext_lazy("Was merged into another person"),
    "already_rejected": gettext_lazy("Is rejected already"),
    "already_so": gettext_lazy("Has this status already"),
    "withdrawn": gettext_lazy("Has withdrawn the application"),
    "twice": gettext_lazy("Gets it already for another application"),
    "no_value": gettext_lazy("There is nothing to put in the place of a field of the text"),
    "hired": gettext_lazy("Is hired. Restore the application on its own page"),
    "other_live": gettext_lazy("Has another live application for this job"),
    "no_opening": gettext_lazy("No opening is free any more"),
    "not_last_stage": gettext_lazy("Is not at the last stage, from which people are hired"),
    "referred": gettext_lazy("You referred this person. A colleague decides about hiring them"),
    "changed": gettext_lazy("Was changed by somebody else in the meantime"),
    "needs_approval": gettext_lazy(
        "The stage of this test needs an approval. Ask for that on the page of the application"
    ),
    "approval_waiting": gettext_lazy("Waits for an approval for another stage"),
    "mail_is_out": gettext_lazy("The mail about it is out already"),
    "retired": gettext_lazy("The stage where they stood is not in use any more"),
    "own": gettext_lazy("This is your own application"),
    "not_yours": gettext_lazy("Is not of this job, or not yours to change"),
}


def skip_text(code: str) -> str:
    """Return the words of a code of `SKIP_REASONS`."""
    return str(SKIP_REASONS.get(code, code))
