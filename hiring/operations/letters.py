"""Letters that colleagues write: to one person, or as long work to many; and taking them back while they wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import decode_header, make_header
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import ActorKind, Role
from accounts.models import Actor, Organisation
from accounts.queries import organisation
from hiring.enums import Capability
from hiring.models import Application, Job
from hiring.operations.access import require_may
from hiring.operations.bulk_inviting import CHUNK, frozen_ids
from hiring.operations.errors import LetterRefused
from hiring.operations.results import Tally, skip_rows
from hiring.operations.status_links import status_links
from hiring.queries.letters import answers_to, fields_of, letter_of, preview_letters
from hiring.registries import LETTER
from hiring.rules import LETTER_LATEST, Letter, job_scope, letter_intent
from outbox.enums import Audience
from outbox.models import AccessLink, Event, Message, Work
from outbox.operations import (
    MessageDraft,
    built_message,
    cancel_batch,
    check_attachments,
    give_way,
    queue_draft,
    queue_messages,
    queue_work,
    record_event,
)
from outbox.operations.sending import compose
from outbox.operations.templates import Words, check_words
from outbox.registries import Report
from outbox.rules import LINK_MARK

LETTERS = "hiring.letters"
_TAKEN_BACK = "letters.taken_back"


def write_letter(
    *, application: Application, letter: Letter, intent: str, by: Actor, now: datetime
) -> Message:
    """Queue `letter` to one person and return the message; the same `intent` again changes nothing.

    It goes out when it says, and never before the time for second thoughts is over.
    Raises: `PermissionDenied`; `ValidationError` keyed by the parts of the letter; `LetterRefused` when this person
    cannot be written to or a field of the text has nothing to say of them.
    """
    require_may(by, Capability.MAIL, application.job)
    check_letter(letter, now=now)
    found = preview_letters([application.pk], letter, actor=by, alone=True)
    if found.skipped:
        skip = found.skipped[0]
        raise LetterRefused(skip.code, f"{application.candidate}: {skip.text}.")
    with transaction.atomic():
        [draft] = _drafts(found.will, letter, organisation(), batch=intent, by=by, now=now)
        return queue_draft(draft=draft, by=by, now=now)


def queue_letters(
    *,
    application_ids: Sequence[int],
    letter: Letter,
    job: Job | None = None,
    intent: str,
    by: Actor,
    now: datetime,
) -> Work:
    """Ask for `letter` to be written to a selection and return the work. People and words are frozen here.

    Arguments: `job` where all of them are of one; without it they are of any that the actor writes for. `intent` comes
    from the form.
    Raises: `PermissionDenied`; `ValidationError` keyed "applications" or by the parts of the letter.
    """
    if by.kind is not ActorKind.USER:
        raise PermissionDenied(_("Letters are written by people, on their pages."))
    if job is not None:
        require_may(by, Capability.MAIL, job)
    check_letter(letter, now=now)
    ids = frozen_ids(application_ids)
    return queue_work(
        kind=LETTERS,
        intent=f"{LETTERS}:{intent}",
        arguments={"job": job.pk if job else None, "letter": letter.as_data(), "applications": ids},
        by=by,
        now=now,
        total=len(ids),
    )


def do_letters(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Do the work of `queue_letters`, in short transactions, and return its result.

    Doing it again writes to nobody twice. It stops when the letters are taken back meanwhile.
    """
    letter, batch = Letter.of_data(work.arguments["letter"]), work.public_id
    found = preview_letters(work.arguments["applications"], letter, actor=actor)
    will = [] if is_taken_back(work) else found.will
    tally, sender = Tally(skipped=list(found.skipped)), organisation()
    for start in range(0, len(will), CHUNK):
        part = will[start : start + CHUNK]
        if start:
            give_way()
        with transaction.atomic():
            drafts = _drafts(part, letter, sender, batch=batch, by=actor, now=now, together=True)
            queue_messages(drafts=drafts, by=actor, now=now)
        # Asked after the commit: whoever takes them back later than this finds these, too.
        if is_taken_back(work):
            cancel_batch(batch=batch, by=actor, now=now)
            break
        tally.mailed += len(part)
        report(start + len(part), len(will))
    words = ngettext("%(count)d letter is written.", "%(count)d letters are written.", tally.mailed)
    return {
        "summary": words % {"count": tally.mailed},
        "counts": [[_("Letters"), tally.mailed], *tally.counts()],
        "mailed": tally.mailed,
        **skip_rows(tally.skipped),
    }


