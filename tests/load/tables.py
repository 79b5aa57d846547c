"""The tables that a company fills, with the columns that its rows have."""

from __future__ import annotations

from assessments.models import Attempt, Invitation, Score
from candidates.models import Candidate, CandidateEmail, Consent, Document, Note
from hiring.models import (
    Application,
    ApplicationAssessment,
    ApplicationDocument,
    ApplicationTransition,
    Opening,
)
from outbox.models import AccessLink, Event, Message
from tests.load.rows import Table


class Tables:
    """Rows of every kind, kept until `write`."""

    def __init__(self) -> None:
        self.people = Table(
            Candidate,
            *(
                "id",
                "public_id",
                "full_name",
                "phone",
                "name_key",
                "phone_key",
                "created_by_id",
                "created_at",
            ),
        )
        self.addresses = Table(CandidateEmail, "id", "candidate_id", "address", "normalised", "is_primary")
        self.tags = Table(Candidate.tags.through, "id", "candidate_id", "tag_id")
        self.notes = Table(Note, "id", "candidate_id", "audience", "body", "author_id", "created_at")
        self.documents = Table(
            Document,
            *("id", "candidate_id", "filename", "media_type", "size", "file", "created_at", "state", "text"),
        )
        self.consents = Table(Consent, "id", "candidate_id", "text_id", "about", "about_id", "given_at")
        self.links = Table(AccessLink, "id", "purpose", "person_ref", "created_at", "expires_at")
        self.applications = Table(
            Application,
            *("id", "candidate_id", "job_id", "stage_id", "status", "source", "language", "applied_at"),
            *("furthest_stage_id", "stage_entered_at", "version", "status_link_id"),
        )
        self.own_documents = Table(ApplicationDocument, "id", "application_id", "document_id")
        self.transitions = Table(
            ApplicationTransition,
            *("id", "application_id", "number", "from_stage_id", "to_stage_id", "from_status", "to_status"),
            *("cause", "reason_id", "by_id", "at", "since"),
            *("stayed", "left_before"),
        )
        self.openings = Table(Opening, "id", "job_id", "number", "opened_at", "filled_by_id", "filled_at")
        self.invitations = Table(
            Invitation,
            *("id", "intent", "candidate_id", "version_id", "link_id", "invited_by_id", "created_at"),
            "expires_at",
        )
        self.attempts = Table(
            Attempt,
            *("id", "invitation_id", "state", "seed", "started_at", "deadline_at", "open_to", "submitted_at"),
            *("submitted_by", "current_score_id"),
        )
        self.scores = Table(
            Score,
            *(
                "id",
                "attempt_id",
                "cause",
                "keys_digest",
                "marks",
                "marks_possible",
                "percent",
                "error",
                "band",
            ),
            *("by_question", "created_at"),
        )
        self.tests = Table(
            ApplicationAssessment,
            *("id", "application_id", "invitation_id", "stage_id", "outcome", "score_id", "applied_at"),
        )
        self.messages = Table(
            Message,
            *("id", "intent", "kind", "audience", "to_name", "to_address", "subject", "body", "link_id"),
            *(
                "person_ref",
                "about",
                "about_id",
                "scope",
                "created_by_id",
                "created_at",
                "state",
                "due_at",
                "finished_at",
            ),
        )
        self.events = Table(
            Event,
            *("id", "kind", "at", "actor_kind", "actor_user_id", "person_ref", "about", "about_id", "data"),
        )

    @property
    def all(self) -> list[Table]:
        """Each of them."""
        return [table for table in vars(self).values() if isinstance(table, Table)]

    def write(self) -> None:
        """Write all rows that were kept. Whoever calls has begun a transaction."""
        for table in self.all:
            table.write()
