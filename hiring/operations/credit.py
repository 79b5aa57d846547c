"""Who has the credit for an application: written once, with the application, and corrected for a reason alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor, User
from candidates.enums import NoteAudience
from candidates.operations import add_note
from hiring.enums import Capability, Source
from hiring.models import Application
from hiring.operations.access import require_may, require_other_person
from hiring.operations.errors import StaleMove
from hiring.operations.moves import load
from outbox.operations import record_event
from rendering.characters import clean_line, clean_text

AGENCY_LENGTH: Final = 120
REASON_LENGTH: Final = 300


@dataclass(frozen=True, kw_only=True)
class Credit:
    """How somebody came, and by whom: of a referral the colleague, of an agency its name."""

    source: Source = Source.ADDED
    referred_by: User | None = None
    agency: str = ""

    def cleaned(self) -> Credit:
        """Return it with what belongs to its source alone. Raises `ValidationError` keyed by field."""
        agency = clean_line(self.agency)
        if self.source == Source.AGENCY and not agency:
            raise ValidationError({"agency": _("Name the agency.")})
        if len(agency) > AGENCY_LENGTH:
            raise ValidationError({"agency": _("Keep the name to 120 characters.")})
        if self.source == Source.REFERRAL and self.referred_by is None:
            raise ValidationError({"referred_by": _("Choose the colleague who has the credit.")})
        return replace(
            self,
            referred_by=self.referred_by if self.source == Source.REFERRAL else None,
            agency=agency if self.source == Source.AGENCY else "",
        )


@transaction.atomic
def correct_source(
    *, application: Application, credit: Credit, reason: str, by: Actor, now: datetime
) -> Application:
    """Say anew where an application comes from, and return it. What it was before stays in the history.

    A tracking link that it came by has the credit no more. The same again changes nothing.
    Raises: `PermissionDenied` unless `by` may add people to the job, also about oneself and about whom one referred;
    `ValidationError` keyed by field; `StaleMove` when somebody else corrected it meanwhile.
    Side effects: an event, which names no words, and a note for recruiters with the reason.
    """
    current = load(application)
    require_may(by, Capability.ADD, current.job)
    require_other_person(by, current.candidate_id)
    if by.user is not None and current.referred_by_id == by.user.pk:
        raise PermissionDenied(
            _("You referred this person. Ask a colleague to correct where they come from.")
        )
    wanted = credit.cleaned()
    why = _checked_reason(reason)
    before = _of(current)
    if wanted == before:
        return current
    same = Application.objects.filter(
        pk=current.pk, source=before.source, referred_by=before.referred_by, agency=before.agency
    )
    changed = same.update(
        source=wanted.source, referred_by=wanted.referred_by, agency=wanted.agency, tracking_link=None
    )
    if not changed:
        raise StaleMove(
            _("Somebody else corrected this source meanwhile. Look at it, then correct it again.")
        )
    words = _("Source corrected from “%(before)s” to “%(after)s”: %(reason)s")
    note = add_note(
        candidate=current.candidate,
        body=words % {"before": before.source.label, "after": wanted.source.label, "reason": why},
        audience=NoteAudience.RECRUITERS,
        by=by,
        now=now,
    )
    record_event(
        kind="application.source_corrected",
        by=by,
        now=now,
        person_ref=current.candidate.public_id,
        about="hiring.application",
        about_id=current.pk,
        data={
            "from": before.source.value,
            "to": wanted.source.value,
            "from_colleague": current.referred_by_id,
            "to_colleague": wanted.referred_by.pk if wanted.referred_by else None,
            "from_link": current.tracking_link_id,
            "note": note.pk,
        },
    )
    return load(current)


def _of(application: Application) -> Credit:
    return Credit(
        source=Source(application.source), referred_by=application.referred_by, agency=application.agency
    )


def _checked_reason(text: str) -> str:
    cleaned = clean_text(text).strip()
    if not cleaned:
        raise ValidationError({"reason": _("Say why it is corrected.")})
    if len(cleaned) > REASON_LENGTH:
        raise ValidationError({"reason": _("Keep the reason to 300 characters.")})
    return cleaned
