"""What colleagues write to people: which words there are, who would get them, what the fields say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Actor, Organisation
from accounts.queries import organisation
from hiring.enums import ApplicationStatus, Capability, LetterReply
from hiring.models import Application, Job
from hiring.queries.access import jobs_where
from hiring.queries.selections import Skip, load_addresses
from hiring.registries import LETTER
from hiring.rules import Letter, LetterWords, job_scope
from outbox.models import MessageTemplate
from outbox.rules import used_fields
from rendering.moments import exact_time

_CHUNK = 500


def letters_for(actor: Actor, job: Job | None = None) -> QuerySet[MessageTemplate]:
    """Return the letters that somebody can begin with, by name: the job's own, and those of everywhere that have no
    such name and language in the job. Lazy.
    """
    seen = MessageTemplate.objects.filter(kind=LETTER, is_active=True).visible_to(actor)
    letters: QuerySet[MessageTemplate] = seen.exclude(name="")
    everywhere = Q(scope="")
    if job is not None:
        own = letters.filter(scope=job_scope(job.pk), name=OuterRef("name"), language=OuterRef("language"))
        everywhere = Q(scope=job_scope(job.pk)) | (everywhere & Q(~Exists(own)))
    return letters.filter(everywhere).order_by("name", "language", "pk")


def other_words(
    actor: Actor, template: MessageTemplate, *, job: Job | None = None, jobs: Collection[Job] = ()
) -> tuple[LetterWords, ...]:
    """Return what the letter of `template` says in its other languages, among those of `letters_for`; and where it is
    for people of several `jobs`, what it says in the own words of these. One or two queries.
    """
    rows = [*letters_for(actor, job).filter(name=template.name).exclude(language=template.language)]
    if job is None and jobs:
        own = MessageTemplate.objects.filter(kind=LETTER, is_active=True, name=template.name)
        scopes = [job_scope(each.pk) for each in jobs]
        rows += own.filter(scope__in=scopes).visible_to(actor).order_by("scope", "language", "pk")
    return tuple(
        LetterWords(
            language=row.language,
            subject=row.subject,
            body=row.body,
            button=row.button,
            scope=row.scope if job is None else "",
        )
        for row in rows
    )


def letter_of(letter: Letter, application: Application, sender: Organisation) -> Letter:
    """Return `letter` as it is for the person of an application: in their language, in the words of their job."""
    return letter.read_in(language_of(application, sender), job_scope(application.job_id))


def language_of(application: Application, sender: Organisation) -> str:
    """Return the language that the person of an application reads."""
    return application.candidate.language or sender.language


@dataclass(frozen=True, slots=True)
class LetterLanguages:
    """In which languages how many get a letter, by their names; how many of them read another one; and how many get
    the own words of which job.
    """

    written: list[tuple[str, int]]
    others: list[tuple[str, int]]
    jobs: list[tuple[str, int]]

    @property
    def other_count(self) -> int:
        return sum(count for _name, count in self.others)


def letter_languages(people: Sequence[Application], letter: Letter, sender: Organisation) -> LetterLanguages:
    """Return in which languages `people` get `letter`. No query."""
    written: Counter[str] = Counter()
    others: Counter[str] = Counter()
    jobs: Counter[str] = Counter()
    for application in people:
        reads = language_of(application, sender)
        words = letter.words_for(reads, job_scope(application.job_id))
        gets = words.language if words else letter.language
        written[_language_name(gets)] += 1
        if gets != reads:
            others[_language_name(reads)] += 1
        if words is not None and words.scope:
            jobs[application.job.title] += 1
    return LetterLanguages(sorted(written.items()), sorted(others.items()), sorted(jobs.items()))


def _language_name(code: str) -> str:
    try:
        name: str = translation.get_language_info(code)["name_local"]
    except KeyError:
        return code
    return dict(settings.CANDIDATE_LANGUAGES).get(code, name)


@dataclass(frozen=True, slots=True)
class LetterPreview:
    """Who would get a letter, and who would not and why."""

    will: list[Application]
    skipped: list[Skip] = field(default_factory=list)


def preview_letters(
    application_ids: Iterable[int], letter: Letter, *, actor: Actor, alone: bool = False
) -> LetterPreview:
    """Return who of a selection would get `letter`, each of them once. A few queries for each 500.

    Whoever has withdrawn is written to only `alone`: somebody meant them.
    """
    found, skipped = _addressees(application_ids, actor)
    sender = organisation()
    will: list[Application] = []
    people: set[int] = set()
    for application in found:
        skip = _why_not(application, people, alone=alone)
        skip = skip or _nothing_for(application, letter, sender, actor)
        if skip:
            skipped.append(skip)
        else:
            will.append(application)
            people.add(application.candidate_id)
    return LetterPreview(will, skipped)


def _addressees(application_ids: Iterable[int], actor: Actor) -> tuple[list[Application], list[Skip]]:
    """The applications among the ids whose people the actor may write to, in their order, and the others."""
    ids = list(dict.fromkeys(application_ids))
    mine = jobs_where(actor, Capability.MAIL)
    found: dict[int, Application] = {}
    for start in range(0, len(ids), _CHUNK):
        part = Application.objects.filter(pk__in=ids[start : start + _CHUNK], job__in=mine)
        rows = {row.pk: row for row in part.select_related("candidate", "job", "stage")}
        load_addresses(list(rows.values()))
        found |= rows
    missing = [Skip(pk, None, "not_yours") for pk in ids if pk not in found]
    return [found[pk] for pk in ids if pk in found], missing


def _why_not(application: Application, people: set[int], *, alone: bool) -> Skip | None:
    candidate = application.candidate
    checks = (
        (candidate.erased_at is not None, "erased"),
        (candidate.merged_into_id is not None, "merged"),
        (application.status == ApplicationStatus.WITHDRAWN and not alone, "withdrawn"),
        (not application.email, "no_address"),  # type: ignore[attr-defined]
        (candidate.pk in people, "twice"),
    )
    code = next((code for holds, code in checks if holds), "")
    return Skip(application.pk, application, code) if code else None


def _nothing_for(application: Application, letter: Letter, sender: Organisation, actor: Actor) -> Skip | None:
    own = letter_of(letter, application, sender)
    used = sorted(used_fields(f"{own.subject} {own.body}"))
    values = fields_of(own, application, sender, actor)
    empty = next((name for name in used if not values.get(name, "").strip()), None)
    if empty is None:
        return None
    return Skip(application.pk, application, "no_value", detail=f"{{{{ {empty} }}}}")


def answers_to(letter: Letter, job: Job, actor: Actor) -> str:
    """Return the address that an answer to `letter` goes to; "" for that of the organisation."""
    if letter.reply_to == LetterReply.ME:
        return actor.user.email if actor.user is not None else ""
    return job.reply_to if letter.reply_to == LetterReply.JOB else ""


def fields_of(letter: Letter, application: Application, sender: Organisation, actor: Actor) -> dict[str, str]:
    """Return what stands in `letter` for this person, by the name of the merge field."""
    return letter_fields(
        application,
        sender,
        contact=answers_to(letter, application.job, actor),
        sender_name=str(actor.user or sender.name),
        language=letter.language,
    )


def letter_fields(
    application: Application,
    sender: Organisation,
    *,
    contact: str = "",
    sender_name: str = "",
    language: str = "en",
) -> dict[str, str]:
    """Return the values of a letter's merge fields for an application whose person, job and stage are loaded."""
    with translation.override(language):
        somebody = _("the person you were in touch with")
    return {
        "candidate_name": application.candidate.full_name,
        "job_title": application.job.title,
        # The name that colleagues use may say what is not for candidates.
        "stage_name": application.stage.public_name,
        "organisation": sender.name,
        "sender_name": sender_name,
        "contact": contact or sender.reply_to or sender.privacy_contact or somebody,
    }


def sample_fields(
    application: Application, sender: Organisation, *, language: str, now: datetime
) -> dict[str, str]:
    """Return values for every merge field of a job's mail, to try words on a real application."""
    with translation.override(language):
        day = exact_time(timezone.localdate(now))
    return {
        **letter_fields(
            application,
            sender,
            contact=application.job.reply_to,
            sender_name=sender.name,
            language=language,
        ),
        "allowed_on": day,
    }
