"""Reads of candidates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.urls import NoReverseMatch, reverse

from accounts.enums import Role
from accounts.models import Actor
from accounts.registries import EVERYTHING, Everything
from candidates.enums import ConsentPurpose, NoteAudience
from candidates.models import (
    Candidate,
    CandidateEmail,
    CandidateLink,
    Consent,
    ConsentText,
    Document,
    Note,
    NoteMention,
)
from candidates.registries import TimelineEntry, person_parts
from candidates.rules import first_words
from candidates.validators import normalise_address


def current_consent_text(purpose: ConsentPurpose, language: str) -> ConsentText:
    """Return the words that whoever reads `language` is asked to agree to now. One query.

    The organisation's own stand as they were written; else they are the first words in `language`. Words that nobody
    agreed to yet are no row: they have no key until `keep_consent_text`.
    """
    kept = ConsentText.objects.filter(purpose=purpose, language__in=["", language]).order_by("-version")
    rows = list(kept)
    own = next((row for row in rows if not row.language), None)
    if own is not None:
        return own
    words = first_words(purpose, language)
    found = next((row for row in rows if row.body == words), None)
    return found or ConsentText(purpose=purpose, language=language, body=words)


def address_key(address: str) -> str:
    """Return what an address is found and compared by. Costs no query."""
    return normalise_address(address)


def by_email(address: str) -> Candidate | None:
    """Return the person who has `address`, whoever asks. One query."""
    email = (
        CandidateEmail.objects.select_related("candidate")
        .filter(normalised=normalise_address(address))
        .first()
    )
    return email.candidate if email else None


def by_emails(addresses: Iterable[str]) -> dict[str, Candidate]:
    """Return the people who have `addresses` by the address as given; unknown ones are left out. One query."""
    wanted = {address: normalise_address(address) for address in addresses}
    found = {
        email.normalised: email.candidate
        for email in CandidateEmail.objects.select_related("candidate").filter(
            normalised__in=set(wanted.values())
        )
    }
    return {address: found[normalised] for address, normalised in wanted.items() if normalised in found}


def with_main_address(people: QuerySet[Candidate]) -> QuerySet[Candidate]:
    """Annotate `main_address`, the address that mail goes to; None where there is none."""
    return people.annotate(main_address=main_address_of("pk"))


def main_address_of(field: str) -> Subquery:
    """Return, for an annotation, the address that mail goes to of the person whose id `field` holds."""
    main = CandidateEmail.objects.filter(candidate=OuterRef(field)).order_by("-is_primary", "pk")
    return Subquery(main.values("address")[:1])


def addresses_of(candidate: Candidate) -> list[str]:
    """Return the addresses of a person, the main one first. One query."""
    emails = candidate.emails.order_by("-is_primary", "pk")
    return list(emails.values_list("address", flat=True))


def main_address(candidate: Candidate) -> str:
    """Return the address that mail to a person goes to, "" where there is none. One query."""
    return next(iter(addresses_of(candidate)), "")


def links_of(candidate: Candidate) -> list[CandidateLink]:
    """Return the pages that a person gave, in the order in which they came. One query."""
    return list(candidate.links.order_by("pk"))


def notes_for(candidate: Candidate, actor: Actor) -> QuerySet[Note]:
    """Return the notes about a person that `actor` may read, newest first."""
    return (
        Note.objects.visible_to(actor)
        .filter(candidate=candidate)
        .select_related("author")
        .prefetch_related(Prefetch("mentions", NoteMention.objects.select_related("user").order_by("pk")))
        .order_by("-created_at", "-pk")
    )


def consents_about(candidate: Candidate, about: Mapping[str, Sequence[int]]) -> list[Consent]:
    """Return what a person agreed to for the rows that `about` names by model and key, in order. One query."""
    named = Q(pk__in=())
    for model, keys in about.items():
        named |= Q(about=model, about_id__in=keys)
    given = Consent.objects.filter(named, candidate=candidate).select_related("text")
    return list(given.defer("text__body").order_by("given_at", "pk"))


def documents(candidate: Candidate, actor: Actor) -> QuerySet[Document]:
    """Return the documents of a person that `actor` may see, those that nothing has replaced first, newest first.

    Their text is left out until it is asked for.
    """
    theirs = Document.objects.visible_to(actor).filter(candidate=candidate).defer("text")
    return theirs.order_by(F("replaced_at").desc(nulls_first=True), "-created_at", "-pk")


def timeline(candidate: Candidate, actor: Actor) -> list[TimelineEntry]:
    """Return all that happened with a person and that `actor` may read, newest first. A few queries a part."""
    entries = [entry for part in person_parts() for entry in part.timeline(candidate, actor)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def family(candidate: Candidate) -> list[Candidate]:
    """Return `candidate` and every row that was merged into it, directly or not. A query a generation."""
    everyone, generation = [candidate], [candidate.pk]
    while generation:
        rows = list(Candidate.objects.filter(merged_into__in=generation).order_by("pk"))
        everyone += rows
        generation = [row.pk for row in rows]
    return everyone


def person_address(candidate: Candidate) -> str:
    """Return where everything about a person is: hiring's page, else the form."""
    try:
        return reverse("hiring:person", args=[candidate.public_id])
    except NoReverseMatch:
        return reverse("admin:candidates_candidate_change", args=[candidate.pk])


def people_one_added(actor: Actor) -> Q | Everything | None:
    """Grant: administrators see everybody; one sees whom one added oneself. Jobs and recruiters are hiring's matter."""
    if actor.user is None:
        return None
    if actor.has_role(Role.ADMINISTRATOR):
        return EVERYTHING
    return Q(created_by_id=actor.user.pk)


def for_colleagues(actor: Actor) -> Everything | None:
    """Grant: everyone who signs in."""
    return EVERYTHING if actor.user is not None else None


def notes_of_visible_people(actor: Actor) -> Q | None:
    """Grant: the notes about people whom one sees, as far as their audience reaches; one's own always."""
    if actor.user is None:
        return None
    about_visible = Q(Exists(Candidate.objects.filter(pk=OuterRef("candidate")).visible_to(actor)))
    if actor.has_role(Role.ADMINISTRATOR, Role.RECRUITER):
        return about_visible
    return about_visible & (Q(audience=NoteAudience.TEAM) | Q(author_id=actor.user.pk))


def merges_for_recruiters(actor: Actor) -> Q | None:
    """Grant: merges of people whom one sees, for those who may undo them."""
    if actor.user is None or not actor.has_role(Role.ADMINISTRATOR, Role.RECRUITER):
        return None
    return Q(kept__in=Candidate.objects.visible_to(actor).values("pk"))
