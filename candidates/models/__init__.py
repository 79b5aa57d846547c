"""People: one row for a person, once. Everything about them hangs on it."""

from candidates.models.consents import Consent, ConsentText
from candidates.models.notes import Note
from candidates.models.people import Candidate, CandidateEmail, CandidateMerge, CandidateQuerySet, Tag

__all__ = [
    "Candidate",
    "CandidateEmail",
    "CandidateMerge",
    "CandidateQuerySet",
    "Consent",
    "ConsentText",
    "Note",
    "Tag",
]
