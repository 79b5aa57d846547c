from __future__ import annotations

from itertools import count
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import Actor
from candidates import operations
from candidates.enums import ConsentPurpose, SearchKind
from candidates.models import Candidate, CandidateLink, Consent, Document, Note, SearchEntry
from candidates.queries import current_consent_text
from candidates.rules import link_key
from shell.words import words_of
from tests.factories.accounts import NOW

_numbers = count(1)


def make_candidate(**fields: Any) -> Candidate:
    """A person with one address; `emails` gives them several, the first one the main one."""
    number = next(_numbers)
    by, now = fields.pop("by", Actor.system()), fields.pop("now", NOW)
    emails = fields.pop("emails", None) or [fields.pop("email", f"person{number}@example.net")]
    fields = {"full_name": f"Person {number}", "phone": "", "time_zone": "", "language": "", **fields}
    candidate, _is_new = operations.find_or_add_candidate(email=emails[0], **fields, by=by, now=now)
    if len(emails) > 1:
        operations.update_candidate(candidate=candidate, emails=emails, **fields, by=by, now=now)
    return candidate


def make_note(candidate: Candidate, body: str = "Answered the phone at once.", **fields: Any) -> Note:
    return operations.add_note(candidate=candidate, body=body, **{"by": Actor.system(), "now": NOW, **fields})


def make_consent(candidate: Candidate, **fields: Any) -> Consent:
    text = current_consent_text(ConsentPurpose.TEST, "en")
    operations.record_consent(candidate=candidate, text=text, **{"now": NOW, **fields})
    about = {"about": "", "about_id": 0} | {
        name: fields[name] for name in ("about", "about_id") if name in fields
    }
    return Consent.objects.get(candidate=candidate, text=text, **about)


def make_link(candidate: Candidate, url: str) -> CandidateLink:
    return CandidateLink.objects.create(candidate=candidate, url=url, key=link_key(url))


def make_document(candidate: Candidate, *, content: bytes = b"", **fields: Any) -> Document:
    """A résumé, with a file only where it has `content`."""
    number = next(_numbers)
    name = f"{number}.pdf"
    return Document.objects.create(
        candidate=candidate,
        file=ContentFile(content, name=name) if content else f"documents/{name}",
        **{
            "filename": name,
            "media_type": "application/pdf",
            "size": len(content),
            "digest": f"{number:064}",
            "created_at": NOW,
            **fields,
        },
    )


def make_words(
    candidate: Candidate, text: str, *, kind: SearchKind = SearchKind.PERSON, ref: int = 0, **fields: Any
) -> SearchEntry:
    words = f" {' '.join(words_of(text))} "
    found, _is_new = SearchEntry.objects.update_or_create(
        candidate=candidate, kind=kind, ref=ref, defaults={"words": words, **fields}
    )
    return found
