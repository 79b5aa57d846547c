"""Rejecting a selection, with a reason and a mail, as long work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor, Organisation
from accounts.queries import organisation
from hiring.enums import ApplicationStatus, Capability
from hiring.models import Application, Job, RejectionReason
from hiring.operations.access import require_may
from hiring.operations.bulk_inviting import CHUNK, frozen_ids
from hiring.operations.moves_many import SeenApplication, reject_many
from hiring.operations.results import Tally, skip_rows
from hiring.operations.withdrawing import withdraw_open_invitations
from hiring.queries.selections import Skip, may_be_mailed, own_address, selected, why_not_rejected
from hiring.registries import REJECTION
from hiring.rules import MAIL_DAYS, job_scope, rejection_intent, settled_at
from outbox.enums import Audience
from outbox.models import Work
from outbox.operations import MessageDraft, give_way, queue_messages, queue_work
from outbox.registries import Report

REJECT = "hiring.reject"


def queue_bulk_reject(
    *,
    job: Job,
    seen: Sequence[tuple[int, int]],
    reason: RejectionReason,
    comment: str = "",
    send_mail: bool = True,
    mail_in_days: int = 0,
    withdraw_invitations: bool = False,
    intent: str,
    by: Actor,
    now: datetime,
) -> Work:
    """Ask for a selection to be rejected and return the work.

    Arguments: `seen` holds the id and the version of each application as the preview showed it; whoever was changed
    meanwhile is left out and named. `comment` is for colleagues, the mail holds nothing of it; it goes out as soon
    as the rejections can be undone no more, or `mail_in_days` later, unless the application is restored by then. With
    `withdraw_invitations` their invitations that nobody started are withdrawn; a test that runs goes on. `intent`
    comes from the form.
    Raises: `PermissionDenied`; `ValidationError` keyed "applications", "reason", "comment" or "days".
    """
    require_may(by, Capability.DECIDE, job)
    if not reason.is_active:
        raise ValidationError(
            {"reason": _("“%s” is not in use any more. Choose another reason.") % reason.name}
        )
    if len(comment) > 1000:
        raise ValidationError({"comment": _("Keep the comment to 1,000 characters.")})
    if not 0 <= mail_in_days <= MAIL_DAYS:
        raise ValidationError({"days": _("Choose between 1 and %d days.") % MAIL_DAYS})
    versions = dict(seen)
    ids = frozen_ids([pk for pk, _version in seen])
    return queue_work(
        kind=REJECT,
        intent=f"{REJECT}:{intent}",
        arguments={
            "job": job.pk,
            "reason": reason.pk,
            "comment": comment,
            "send_mail": send_mail,
            "mail_in_days": mail_in_days,
            "withdraw_invitations": withdraw_invitations,
            "applications": [[pk, versions[pk]] for pk in ids],
        },
        by=by,
        now=now,
        total=len(ids),
    )


def do_bulk_reject(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Do the work of `queue_bulk_reject`, in short transactions, and return its result.

    Doing it again goes on where it was: an application that is one version further and rejected was rejected by this.
    """
    arguments = work.arguments
    job = Job.objects.get(pk=arguments["job"])
    require_may(actor, Capability.DECIDE, job)
    reason = RejectionReason.objects.get(pk=arguments["reason"])
    tally = Tally()
    pairs: list[tuple[int, int]] = arguments["applications"]
    for start in range(0, len(pairs), CHUNK):
        part = dict(pairs[start : start + CHUNK])
        if start:
            give_way()
        with transaction.atomic():
            rejected = _reject_part(part, job, reason, arguments, tally, by=actor, now=now)
        if arguments["withdraw_invitations"]:
            tally.withdrawn += withdraw_open_invitations(applications=rejected, by=actor, now=now)
        report(min(start + CHUNK, len(pairs)), len(pairs))
    summary = ngettext("%(count)d person was rejected.", "%(count)d people were rejected.", tally.done)
    return {
        "summary": summary % {"count": tally.done},
        "counts": [
            [_("Rejected"), tally.done],
            [_("Mail queued"), tally.mailed],
            *([[_("Invitations withdrawn"), tally.withdrawn]] if tally.withdrawn else []),
            *tally.counts(),
        ],
        "rejected": tally.done,
        "mailed": tally.mailed,
        "undoable": tally.changed,
        **skip_rows(tally.skipped),
    }


def _reject_part(
    versions: Mapping[int, int],
    job: Job,
    reason: RejectionReason,
    arguments: Mapping[str, Any],
    tally: Tally,
    *,
    by: Actor,
    now: datetime,
) -> list[Application]:
    """Reject some and return those that are rejected by now."""
    found, skipped = selected(job, versions, by)
    mine = own_address(by)
    done_before, wanted = [], []
    for row in found:
        if row.status == ApplicationStatus.REJECTED and row.version == versions[row.pk] + 1:
            done_before.append(row)
            continue
        code = why_not_rejected(row, own_address=mine)
        if not code and row.version != versions[row.pk]:
            code = "changed"
        if code:
            skipped.append(Skip(row.pk, row, code))
        else:
            wanted.append(row)
    rejected = reject_many(
        seen=[SeenApplication(row, row.version) for row in wanted],
        reason=reason,
        comment=arguments["comment"],
        by=by,
        now=now,
    )
    fresh = {row.pk for row in rejected}
    skipped += [Skip(row.pk, row, "changed") for row in wanted if row.pk not in fresh]
    done = [*done_before, *rejected]
    if arguments["send_mail"]:
        people = len(arguments["applications"])
        due_at = rejection_due(arguments.get("mail_in_days", 0), people=people, now=now)
        tally.mailed += _mail([row for row in done if may_be_mailed(row)], due_at, by=by, now=now)
    tally.done += len(done)
    tally.changed += [(row.pk, row.version) for row in done]
    tally.skipped += skipped
    return done


def _mail(applications: Sequence[Application], due_at: datetime, *, by: Actor, now: datetime) -> int:
    sender = organisation()
    drafts = [rejection_mail(application, sender, due_at=due_at) for application in applications]
    queue_messages(drafts=drafts, by=by, now=now)
    return len(drafts)


def rejection_due(in_days: int, *, people: int = 1, now: datetime) -> datetime:
    """Return when the mail about a rejection of now goes out: never while that of so many can still be undone."""
    return max(now + timedelta(days=in_days), settled_at(now, people))


def rejection_mail(
    application: Application, sender: Organisation, *, due_at: datetime | None = None
) -> MessageDraft:
    """Return the mail that tells a person of a rejection: one for each time they are rejected."""
    candidate = application.candidate
    return MessageDraft(
        intent=rejection_intent(application.pk, application.version),
        kind=REJECTION,
        audience=Audience.CANDIDATE,
        to_name=candidate.full_name,
        to_address=application.email,  # type: ignore[attr-defined]
        context={
            "candidate_name": candidate.full_name,
            "job_title": application.job.title,
            "organisation": sender.name,
            "contact": sender.reply_to or sender.privacy_contact or _("the person you were in touch with"),
        },
        person_ref=candidate.public_id,
        about="hiring.application",
        about_id=application.pk,
        language=candidate.language or sender.language,
        scope=job_scope(application.job_id),
        due_at=due_at,
    )
