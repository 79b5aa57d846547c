"""People: one row for a person, once. Everything about them hangs on it."""

from candidates.models.consents import Consent, ConsentText
from candidates.models.documents import Document, DocumentPage
from candidates.models.notes import Note, NoteMention
from candidates.models.people import (
    Candidate,
    CandidateEmail,
    CandidateLink,
    CandidateMerge,
    CandidateQuerySet,
    Tag,
)
from candidates.models.search import SearchEntry

__all__ = [
    "Candidate",
    "CandidateEmail",
    "CandidateLink",
    "CandidateMerge",
    "CandidateQuerySet",
    "Consent",
    "ConsentText",
    "Document",
    "DocumentPage",
    "Note",
    "NoteMention",
    "SearchEntry",
    "Tag",
]
