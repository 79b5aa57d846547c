"""Mail to candidates that did not arrive: what it is about, and where its address is corrected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from assessments.models import Attempt, Invitation
from candidates.models import Candidate, CandidateEmail
from hiring.enums import ApplicationStatus, Capability
from hiring.models import Application, ApplicationAssessment
from hiring.queries.access import jobs_where, may
from outbox.enums import Audience, MessageState
from outbox.models import InboundMessage, Message
from outbox.queries import needs_you
from outbox.registries import Correcting

# Asked again, an unknown one could come twice: whoever knows that the address is wrong says so by another mail.
_CORRECTABLE = (MessageState.BOUNCED, MessageState.FAILED)


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that did not arrive. `application` is the one it is about, if there is one; `correcting` where its
    address is corrected, if the actor may; `may_reject` whether the actor may reject the application instead.
    """

    message: Message
    application: Application | None
    correcting: Correcting | None
    may_reject: bool

    @property
    def shown_state(self) -> MessageState:
        return MessageState(self.message.state)


def undelivered_mail(actor: Actor) -> QuerySet[Message]:
    """Return what did not arrive and nobody has seen to, as far as the actor sees it, newest first. Lazy."""
    mail = Message.objects.filter(needs_you()).visible_to(actor)
    return mail.defer("body").order_by("-created_at", "-pk")


def undelivered_rows(messages: Iterable[Message], actor: Actor) -> list[Undelivered]:
    """Return the messages with what they are about, and who corrects their address or rejects. Seven queries."""
    rows = list(messages)
    applications = applications_of(rows)
    mailed = set(jobs_where(actor, Capability.MAIL).values_list("pk", flat=True))
    decided = set(jobs_where(actor, Capability.DECIDE).values_list("pk", flat=True))
    refs = {message.person_ref for message in rows if _is_correctable(message)}
    people = dict(
        CandidateEmail.objects.filter(candidate__public_id__in=refs, is_primary=True).values_list(
            "candidate__public_id", "address"
        )
    )
    found = []
    for message in rows:
        application = applications.get((message.about, message.about_id or 0))
        may_write = application.job_id in mailed if application else _may_without_job(actor)
        address = people.get(message.person_ref)
        correcting = correcting_to(message, address) if may_write and address else None
        may_reject = (
            application is not None
            and application.job_id in decided
            and application.status in (ApplicationStatus.ACTIVE, ApplicationStatus.ON_HOLD)
        )
        found.append(Undelivered(message, application, correcting, may_reject))
    return found


def application_of_mail(message: Message) -> Application | None:
    """Return the application that a message is about, itself or by a test; None where there is none. Two queries."""
    return applications_of([message]).get((message.about, message.about_id or 0))


def may_resend(actor: Actor, message: Message) -> bool | None:
    """Whether `actor` sends a mail about an application again or takes it back; None of other mail. Three queries."""
    application = application_of_mail(message)
    return may(actor, Capability.MAIL, application.job) if application else None


def where_to_correct(actor: Actor, message: Message) -> Correcting | None:
    """Return where `actor` corrects the address of `message`, which they see; None where they may not, or there is
    nothing to correct. Five queries at most.
    """
    if not _is_correctable(message) or actor.user is None or actor.api_key is not None:
        return None
    candidate = Candidate.objects.visible_to(actor).filter(public_id=message.person_ref).first()
    if candidate is None or candidate.erased_at is not None:
        return None
    application = application_of_mail(message)
    if not (may(actor, Capability.MAIL, application.job) if application else _may_without_job(actor)):
        return None
    main = candidate.emails.filter(is_primary=True).values_list("address", flat=True).first()
    return Correcting(_url(message), main or message.to_address)


def correcting_to(message: Message, address: str) -> Correcting | None:
    """Return where the address of a message is corrected by somebody who may; `address` is what to begin with."""
    return Correcting(_url(message), address) if _is_correctable(message) else None


def _is_correctable(message: Message) -> bool:
    is_waiting = message.state in _CORRECTABLE and message.settled_at is None
    return is_waiting and message.audience == Audience.CANDIDATE and bool(message.person_ref)


def _may_without_job(actor: Actor) -> bool:
    return actor.has_role(Role.RECRUITER, Role.ADMINISTRATOR)


def _url(message: Message) -> str:
    return reverse("hiring:correct-mail", args=[message.public_id])


def applications_of(messages: Iterable[Message | InboundMessage]) -> dict[tuple[str, int], Application]:
    """Return the applications that messages are about, by label and row. Three queries at most."""
    ids: dict[str, set[int]] = {}
    for message in messages:
        ids.setdefault(message.about, set()).add(message.about_id or 0)
    rows = Application.objects.select_related("job", "candidate")
    found: dict[tuple[str, int], Application] = {}
    if wanted := ids.get(Application._meta.label_lower):
        found |= {("hiring.application", row.pk): row for row in rows.filter(pk__in=wanted)}
    invitations = {pk: pk for pk in ids.get(Invitation._meta.label_lower, ())}
    attempts = dict(
        Attempt.objects.filter(pk__in=ids.get(Attempt._meta.label_lower, ())).values_list(
            "pk", "invitation_id"
        )
    )
    if invitations or attempts:
        links = ApplicationAssessment.objects.filter(
            invitation__in={*invitations, *attempts.values()}
        ).select_related("application__job", "application__candidate")
        by_invitation = {link.invitation_id: link.application for link in links}
        for label, wanted_by in (("assessments.invitation", invitations), ("assessments.attempt", attempts)):
            found |= {
                (label, pk): by_invitation[invitation]
                for pk, invitation in wanted_by.items()
                if invitation in by_invitation
            }
    return found
