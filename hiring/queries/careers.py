"""What strangers read of jobs, what a job's form asks them and what they answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from accounts.models import Actor
from accounts.rules import is_code
from candidates.enums import DocumentKind
from candidates.models import Document
from hiring.enums import AnswerKind, ApplicationStatus, JobStatus
from hiring.models import (
    Application,
    ApplicationAnswer,
    ApplicationDocument,
    ApplicationQuestion,
    Job,
    StagedUpload,
    TrackingLink,
)
from hiring.rules.answers import OFFERED
from hiring.rules.careers import KEPT_FOR, MOST_IN_FEED
from hiring.rules.intents import rejection_intent
from outbox.enums import MessageState
from outbox.models import AccessLink, Message

# Of jobs that are prepared or over nobody outside is told that they exist.
PUBLIC_STATES = (JobStatus.OPEN, JobStatus.PAUSED)


def listed_jobs() -> QuerySet[Job]:
    """Return the jobs of the careers page, newest first, without their descriptions. Lazy."""
    listed = Job.objects.filter(status=JobStatus.OPEN, is_listed=True)
    return listed.defer("description", "form_introduction").order_by("-opened_at", "-pk")


def jobs_in_feed() -> list[Job]:
    """Return the newest jobs of the careers page with their descriptions. One query."""
    return list(listed_jobs().defer(None)[:MOST_IN_FEED])


def public_job(slug: str, *, link: TrackingLink | None = None) -> Job | None:
    """Return a job as strangers find it, None for one that is prepared, over or nowhere. One query.

    One that is not listed is found by an address that its recruiters handed out: a tracking `link` of its own.
    """
    job = Job.objects.filter(slug=slug, status__in=PUBLIC_STATES).first()
    if job is None or job.is_listed:
        return job
    return job if link is not None and link.job_id == job.pk else None


def tracking_link(code: str) -> TrackingLink | None:
    """Return the tracking link of `code` that still counts, with its job. One query; none for what is no code."""
    if not is_code(code):
        return None
    return TrackingLink.objects.select_related("job").filter(public_id=code, closed_at=None).first()


def tracking_links_of(job: Job | None, actor: Actor) -> QuerySet[TrackingLink]:
    """Return the tracking links of a job, or those to all jobs, that the actor sees, newest first. Lazy.

    `applied` is how many came by each, as far as the actor sees them.
    """
    links = TrackingLink.objects.filter(job=job).visible_to(actor).select_related("referred_by")
    seen = Q(applications__in=Application.objects.all().visible_to(actor).values("pk"))
    return links.annotate(applied=Count("applications", filter=seen)).order_by("-created_at", "-pk")


def form_questions(job_id: int, *, shown: Collection[int] | None = None) -> list[ApplicationQuestion]:
    """Return what the form of a job asks beside name and address, in order. One query.

    `shown` are the questions of a page that somebody opened before: they are answered as they stood there, also those
    that were taken out since.
    """
    questions = ApplicationQuestion.objects.filter(job=job_id, kind__in=OFFERED)
    chosen = Q(retired_at=None) if shown is None else Q(pk__in=shown)
    return list(questions.filter(chosen).order_by("position", "pk"))


def staged_uploads(job_id: int, codes: Mapping[str, str], *, now: datetime) -> dict[str, StagedUpload]:
    """Return the files that wait for a form of a job, by field, of those that `codes` names. One query if any are."""
    if not codes:
        return {}
    waiting = StagedUpload.objects.filter(
        job=job_id, public_id__in=codes.values(), created_at__gt=now - KEPT_FOR
    )
    return {upload.field: upload for upload in waiting if codes.get(upload.field) == upload.public_id}


# --- What somebody answered ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A question with what somebody answered, in words."""

    question: str
    answer: str
    is_flagged: bool
    # Lines of a text stay lines.
    is_text: bool
    document: Document | None


@dataclass(frozen=True, slots=True)
class FormAnswers:
    """What an applicant wrote, and by which link they came."""

    lines: tuple[AnswerLine, ...]
    link: TrackingLink | None


def answers_of(application: Application, actor: Actor, *, words: dict[str, str]) -> FormAnswers:
    """Return the answers of an application that the actor sees, in the order of the form. One query, one more where a
    tracking link brought it. `words` says yes and no.
    """
    rows = (
        ApplicationAnswer.objects.filter(application=application)
        .visible_to(actor)
        .select_related("question", "document")
        .order_by("question__position", "pk")
    )
    lines = tuple(
        AnswerLine(
            row.question.text,
            _in_words(row, words),
            row.is_flagged,
            row.question.kind == AnswerKind.LONG_TEXT,
            row.document,
        )
        for row in rows
    )
    return FormAnswers(lines, application.tracking_link)


def _in_words(answer: ApplicationAnswer, words: dict[str, str]) -> str:
    if answer.document is not None:
        return answer.document.filename
    if answer.number is not None:
        return f"{answer.number.normalize():f}"
    if not answer.codes:
        return answer.text
    texts = {option["code"]: option["text"] for option in answer.question.options}
    return ", ".join(texts.get(code, words.get(code, code)) for code in answer.codes)


# --- Where somebody stands -------------------------------------------------------------------------------------


def application_of_link(link: AccessLink) -> Application | None:
    """Return the application whose status page `link` opens, with job, stage and person. One query."""
    return (
        Application.objects.select_related("job", "stage", "candidate", "status_link")
        .filter(status_link=link, candidate__erased_at=None)
        .first()
    )


def is_over_for_its_person(application: Application) -> bool:
    """Whether an application is over as far as its person can know. One query for those who were rejected.

    Whoever was rejected knows it by the mail about it, or because the job is closed.
    """
    if application.status != ApplicationStatus.REJECTED:
        return application.status not in ApplicationStatus.live
    return application.job.status == JobStatus.CLOSED or rejection_was_told(application)


def own_documents(application: Application) -> list[Document]:
    """Return the documents of an application that its person sees as theirs, oldest first. One query.

    Of résumés that is the last one that was sent for it; of others those that nothing took the place of.
    """
    ties = ApplicationDocument.objects.filter(application=application).select_related("document")
    documents = [tie.document for tie in ties.order_by("pk")]
    resumes = [document for document in documents if document.kind == DocumentKind.RESUME]
    return [
        document
        for document in documents
        if document in resumes[-1:] or (document not in resumes and document.replaced_at is None)
    ]


def rejection_was_told(application: Application) -> bool:
    """Whether the mail about this very rejection has gone out, as far as we know. One query.

    An earlier one tells nothing: somebody may have been restored since, and be rejected anew without a mail.
    """
    # Nothing changes the version of an application that is over.
    intent = rejection_intent(application.pk, application.version)
    state = Message.objects.filter(intent=intent).values_list("state", flat=True).first()
    return state is not None and state not in (*MessageState.open_states, MessageState.CANCELLED)
