"""Candidates withdraw their own application."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from accounts.queries import organisation
from candidates.queries import main_address
from hiring.enums import ApplicationStatus, TransitionCause
from hiring.models import Application
from hiring.operations.applying import contact_of
from hiring.operations.errors import MoveRefused
from hiring.operations.moves import change_status, load
from hiring.operations.withdrawing import withdraw_open_invitations
from hiring.queries.careers import is_over_for_its_person
from hiring.registries.mail import APPLICATION_WITHDRAWN
from hiring.rules import job_scope
from outbox.enums import Audience
from outbox.models import AccessLink
from outbox.operations import MessageDraft, queue_messages
from shell.unavailable import again_after_collision


@again_after_collision
def withdraw_own_application(*, application: Application, link: AccessLink, now: datetime) -> Application:
    """Let whoever holds the status link of an application withdraw it, and return it; twice is once.

    Somebody who was rejected and does not know it yet withdraws like everybody else: that the mail about it waits is
    not to be told by a button. The mail is taken back, and the history holds both.
    Side effects: the transition and a mail that confirms it in one transaction; tests that they did not start are
    withdrawn after it.
    Raises: `MoveRefused` when they know that it is over.
    """
    by, home = Actor.of_link(link_id=link.pk, person_ref=link.person_ref), organisation()
    with transaction.atomic():
        current = load(application)
        if current.status == ApplicationStatus.REJECTED and is_over_for_its_person(current):
            raise MoveRefused("no_edge", _("We do not go on with this application already."))
        changed = change_status(
            application=application,
            to_status=ApplicationStatus.WITHDRAWN,
            seen_version=None,
            by=by,
            now=now,
            cause=TransitionCause.CANDIDATE,
        )
        candidate = changed.candidate
        address = main_address(candidate)
        language = changed.language or candidate.language or home.language
        if address:
            draft = MessageDraft(
                intent=f"application:{changed.pk}:withdrawn:{changed.version}",
                kind=APPLICATION_WITHDRAWN,
                audience=Audience.CANDIDATE,
                to_name=candidate.full_name,
                to_address=address,
                context={
                    "candidate_name": candidate.full_name,
                    "job_title": changed.job.title,
                    "organisation": home.name,
                    "contact": contact_of(changed.job, home, language),
                },
                person_ref=candidate.public_id,
                about="hiring.application",
                about_id=changed.pk,
                language=language,
                scope=job_scope(changed.job_id),
            )
            queue_messages(drafts=[draft], by=by, now=now)
    withdraw_open_invitations(applications=[changed], by=Actor.system(), now=now)
    return changed
