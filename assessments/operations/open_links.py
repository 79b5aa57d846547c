"""Open links for public postings: made, closed, and how strangers become people with an invitation."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Actor, Organisation
from accounts.queries import organisation
from assessments import queries
from assessments.enums import InvitationState, LinkRefusal
from assessments.models import Assessment, Invitation, OpenLink, SignUp
from assessments.operations.inviting import invite
from assessments.operations.mailing import CannotInvite, contact_words
from assessments.registries import SIGN_UP, inviter, link_scope
from candidates.enums import ConsentPurpose
from candidates.models import Candidate, ConsentText
from candidates.operations import CandidateDraft, find_or_add_candidate, keep_consent_text, record_consent
from candidates.queries import address_key
from outbox.enums import Audience, LinkPurpose
from outbox.operations import (
    MessageDraft,
    create_link,
    extend_link,
    move_person,
    queue_draft,
    record_event,
    redact_person,
)
from rendering.characters import clean_line

# How long a mailed confirmation works; whoever did not confirm by then is forgotten.
CONFIRM_WITHIN = timedelta(days=7)
MOST_MAILS = 5


class OpenLinkRefused(Exception):  # noqa: N818 -- a refusal, not a fault
    """Nobody new comes in by this link now. `reason` is a `LinkRefusal`, whose label is for whoever came."""

    def __init__(self, reason: LinkRefusal) -> None:
        self.reason = reason
        super().__init__(str(reason.label))


# --- By colleagues ---------------------------------------------------------------------------------------------


@transaction.atomic
def create_open_link(
    *,
    assessment: Assessment,
    title: str,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    most_people: int | None = None,
    by: Actor,
    now: datetime,
) -> OpenLink:
    """Make an open link to a published test and return it.

    Raises `CannotInvite` for a test that takes nobody and `ValidationError` keyed by field.
    """
    if assessment.retired_at is not None or assessment.current_version_id is None:
        raise CannotInvite(
            _("The test “%(name)s” is not published. Publish it, then make a link.")
            % {"name": assessment.name}
        )
    if closes_at is not None and closes_at <= now:
        raise ValidationError({"closes_at": _("Choose a moment in the future.")})
    link = OpenLink(
        assessment=assessment,
        title=clean_line(title),
        opens_at=opens_at,
        closes_at=closes_at,
        most_people=most_people,
        created_at=now,
        created_by=by.user,
    )
    link.full_clean()
    link.save(force_insert=True)
    _record("open_link.created", link, by=by, now=now)
    return link


def close_open_link(*, link: OpenLink, by: Actor, now: datetime) -> OpenLink:
    """Let nobody new in by a link and return it. Whoever came keeps their invitation; twice keeps the first moment."""
    with transaction.atomic():
        if OpenLink.objects.filter(pk=link.pk, closed_at=None).update(closed_at=now):
            _record("open_link.closed", link, by=by, now=now)
    link.refresh_from_db(fields=["closed_at", "taken"])
    return link


# --- By strangers ----------------------------------------------------------------------------------------------


def sign_up(*, link: OpenLink, full_name: str, email: str, language: str = "", now: datetime) -> None:
    """Mail a confirmation to the address that somebody typed. What is known of the address changes nothing of it.

    The same address again is mailed the same link again, five times at most. Whoever calls has counted the guess.
    Raises `ValidationError` keyed "full_name" or "email", and `OpenLinkRefused` while nobody new comes in.
    """
    draft = CandidateDraft(full_name=full_name, email=email, language=language).cleaned()
    _refuse_unless_open(link, now=now)
    home = organisation()
    text = keep_consent_text(
        purpose=ConsentPurpose.SIGN_UP, language=language or settings.LANGUAGE_CODE, now=now
    )
    try:
        with transaction.atomic():
            asked = _sign_up_of(link, draft, text, now=now)
            if SignUp.objects.filter(pk=asked.pk, mails__lt=MOST_MAILS).update(
                mails=F("mails") + 1, full_name=draft.full_name, agreed_to=text, asked_at=now
            ):
                asked.refresh_from_db(fields=["mails", "full_name"])
                queue_draft(draft=_mail(asked, home), by=Actor.system(), now=now)
    except IntegrityError:
        # The same address at this very moment: theirs is mailed.
        return


def _sign_up_of(link: OpenLink, draft: CandidateDraft, text: ConsentText, *, now: datetime) -> SignUp:
    waiting = SignUp.objects.select_related("link", "open_link__assessment").filter(
        open_link=link, normalised=address_key(draft.email), confirmed_at=None
    )
    found = waiting.first()
    expires_at = now + CONFIRM_WITHIN
    if found is not None:
        extend_link(link=found.link, expires_at=expires_at, by=Actor.system(), now=now)
        return found
    asked = SignUp(
        open_link=link,
        full_name=draft.full_name,
        address=draft.email,
        normalised=address_key(draft.email),
        language=draft.language,
        agreed_to=text,
        asked_at=now,
    )
    asked.link = create_link(
        purpose=LinkPurpose.CONFIRM,
        person_ref=asked.public_id,
        by=Actor.system(),
        now=now,
        expires_at=expires_at,
    )
    asked.save(force_insert=True)
    return asked


def confirm_sign_up(*, asked: SignUp, now: datetime) -> Invitation:
    """Make a person of who confirmed their address, invite them and return the invitation; twice is once.

    The limit and the closing of the link are asked for by the very statement that counts the person, and the retake
    rule of the test holds. What was typed is the person's from then on, and blanked here.
    Raises `OpenLinkRefused`, `CannotInvite` (`NotInvitedAgain` among them); nothing is written then.
    """
    with transaction.atomic():
        # The row first: of two presses the second waits, and reads what the first made.
        held = SignUp.objects.filter(pk=asked.pk).update(mails=F("mails"))
        if not held:
            raise OpenLinkRefused(LinkRefusal.OVER)
        current = SignUp.objects.select_related("open_link__assessment", "agreed_to", "invitation__link").get(
            pk=asked.pk
        )
        if current.invitation is not None:
            return current.invitation
        link, by = current.open_link, Actor.system()
        candidate, _is_new = find_or_add_candidate(
            full_name=current.full_name, email=current.address, language=current.language, by=by, now=now
        )
        earlier = _earlier(link, candidate)
        if earlier is None:
            _count(link, now=now)
        invitation = _again_or_earlier(link, candidate, earlier, now=now)
        record_consent(
            candidate=candidate,
            text=current.agreed_to,
            about=Invitation._meta.label_lower,
            about_id=invitation.pk,
            now=now,
        )
        SignUp.objects.filter(pk=current.pk).update(
            confirmed_at=now, invitation=invitation, full_name="", address="", normalised="", language=""
        )
        move_person(from_ref=current.public_id, to_ref=candidate.public_id)
        record_event(
            kind="open_link.confirmed",
            by=by,
            now=now,
            person_ref=candidate.public_id,
            about=Invitation._meta.label_lower,
            about_id=invitation.pk,
            data={"open_link": link.pk},
        )
    return invitation


def _earlier(link: OpenLink, candidate: Candidate) -> Invitation | None:
    came = Invitation.objects.filter(candidate=candidate, sign_ups__open_link=link)
    return came.select_related("link").order_by("-pk").first()


def _again_or_earlier(
    link: OpenLink, candidate: Candidate, earlier: Invitation | None, *, now: datetime
) -> Invitation:
    """Return the invitation that the person has by this link, or a new one where that one is over and done."""
    if earlier is not None:
        state = earlier.state(queries.latest_attempt(earlier.pk), now=now)
        # What a colleague withdrew or declared void is not to be had again by the same door.
        if state not in (InvitationState.EXPIRED, InvitationState.FINISHED):
            return earlier
    make = inviter()
    made = make(link, candidate, now) if make is not None else None
    if made is not None:
        return made
    number = SignUp.objects.filter(open_link=link, invitation__candidate=candidate).count() + 1
    intent = f"open_link:{link.pk}:candidate:{candidate.pk}:{number}"
    return invite(candidate=candidate, assessment=link.assessment, intent=intent, by=Actor.system(), now=now)


def _count(link: OpenLink, *, now: datetime) -> None:
    """Count somebody new if the link takes them: one statement decides, however many come at once."""
    takes = OpenLink.objects.filter(
        Q(most_people=None) | Q(taken__lt=F("most_people")),
        Q(opens_at=None) | Q(opens_at__lte=now),
        Q(closes_at=None) | Q(closes_at__gt=now),
        pk=link.pk,
        closed_at=None,
    )
    if not takes.update(taken=F("taken") + 1):
        _refuse_unless_open(OpenLink.objects.get(pk=link.pk), now=now)
        raise OpenLinkRefused(LinkRefusal.OVER)


def _refuse_unless_open(link: OpenLink, *, now: datetime) -> None:
    if link.is_open(now=now):
        return
    if link.opens_at is not None and now < link.opens_at and link.closed_at is None:
        raise OpenLinkRefused(LinkRefusal.NOT_YET)
    raise OpenLinkRefused(LinkRefusal.FULL if link.is_full and link.closed_at is None else LinkRefusal.OVER)


def forget_sign_ups(*, now: datetime, limit: int = 200) -> int:
    """Forget whoever did not confirm in time, with the mail that went to them, and return how many."""
    late = SignUp.objects.filter(confirmed_at=None, asked_at__lt=now - CONFIRM_WITHIN)
    rows = list(
        late.order_by("asked_at", "pk").values_list("pk", "public_id", "full_name", "address")[:limit]
    )
    for pk, public_id, full_name, address in rows:
        with transaction.atomic():
            if SignUp.objects.filter(pk=pk, confirmed_at=None).delete()[0]:
                redact_person(person_ref=public_id, now=now, names=[full_name, address])
    return len(rows)


def _mail(asked: SignUp, home: Organisation) -> MessageDraft:
    return MessageDraft(
        intent=f"sign_up:{asked.pk}:{asked.mails}",
        kind=SIGN_UP,
        audience=Audience.CANDIDATE,
        to_name=asked.full_name,
        to_address=asked.address,
        context={
            "candidate_name": asked.full_name,
            "title": asked.open_link.title,
            "test_name": asked.open_link.assessment.name,
            "organisation": home.name,
            "contact": contact_words(home),
        },
        link=asked.link,
        person_ref=asked.public_id,
        about=OpenLink._meta.label_lower,
        about_id=asked.open_link_id,
        language=asked.language or home.language,
        scope=link_scope(asked.open_link_id),
    )


def _record(kind: str, link: OpenLink, *, by: Actor, now: datetime) -> None:
    record_event(kind=kind, by=by, now=now, about=OpenLink._meta.label_lower, about_id=link.pk)
