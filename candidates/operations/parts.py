"""What candidates itself, and outbox below it, keep of a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from candidates import queries
from candidates.models import (
    Candidate,
    CandidateEmail,
    CandidateLink,
    Consent,
    Document,
    Note,
    SearchEntry,
)
from candidates.operations.documents import delete_documents_of_erased
from candidates.registries import TimelineEntry
from outbox import operations as outbox

_Tagged = Candidate.tags.through


class MailPart:
    """Mail, links and the history, which know a person by their public id."""

    name = "outbox"
    models: tuple[str, ...] = (
        "outbox.Message",
        "outbox.MessageAttachment",
        "outbox.InboundMessage",
        "outbox.AccessLink",
        # It holds no words.
        "outbox.Notification",
        "outbox.Event",
    )

    def merge(self, kept: Candidate, merged: Candidate) -> dict[str, Any]:
        return outbox.move_person(from_ref=merged.public_id, to_ref=kept.public_id)

    def unmerge(self, kept: Candidate, merged: Candidate, moved: Mapping[str, Any]) -> None:
        outbox.move_person(from_ref=kept.public_id, to_ref=merged.public_id, only=moved)

    def export(self, candidate: Candidate) -> dict[str, Any]:
        return outbox.export_person(person_ref=candidate.public_id)

    def redact(self, candidate: Candidate, now: datetime, names: frozenset[str]) -> None:
        outbox.redact_person(person_ref=candidate.public_id, now=now, names=sorted(names))

    def timeline(self, candidate: Candidate, actor: Actor) -> list[TimelineEntry]:
        return [
            TimelineEntry(at=entry.at, kind=entry.kind, text=entry.text, url=entry.url)
            for entry in outbox.person_timeline(person_ref=candidate.public_id, actor=actor)
        ]


class CandidatePart:
    """The person's own rows: name, addresses, links, tags, notes, documents, what they agreed to."""

    name = "candidates"
    models: tuple[str, ...] = (
        "candidates.Candidate",
        "candidates.CandidateEmail",
        "candidates.Candidate_tags",
        "candidates.CandidateLink",
        "candidates.Note",
        "candidates.NoteMention",
        "candidates.Document",
        "candidates.DocumentPage",
        "candidates.SearchEntry",
        "candidates.Consent",
        "candidates.CandidateMerge",
    )

    def merge(self, kept: Candidate, merged: Candidate) -> dict[str, Any]:
        emails = list(merged.emails.order_by("pk"))
        main = next((email.pk for email in emails if email.is_primary), None)
        # What both have stays with the merged row, so that undoing finds everything where it was.
        tagged = _Tagged.objects.filter(candidate=merged).exclude(tag__in=kept.tags.values("pk"))
        tags = list(tagged.order_by("pk").values_list("pk", flat=True))
        agreed = set(kept.consents.values_list("text_id", "about", "about_id"))
        consents = [
            consent.pk
            for consent in merged.consents.order_by("pk")
            if (consent.text_id, consent.about, consent.about_id) not in agreed
        ]
        notes = list(merged.notes.order_by("pk").values_list("pk", flat=True))
        shared = merged.links.exclude(key__in=kept.links.values("key"))
        links = list(shared.order_by("pk").values_list("pk", flat=True))
        documents = list(merged.documents.order_by("pk").values_list("pk", flat=True))
        # What is found by the person's own words is the kept person's; the rest goes with its row.
        entries = list(merged.search_entries.exclude(ref=0).order_by("pk").values_list("pk", flat=True))
        # The main address stays the kept person's, if they have one.
        merged.emails.update(is_primary=False)
        merged.emails.update(candidate=kept)
        Consent.objects.filter(pk__in=consents).update(candidate=kept)
        Note.objects.filter(pk__in=notes).update(candidate=kept)
        CandidateLink.objects.filter(pk__in=links).update(candidate=kept)
        Document.objects.filter(pk__in=documents).update(candidate=kept)
        SearchEntry.objects.filter(pk__in=entries).update(candidate=kept)
        _Tagged.objects.filter(pk__in=tags).update(candidate=kept)
        became_main = None
        if main is not None and not kept.emails.filter(is_primary=True).exists():
            kept.emails.filter(pk=main).update(is_primary=True)
            became_main = main
        return {
            "emails": [email.pk for email in emails],
            "main": main,
            "became_main": became_main,
            "tags": tags,
            "notes": notes,
            "links": links,
            "documents": documents,
            "search_entries": entries,
            "consents": consents,
        }

    def unmerge(self, kept: Candidate, merged: Candidate, moved: Mapping[str, Any]) -> None:
        emails = CandidateEmail.objects.filter(pk__in=moved["emails"], candidate=kept)
        # Somebody may have made one of them the main address since; both then need one again.
        emails.update(is_primary=False)
        emails.update(candidate=merged)
        merged.emails.filter(pk=moved["main"]).update(is_primary=True)
        if not kept.emails.filter(is_primary=True).exists():
            first = kept.emails.order_by("pk").first()
            kept.emails.filter(pk__in=[first.pk] if first else []).update(is_primary=True)
        Consent.objects.filter(pk__in=moved["consents"], candidate=kept).update(candidate=merged)
        Note.objects.filter(pk__in=moved["notes"], candidate=kept).update(candidate=merged)
        CandidateLink.objects.filter(pk__in=moved["links"], candidate=kept).update(candidate=merged)
        Document.objects.filter(pk__in=moved["documents"], candidate=kept).update(candidate=merged)
        SearchEntry.objects.filter(pk__in=moved["search_entries"], candidate=kept).update(candidate=merged)
        _Tagged.objects.filter(pk__in=moved["tags"], candidate=kept).update(candidate=merged)

    def export(self, candidate: Candidate) -> dict[str, Any]:
        consents = candidate.consents.select_related("text").order_by("given_at", "pk")
        return {
            "name": candidate.full_name,
            "phone": candidate.phone,
            "time_zone": candidate.time_zone,
            "language": candidate.language,
            "added_at": candidate.created_at.isoformat(),
            "email_addresses": queries.addresses_of(candidate),
            "links": list(candidate.links.order_by("pk").values_list("url", flat=True)),
            "documents": [
                {
                    "kind": document.kind,
                    "name": document.filename,
                    "size": document.size,
                    "added_at": document.created_at.isoformat(),
                    "text": document.text,
                }
                for document in candidate.documents.order_by("created_at", "pk")
            ],
            "tags": list(candidate.tags.order_by("name").values_list("name", flat=True)),
            "notes": [
                {"written_at": note.created_at.isoformat(), "text": note.body}
                for note in candidate.notes.order_by("created_at", "pk")
            ],
            "consents": [
                {
                    "given_at": consent.given_at.isoformat(),
                    "text": consent.text.body,
                    "language": consent.text.language,
                }
                for consent in consents
            ],
        }

    def redact(self, candidate: Candidate, now: datetime, names: frozenset[str]) -> None:
        candidate.emails.all().delete()
        candidate.links.all().delete()
        candidate.notes.all().delete()
        candidate.search_entries.all().delete()
        candidate.tags.clear()
        # Their rows stay until their files are gone, and name nobody any more.
        candidate.documents.update(filename="", digest="", text="")
        transaction.on_commit(delete_documents_of_erased)
        Candidate.objects.filter(pk=candidate.pk).update(
            full_name="",
            name_key="",
            phone="",
            phone_key="",
            time_zone="",
            language="",
            erased_at=now,
        )

    def timeline(self, candidate: Candidate, actor: Actor) -> list[TimelineEntry]:
        entries = [TimelineEntry(candidate.created_at, "candidates.added", _("Added"))]
        entries += [
            TimelineEntry(
                note.created_at,
                "candidates.note",
                _("%(author)s wrote: %(note)s") % {"author": note.author or _("Somebody"), "note": note.body},
            )
            for note in queries.notes_for(candidate, actor)
        ]
        entries += [
            TimelineEntry(consent.given_at, "candidates.consent", _("Agreed to how test results are used"))
            for consent in candidate.consents.order_by("given_at", "pk")
        ]
        return entries
