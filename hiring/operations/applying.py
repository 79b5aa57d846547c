"""Applying from outside: what strangers send by the form of a job.

Whoever sends it learns nothing: that somebody is known here, has applied already or may not again yet is said in the
mail to that address alone. What a stranger typed never changes a person who is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Actor, Organisation
from accounts.operations import take_guess
from accounts.queries import organisation
from accounts.rules import GuessDoor
from candidates.enums import DocumentKind
from candidates.models import Candidate, ConsentText, Document
from candidates.operations import (
    CandidateDraft,
    KeptFile,
    add_document,
    find_or_add_candidate,
    kept_file,
    record_consent,
)
from candidates.queries import address_key
from hiring.enums import ApplicationStatus, JobStatus, Source
from hiring.models import Application, ApplicationAnswer, ApplicationQuestion, Job, TrackingLink
from hiring.operations.applications import add_application, first_stage
from hiring.operations.errors import JobRefused
from hiring.operations.own_documents import tie_document
from hiring.operations.status_links import status_links
from hiring.queries.applying_again import again_from, earlier_application, is_known_to_read
from hiring.queries.documents import documents_of_it_alone
from hiring.registries.mail import (
    APPLICATION_KNOWN,
    APPLICATION_RECEIVED,
    APPLICATION_TOO_EARLY,
)
from hiring.rules import job_scope
from hiring.rules.answers import AnswerDraft, is_flagged
from outbox.enums import Audience
from outbox.models import AccessLink, Message
from outbox.operations import MessageDraft, queue_messages
from rendering.documents.sniffing import DocumentRefused
from rendering.moments import exact_time
from shell.unavailable import again_after_collision

ABOUT = "hiring.application"


@dataclass(frozen=True, kw_only=True)
class SentFile:
    """A file of a form under the name that its person gave it: the answer to `question_id`, without one the résumé.

    An error about it is keyed by `field`.
    """

    field: str
    upload: File[bytes]
    question_id: int | None = None

    @property
    def kind(self) -> DocumentKind:
        return DocumentKind.RESUME if self.question_id is None else DocumentKind.ANSWER


@dataclass(frozen=True, kw_only=True)
class OutsideApplication:
    """What a form of a job brought, cleaned: who, what they answered, sent and agreed to, by which link they came."""

    full_name: str
    email: str
    phone: str = ""
    language: str
    agreed_to: ConsentText
    answers: Sequence[AnswerDraft] = ()
    files: Sequence[SentFile] = ()
    link: TrackingLink | None = None

    def person(self) -> CandidateDraft:
        """Return whom it is about. Raises `ValidationError` keyed "full_name", "email" or "phone"."""
        return CandidateDraft(
            full_name=self.full_name, email=self.email, phone=self.phone, language=self.language
        ).cleaned()


def apply_from_outside(*, job: Job, sent: OutsideApplication, now: datetime) -> None:
    """Let somebody apply for an open job by its form. What became of it is in the mail that is queued.

    New: a person unless their address is known, an application with its answers, documents and consent, a link to its
    status page and the mail that holds it. Who has a live application is mailed where it stands, once a day; who may
    not apply again yet from when on they may. An address of which nobody has shown that it is theirs gets three such
    mails a day at most. All of it is one short transaction; the files are written before it, and deleted where nothing
    came of it.
    Raises: `ValidationError` keyed by field; `JobRefused` when the job takes nobody now; `OSError` for a disk without
    room.
    """
    person = sent.person()
    with ExitStack() as block:
        files = [(file, _kept(file, block)) for file in sent.files]
        _apply(job, sent, person, files, now=now)


def _kept(file: SentFile, block: ExitStack) -> KeptFile:
    try:
        return block.enter_context(kept_file(upload=file.upload, kind=file.kind))
    except DocumentRefused as refusal:
        raise ValidationError({file.field: refusal.words}) from refusal


@again_after_collision
def _apply(
    job: Job,
    sent: OutsideApplication,
    person: CandidateDraft,
    files: Sequence[tuple[SentFile, KeptFile]],
    *,
    now: datetime,
) -> None:
    home = organisation()
    with transaction.atomic():
        _require_open(job)
        stage = first_stage(job)
        by = Actor.system()
        candidate, is_new = find_or_add_candidate(
            full_name=person.full_name,
            email=person.email,
            phone=person.phone,
            language=person.language,
            by=by,
            now=now,
        )
        # What only looks like a known address may be somebody else's: mail goes to the one that is kept.
        address = person.email if is_new else _kept_address(candidate, person.email)
        mail = _Mail(job, candidate, address, sent.language, home, now)
        last = earlier_application(candidate_id=candidate.pk, job_id=job.pk)
        if last is not None and last.status not in ApplicationStatus.live:
            allowed_at = again_from(last, job)
            if allowed_at > now:
                mail.queue_too_early(last, allowed_at)
                return
        application, is_added = add_application(
            job=job,
            candidate=candidate,
            stage=stage,
            source=Source(sent.link.source) if sent.link else Source.CAREERS,
            applied_at=now,
            previous=last,
            by=by,
            now=now,
        )
        if not is_added:
            mail.queue_known(application, status_links([application], now=now)[application.pk])
            return
        documents = _documents(application, files, now=now)
        _complete(application, sent, person, documents, is_new=is_new, now=now)
        mail.queue_received(application, status_links([application], now=now)[application.pk])


def _kept_address(candidate: Candidate, typed: str) -> str:
    return candidate.emails.get(normalised=address_key(typed)).address


def _require_open(job: Job) -> None:
    if not Job.objects.filter(pk=job.pk, status=JobStatus.OPEN).exists():
        raise JobRefused("not_open", "")


def _complete(
    application: Application,
    sent: OutsideApplication,
    person: CandidateDraft,
    documents: Mapping[int, Document],
    *,
    is_new: bool,
    now: datetime,
) -> None:
    """Write what came with a new application: credit, answers, consent. `documents` answer questions."""
    candidate = application.candidate
    answers = _answers(application, sent.answers, documents)
    application.is_flagged = any(answer.is_flagged for answer in answers)
    application.language = sent.language
    if sent.link is not None:
        application.tracking_link = sent.link
        application.referred_by_id = sent.link.referred_by_id
        application.agency = sent.link.agency
    if not is_new:
        # Only what differs from what is known says something.
        application.typed_name = person.full_name if person.full_name != candidate.full_name else ""
        application.typed_phone = person.phone if person.phone != candidate.phone else ""
    application.save(
        update_fields=[
            "is_flagged",
            "language",
            "tracking_link",
            "referred_by",
            "agency",
            "typed_name",
            "typed_phone",
        ]
    )
    ApplicationAnswer.objects.bulk_create(answers)
    record_consent(candidate=candidate, text=sent.agreed_to, about=ABOUT, about_id=application.pk, now=now)


def _documents(
    application: Application, files: Sequence[tuple[SentFile, KeptFile]], *, now: datetime
) -> dict[int, Document]:
    """Let the files of a form be documents of the application, and return those that answer questions."""
    answers: dict[int, Document] = {}
    for file, kept in files:
        document = add_document(
            candidate=application.candidate,
            kind=file.kind,
            kept=kept,
            among=documents_of_it_alone(application),
            by=None,
            now=now,
        )
        tie_document(application=application, document=document)
        if file.question_id is not None:
            answers[file.question_id] = document
    return answers


def _answers(
    application: Application, drafts: Sequence[AnswerDraft], documents: Mapping[int, Document]
) -> list[ApplicationAnswer]:
    given = {question_id: AnswerDraft(question_id=question_id) for question_id in documents}
    given |= {draft.question_id: draft for draft in drafts}
    questions = ApplicationQuestion.objects.filter(job=application.job_id, pk__in=given).order_by("pk")
    return [
        ApplicationAnswer(
            application=application,
            question=question,
            text=draft.text,
            codes=list(draft.codes),
            number=draft.number,
            document=documents.get(question.pk),
            is_flagged=is_flagged(question.flags, codes=draft.codes, number=draft.number),
        )
        for question in questions
        for draft in [given[question.pk]]
    ]


@dataclass(frozen=True, slots=True)
class _Mail:
    """The mail that answers an application, to the address that was typed; a person who is known is called by their
    own name, not by what somebody typed.
    """

    job: Job
    candidate: Candidate
    address: str
    language: str
    home: Organisation
    now: datetime

    def queue_received(self, application: Application, link: AccessLink) -> None:
        self._queue(APPLICATION_RECEIVED, f"application:{application.pk}:received", application, link)

    def queue_known(self, application: Application, link: AccessLink) -> None:
        intent = f"application:{application.pk}:known:{self.now:%Y-%m-%d}"
        self._queue(APPLICATION_KNOWN, intent, application, link)

    def queue_too_early(self, application: Application, allowed_at: datetime) -> None:
        with translation.override(self.language), timezone.override(self.home.time_zone or "UTC"):
            # Whole days only: the hour says nothing to anybody.
            day = exact_time(timezone.localdate(allowed_at))
        intent = f"application:{application.pk}:too_early:{self.now:%Y-%m-%d}"
        self._queue(APPLICATION_TOO_EARLY, intent, application, None, allowed_on=day)

    def _queue(
        self, kind: str, intent: str, application: Application, link: AccessLink | None, **more: str
    ) -> None:
        if not self._may_go_out(intent):
            return
        draft = MessageDraft(
            intent=intent,
            kind=kind,
            audience=Audience.CANDIDATE,
            to_name=self.candidate.full_name,
            to_address=self.address,
            context={
                "candidate_name": self.candidate.full_name,
                "job_title": self.job.title,
                "organisation": self.home.name,
                "contact": contact_of(self.job, self.home, self.language),
                **more,
            },
            link=link,
            person_ref=self.candidate.public_id,
            about=ABOUT,
            about_id=application.pk,
            language=self.language,
            scope=job_scope(self.job.pk),
        )
        queue_messages(drafts=[draft], by=Actor.system(), now=self.now)

    def _may_go_out(self, intent: str) -> bool:
        """Whether this mail is new, and no nuisance for somebody who never asked for any."""
        if Message.objects.filter(intent=intent).exists():
            return False
        return is_known_to_read(self.candidate) or take_guess(
            peer=None, address=self.address, door=GuessDoor.APPLY_MAIL, now=self.now
        )


def contact_of(job: Job, home: Organisation, language: str) -> str:
    """Return whom an applicant may write to."""
    with translation.override(language):
        return job.reply_to or home.reply_to or home.privacy_contact or _("us, by answering this mail")
