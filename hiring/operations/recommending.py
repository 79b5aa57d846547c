"""What colleagues recommend about an application. It decides nothing."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from hiring.enums import ApplicationStatus, Capability, Verdict
from hiring.models import Application, Recommendation
from hiring.operations.access import require_may, require_other_person
from hiring.operations.errors import MoveRefused
from outbox.operations import record_event
from rendering.characters import clean_text

COMMENT_LENGTH = 2000


@transaction.atomic
def recommend(
    *, application: Application, verdict: Verdict, comment: str = "", by: Actor, now: datetime
) -> Recommendation:
    """Say whether to go on with somebody, and why; return what was said. The latest word of each colleague counts.

    Side effects: an event, which says that there was a word and not which.
    Raises: `PermissionDenied`, also about oneself and about whom one referred; `ValidationError` keyed "comment";
    `MoveRefused` ("not_live").
    """
    require_may(by, Capability.RECOMMEND, application.job)
    require_other_person(by, application.candidate_id)
    if by.user is not None and application.referred_by_id == by.user.pk:
        raise PermissionDenied(_("You referred this person. Others say whether to go on with them."))
    if application.status not in ApplicationStatus.live:
        raise MoveRefused(
            "not_live",
            _("%(person)s is “%(status)s”. There is nothing to recommend any more.")
            % {"person": application.candidate, "status": application.get_status_display()},
        )
    comment = clean_text(comment).strip()
    if len(comment) > COMMENT_LENGTH:
        raise ValidationError({"comment": _("Keep the reason to 2,000 characters.")})
    said = Recommendation.objects.create(
        application=application, by=by.user, verdict=Verdict(verdict), comment=comment, at=now
    )
    record_event(
        kind="application.recommended",
        by=by,
        now=now,
        person_ref=application.candidate.public_id,
        about="hiring.application",
        about_id=application.pk,
    )
    return said