def take_back_letters(*, work: Work, by: Actor, now: datetime) -> int:
    """Take back the letters of a selection that no worker has begun to send; return how many those are.

    Those that are not written yet are written no more. Raises `PermissionDenied` unless whoever sent them or an
    administrator asks.
    """
    is_mine = by.user is not None and work.created_by_id == by.user.pk
    if (
        work.kind != LETTERS
        or by.kind is not ActorKind.USER
        or not (is_mine or by.has_role(Role.ADMINISTRATOR))
    ):
        raise PermissionDenied
    # First of all: the worker looks for it after each part.
    record_event(kind=_TAKEN_BACK, by=by, now=now, about="outbox.work", about_id=work.pk)
    return cancel_batch(batch=work.public_id, by=by, now=now)


def is_taken_back(work: Work) -> bool:
    """Whether somebody took the letters of this work back. One query."""
    return Event.objects.filter(about="outbox.work", about_id=work.pk, kind=_TAKEN_BACK).exists()


def check_letter(letter: Letter, *, now: datetime) -> None:
    """Raise `ValidationError` keyed "subject", "body", "attached" or "send_at" for a letter that cannot be sent."""
    for name, text in (("subject", letter.subject), ("body", letter.body)):
        if not text.strip():
            raise ValidationError({name: _("Write something here.")})
    try:
        check_attachments(letter.attachments)
    except ValidationError as error:
        raise ValidationError({"attached": error}) from error
    check_words(kind=LETTER, subject=letter.subject, body=letter.body, button="")
    if letter.send_at is not None and letter.send_at <= now:
        raise ValidationError({"send_at": _("This moment is over. Choose a later one, or none.")})
    if letter.send_at is not None and letter.send_at > now + LETTER_LATEST:
        raise ValidationError({"send_at": _("Choose a moment within the next 90 days.")})


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """A letter exactly as its reader will get it; where its link is to stand, words say so."""

    application: Application
    language: str
    sender: str
    to: str
    answers: str
    subject: str
    text: str


def shown_letter(
    application: Application, letter: Letter, sender: Organisation, *, by: Actor, now: datetime
) -> ShownLetter:
    """Return `letter` as it will be mailed to the person of an application of `preview_letters`. Writes nothing."""
    draft = _draft(application, letter, sender, batch="preview", by=by, now=now)
    message = built_message(draft=draft, by=by, now=now)
    place = _("[Here stands the button “%(label)s”, with the person’s own link.]")
    message.body = message.body.replace(LINK_MARK, place % {"label": message.link_label})
    mail = compose(message, sender)
    return ShownLetter(
        application=application,
        language=message.language,
        # The envelope has an address of its own, and so may answers: each mail another one.
        sender=_readable(mail.extra_headers["From"]),
        to=_readable(mail.to[0]),
        answers=draft.reply_to or sender.reply_to,
        subject=str(mail.subject),
        text=str(mail.body),
    )


def _readable(address: str) -> str:
    """An address as mail programs show it: its name is encoded on the way."""
    return str(make_header(decode_header(address)))


def _drafts(
    applications: Sequence[Application],
    letter: Letter,
    sender: Organisation,
    *,
    batch: str,
    by: Actor,
    now: datetime,
    together: bool = False,
) -> list[MessageDraft]:
    """What goes out, in the caller's transaction: whose words have a link gets the one to their status page."""
    led = [row for row in applications if letter_of(letter, row, sender).has_link]
    links = status_links(led, now=now) if led else {}
    return [
        _draft(row, letter, sender, batch=batch, by=by, now=now, together=together, link=links.get(row.pk))
        for row in applications
    ]


def _draft(
    application: Application,
    letter: Letter,
    sender: Organisation,
    *,
    batch: str,
    by: Actor,
    now: datetime,
    together: bool = False,
    link: AccessLink | None = None,
) -> MessageDraft:
    candidate = application.candidate
    letter = letter_of(letter, application, sender)
    return MessageDraft(
        intent=letter_intent(batch, candidate.pk),
        kind=LETTER,
        audience=Audience.CANDIDATE,
        to_name=candidate.full_name,
        to_address=application.email,  # type: ignore[attr-defined]
        context=fields_of(letter, application, sender, by),
        words=Words(letter.subject, letter.body, letter.button),
        link=link,
        person_ref=candidate.public_id,
        about=Application._meta.label,
        about_id=application.pk,
        scope=job_scope(application.job_id),
        language=letter.language,
        due_at=letter.due_at(now=now),
        reply_to=answers_to(letter, application.job, by),
        batch=batch if together else "",
        attachments=letter.attachments,
    )
