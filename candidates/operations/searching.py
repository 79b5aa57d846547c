"""The words by which people are found: written with whatever they come from, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from candidates.enums import NoteAudience, SearchKind
from candidates.models import Candidate, CandidateEmail, Document, Note, SearchEntry
from candidates.rules import phone_key
from outbox.operations import give_way
from shell.words import searched_words

_BATCH = 500


def index_people(
    people: Iterable[Candidate], *, addresses: Mapping[int, Sequence[str]] | None = None
) -> None:
    """Let people be found by their names, addresses and phone numbers as they are now.

    A statement for each 500, and one more unless all their `addresses` are at hand, by person.
    """
    rows = list(people)
    known = _addresses(rows) if addresses is None else addresses
    _write(
        SearchEntry(
            candidate=person,
            kind=SearchKind.PERSON,
            words=searched_words(
                " ".join([person.full_name, *known.get(person.pk, ()), *_numbers(person.phone)])
            ),
        )
        for person in rows
    )


def index_notes(notes: Iterable[Note]) -> None:
    """Let people be found by what was written about them, by those who may read it. A statement for each 500."""
    _write(
        SearchEntry(
            candidate_id=note.candidate_id,
            kind=SearchKind.NOTE,
            ref=note.pk,
            audience=note.audience,
            author_id=note.author_id,
            words=searched_words(note.body),
        )
        for note in notes
    )


def index_document(document: Document) -> None:
    """Let a person be found by what a document of theirs says. One statement.

    One that another took the place of stays: whoever sees another job of the person reads no other.
    """
    _write([_entry(document)] if document.text else [])


def forget_words(kind: SearchKind, ref: int) -> None:
    """Let nobody be found any more by the words of a row that goes. One statement."""
    SearchEntry.objects.filter(kind=kind, ref=ref).delete()


def reindex_people() -> int:
    """Write all words anew and return of how many people; what is there and right stays. For the operator."""
    last = count = 0
    while True:
        with transaction.atomic():
            people = list(Candidate.objects.present().filter(pk__gt=last).order_by("pk")[:_BATCH])
            if not people:
                return count
            _reindex(people)
        last, count = people[-1].pk, count + len(people)
        give_way()


def _reindex(people: Sequence[Candidate]) -> None:
    notes = list(Note.objects.filter(candidate__in=people).order_by("pk"))
    documents = Document.objects.filter(candidate__in=people).exclude(text="").order_by("pk")
    entries = SearchEntry.objects.filter(candidate__in=people)
    entries.filter(kind=SearchKind.NOTE).exclude(ref__in=[note.pk for note in notes]).delete()
    entries.filter(kind=SearchKind.DOCUMENT).exclude(ref__in=documents.values("pk")).delete()
    index_people(people)
    index_notes(notes)
    _write(_entry(document) for document in documents)


def _entry(document: Document) -> SearchEntry:
    return SearchEntry(
        candidate_id=document.candidate_id,
        kind=SearchKind.DOCUMENT,
        ref=document.pk,
        audience=NoteAudience.TEAM,
        words=searched_words(document.text),
    )


def _numbers(phone: str) -> list[str]:
    """The ways in which people type a number: in its parts, in one, and without the codes before it."""
    digits = "".join(letter for letter in phone if letter.isdecimal())
    return [phone, digits, phone_key(phone)]


def _addresses(people: Sequence[Candidate]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = CandidateEmail.objects.filter(candidate__in=people).order_by("-is_primary", "pk")
    for candidate, address in rows.values_list("candidate_id", "address"):
        found.setdefault(candidate, []).append(address)
    return found


def _write(entries: Iterable[SearchEntry]) -> None:
    SearchEntry.objects.bulk_create(
        list(entries),
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["candidate", "kind", "ref"],
        update_fields=["words", "audience", "author"],
    )
