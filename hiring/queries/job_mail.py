"""Which words mail has for the people of one job, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation

from accounts.models import Actor
from hiring.models import ApplicationAssessment, Job, JobOpenLink
from hiring.registries import LETTER, MAIL_OF_JOBS
from hiring.rules import job_scope
from outbox.models import MessageTemplate
from outbox.registries import kind_title, message_kind


@dataclass(frozen=True, slots=True)
class JobMailLine:
    """The words of a mail in one language: the job's own, those of everywhere, or the built-in ones."""

    language: str
    own: MessageTemplate | None = None
    everywhere: MessageTemplate | None = None

    @property
    def language_name(self) -> str:
        return dict(settings.CANDIDATE_LANGUAGES).get(self.language, self.language)

    @property
    def subject(self) -> str:
        """Of the words that hold; "" for built-in ones."""
        saved = self.own or self.everywhere
        return saved.subject if saved else ""


@dataclass(frozen=True, slots=True)
class JobMail:
    """A mail by what it is for, or a letter by its name, with its words in each language."""

    kind: str
    name: str
    lines: list[JobMailLine] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.name or str(kind_title(self.kind))


def job_mail(job: Job, actor: Actor) -> list[JobMail]:
    """Return the mail whose words `job` can have of its own: letters by name first, then each kind. One query."""
    rows = MessageTemplate.objects.filter(
        kind__in=MAIL_OF_JOBS, scope__in={"", job_scope(job.pk)}, is_active=True
    ).visible_to(actor)
    found: dict[tuple[str, str], dict[str, dict[str, MessageTemplate]]] = {}
    for row in rows.order_by("name", "language", "pk"):
        found.setdefault((row.kind, row.name), {}).setdefault(row.language, {})[row.scope] = row
    named = [key for key in found if key[0] == LETTER and key[1]]
    return [
        JobMail(kind, name, _lines(job, found.get((kind, name), {})))
        for kind, name in [*named, *((kind, "") for kind in MAIL_OF_JOBS if kind != LETTER)]
    ]


def _lines(job: Job, found: dict[str, dict[str, MessageTemplate]]) -> list[JobMailLine]:
    languages = [language for language, _name in settings.CANDIDATE_LANGUAGES]
    return [
        JobMailLine(language, found.get(language, {}).get(job_scope(job.pk)), found.get(language, {}).get(""))
        for language in languages
    ]


def words_of_job(job: Job, *, kind: str, language: str, name: str) -> tuple[MessageTemplate, bool]:
    """Return the words that a mail has for `job` now, and whether they are its own. One query.

    Where nobody saved any they are the built-in ones, in a row that is not stored; so for a letter without a name.
    """
    scope = job_scope(job.pk)
    rows = MessageTemplate.objects.filter(
        kind=kind, language=language, name=name, scope__in={"", scope}, is_active=True
    )
    saved = rows.order_by("-scope").first()
    if saved is not None:
        return saved, saved.scope == scope
    known = message_kind(kind)
    with translation.override(language):
        words = {"subject": str(known.subject), "body": str(known.body), "button": str(known.button)}
    return MessageTemplate(kind=kind, language=language, name=name, scope=scope, **words), False


def scopes_of_invitations(invitation_ids: Sequence[int]) -> Mapping[int, str]:
    """Return whose words mail about these invitations has: those of the job that they were made for. One query."""
    ties = ApplicationAssessment.objects.filter(invitation__in=invitation_ids)
    return {pk: job_scope(job_id) for pk, job_id in ties.values_list("invitation_id", "application__job_id")}


def scope_of_open_link(open_link_id: int) -> str:
    """Return whose words the mail of an open link has: those of its job; "" where it has none. One query."""
    ties = JobOpenLink.objects.filter(open_link=open_link_id).values_list("job_id", flat=True)
    return next((job_scope(job_id) for job_id in ties), "")
