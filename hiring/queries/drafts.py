"""Drafts of a job: résumés that were dropped and wait for somebody to look them over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Actor
from candidates.enums import DocumentTrouble
from candidates.models import Candidate
from candidates.queries import by_emails
from hiring.enums import DraftState
from hiring.models import Job, ResumeDraft


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft as the list of its job shows it, with whom its address belongs to already."""

    draft: ResumeDraft
    known: Candidate | None

    @property
    def state(self) -> DraftState:
        """For the pill."""
        return DraftState(self.draft.state)

    @property
    def why(self) -> str:
        """Why it could not be read, or not all of it, in words."""
        return why_of(self.draft)


def why_of(draft: ResumeDraft) -> str:
    """Return why a draft could not be read, in words; "" for one that could."""
    return str(DocumentTrouble(draft.why).label) if draft.why else ""


def waiting_drafts(job: Job, actor: Actor) -> QuerySet[ResumeDraft]:
    """Return the drafts of `job` that wait and that `actor` may see, in the order in which they came. Lazy."""
    waiting = ResumeDraft.objects.filter(job=job, state__in=DraftState.open_states).visible_to(actor)
    return waiting.order_by("created_at", "pk")


def draft_lines(drafts: Sequence[ResumeDraft], actor: Actor) -> list[DraftLine]:
    """Return `drafts` with the people whom `actor` sees and who have their addresses. Two queries."""
    owners = by_emails(draft.email for draft in drafts if draft.email)
    people = Candidate.objects.filter(pk__in={person.pk for person in owners.values()}).visible_to(actor)
    seen = {person.pk: person for person in people.present()}
    return [
        DraftLine(draft, known=seen.get(owners[draft.email].pk) if draft.email in owners else None)
        for draft in drafts
    ]


def with_draft_count(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Annotate `draft_count`, how many drafts of a job wait."""
    waiting = ResumeDraft.objects.filter(job=OuterRef("pk"), state__in=DraftState.open_states)
    counts = waiting.order_by().values("job").annotate(count=Count("pk")).values("count")
    return jobs.annotate(draft_count=Coalesce(Subquery(counts, output_field=IntegerField()), 0))
