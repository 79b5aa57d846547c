"""Words of mail that hold for one job alone."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Actor
from hiring.models import Job
from hiring.operations.access import require_manager
from hiring.registries import MAIL_OF_JOBS
from hiring.rules import job_scope
from outbox.models import MessageTemplate
from outbox.operations import save_template


def save_job_words(
    *,
    job: Job,
    kind: str,
    language: str,
    subject: str,
    body: str,
    button: str = "",
    name: str = "",
    by: Actor,
    now: datetime,
) -> MessageTemplate:
    """Save words that mail of a kind, or the letter of a name, has for people of `job`, and return them.

    Mail that waits stays as it was written.
    Raises: `PermissionDenied`; `ValidationError` as `save_template`.
    """
    require_manager(by, job)
    if kind not in MAIL_OF_JOBS:
        raise ValidationError({"kind": _("Mail of this kind has the same words for every job.")})
    before = MessageTemplate.objects.filter(
        scope=job_scope(job.pk), kind=kind, language=language, name=name.strip()
    ).first()
    return save_template(
        template=before,
        kind=kind,
        language=language,
        subject=subject,
        body=body,
        button=button,
        name=name,
        scope=job_scope(job.pk),
        is_active=True,
        by=by,
        now=now,
    )


def drop_job_words(*, job: Job, template: MessageTemplate, by: Actor, now: datetime) -> MessageTemplate:
    """Let the words that hold everywhere hold for `job`, too, in the place of its own, and return what is out of use.

    Raises `PermissionDenied`, also for words of another job.
    """
    require_manager(by, job)
    own: MessageTemplate = MessageTemplate.objects.get(pk=template.pk, scope=job_scope(job.pk))
    return save_template(
        template=own,
        kind=own.kind,
        language=own.language,
        subject=own.subject,
        body=own.body,
        button=own.button,
        name=own.name,
        scope=own.scope,
        is_active=False,
        by=by,
        now=now,
    )
