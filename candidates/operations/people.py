"""Adding, finding and changing people."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from accounts.rules import random_code
from candidates import queries
from candidates.models import Candidate, CandidateEmail, CandidateLink
from candidates.operations.changes import record_changed
from candidates.operations.searching import index_people
from candidates.rules import link_key, name_key, phone_key
from candidates.validators import (
    clean_email,
    clean_link,
    clean_name,
    clean_phone,
    normalise_address,
)
from outbox.operations import EventDraft, record_event, record_events

MOST_ADDRESSES = 10
MOST_LINKS = 10


@dataclass(frozen=True, kw_only=True)
class CandidateDraft:
    """A person who is still to be found or added; see `find_or_add_candidate` for what its parts mean."""

    full_name: str
    email: str
    phone: str = ""
    time_zone: str = ""
    language: str = ""

    def cleaned(self) -> CandidateDraft:
        """Return the draft as it may be written. Raises `ValidationError` keyed by field, all fields at once."""
        problems: dict[str, list[ValidationError]] = {}

        def check(field: str, clean: Callable[[str], str]) -> str:
            try:
                return clean(getattr(self, field))
            except ValidationError as error:
                problems[field] = list(error.error_list)
                return ""

        draft = CandidateDraft(
            full_name=check("full_name", clean_name),
            email=check("email", clean_email),
            phone=check("phone", clean_phone),
            time_zone=check("time_zone", _clean_time_zone),
            language=check("language", _clean_language),
        )
        if problems:
            raise ValidationError(problems)
        return draft


def find_or_add_candidate(
    *,
    full_name: str,
    email: str,
    phone: str = "",
    time_zone: str = "",
    language: str = "",
    by: Actor,
    now: datetime,
) -> tuple[Candidate, bool]:
    """Return the person who has `email`, or add one; and whether they are new.

    Somebody who is found is left as they are. Two calls at one moment give one person. Raises `ValidationError` keyed
    by field. Side effects: an event for somebody new.
    """
    draft = CandidateDraft(
        full_name=full_name, email=email, phone=phone, time_zone=time_zone, language=language
    ).cleaned()
    found = queries.by_email(draft.email)
    if found is not None:
        return found, False
    try:
        with transaction.atomic():
            candidate = _row(draft, by, now)
            candidate.save()
            _address(candidate, draft.email).save()
            index_people([candidate], addresses={candidate.pk: [draft.email]})
            record_event(
                kind="candidate.added",
                by=by,
                now=now,
                person_ref=candidate.public_id,
                about=Candidate._meta.label,
                about_id=candidate.pk,
            )
    except IntegrityError:
        # Somebody else added the same address between our look and our write.
        found = queries.by_email(draft.email)
        if found is None:
            raise
        return found, False
    return candidate, True


@transaction.atomic
def find_or_add_candidates(
    *, drafts: Sequence[CandidateDraft], by: Actor, now: datetime, work: str = ""
) -> list[tuple[Candidate, bool]]:
    """Do what `find_or_add_candidate` does for many, in a handful of statements; the answers in the order of `drafts`.

    `work` is the piece of long work that brings them; their events name it.
    Two drafts with one address are one person. Raises `ValidationError` keyed by field at the first draft that cannot
    be (check them before with `CandidateDraft.cleaned`), `IntegrityError` when somebody adds one of the addresses at
    the same moment: nothing is written then and the caller tries again.
    """
    cleaned = [draft.cleaned() for draft in drafts]
    known = {
        normalise_address(address): person
        for address, person in queries.by_emails(d.email for d in cleaned).items()
    }
    new: dict[str, tuple[Candidate, CandidateDraft]] = {}
    for draft in cleaned:
        key = normalise_address(draft.email)
        if key not in known and key not in new:
            new[key] = (_row(draft, by, now), draft)
    Candidate.objects.bulk_create([row for row, _draft in new.values()], batch_size=500)
    saved = Candidate.objects.in_bulk([row.public_id for row, _draft in new.values()], field_name="public_id")
    added = {key: (saved[row.public_id], draft) for key, (row, draft) in new.items()}
    CandidateEmail.objects.bulk_create(
        [_address(person, draft.email) for person, draft in added.values()], batch_size=500
    )
    index_people(
        [person for person, _draft in added.values()],
        addresses={person.pk: [draft.email] for person, draft in added.values()},
    )
    record_events(
        drafts=[
            EventDraft(
                kind="candidate.added",
                person_ref=person.public_id,
                about=Candidate._meta.label,
                about_id=person.pk,
                data={"work": work} if work else {},
            )
            for person, _draft in added.values()
        ],
        by=by,
        now=now,
    )
    answers: list[tuple[Candidate, bool]] = []
    told: set[str] = set()
    for draft in cleaned:
        key = normalise_address(draft.email)
        person = known[key] if key in known else added[key][0]
        answers.append((person, key in added and key not in told))
        told.add(key)
    return answers


@transaction.atomic
def update_candidate(
    *,
    candidate: Candidate,
    full_name: str,
    emails: Sequence[str],
    phone: str,
    time_zone: str,
    language: str,
    links: Sequence[str] | None = None,
    by: Actor,
    now: datetime,
) -> Candidate:
    """Change who a person is; `emails` are all their addresses, the main one first, `links` all pages of theirs.

    Without `links` those stay as they are. Raises `ValidationError` keyed by field: for values that cannot be, for an
    address that belongs to somebody else (they may be the same person: merge them), for somebody without any address,
    for an erased or merged person.
    """
    if candidate.erased_at is not None or candidate.merged_into_id is not None:
        raise ValidationError(_("This person was erased or merged into another and cannot be changed."))
    draft = CandidateDraft(
        full_name=full_name,
        email=emails[0] if emails else "",
        phone=phone,
        time_zone=time_zone,
        language=language,
    )
    try:
        draft = draft.cleaned()
    except ValidationError as error:
        # The form has one field for all addresses.
        problems = {
            ("emails" if name == "email" else name): texts for name, texts in error.error_dict.items()
        }
        raise ValidationError(problems) from error
    _set_addresses(candidate, emails)
    if links is not None:
        _set_links(candidate, links)
    candidate.full_name = draft.full_name
    candidate.phone = draft.phone
    candidate.time_zone = draft.time_zone
    candidate.language = draft.language
    candidate.name_key, candidate.phone_key = name_key(draft.full_name), phone_key(draft.phone)
    candidate.save(update_fields=["full_name", "name_key", "phone", "phone_key", "time_zone", "language"])
    index_people([candidate])
    record_changed(people=[candidate], by=by, now=now)
    return candidate


def _row(draft: CandidateDraft, by: Actor, now: datetime) -> Candidate:
    return Candidate(
        public_id=random_code(),
        full_name=draft.full_name,
        name_key=name_key(draft.full_name),
        phone=draft.phone,
        phone_key=phone_key(draft.phone),
        time_zone=draft.time_zone,
        language=draft.language,
        created_by=by.user,
        created_at=now,
    )


def _address(candidate: Candidate, address: str, *, is_primary: bool = True) -> CandidateEmail:
    return CandidateEmail(
        candidate=candidate, address=address, normalised=normalise_address(address), is_primary=is_primary
    )


def _set_addresses(candidate: Candidate, addresses: Sequence[str]) -> None:
    try:
        cleaned = [clean_email(address) for address in addresses]
    except ValidationError as error:
        raise ValidationError({"emails": error.messages}) from error
    wanted = {normalise_address(address): address for address in cleaned}
    if len(wanted) > MOST_ADDRESSES:
        raise ValidationError(
            {"emails": _("A person has at most %(count)d addresses.") % {"count": MOST_ADDRESSES}}
        )
    others = CandidateEmail.objects.filter(normalised__in=wanted).exclude(candidate=candidate)
    taken = others.order_by("pk").first()
    if taken is not None:
        raise ValidationError(
            {
                "emails": _("%(address)s belongs to another person. If they are the same person, merge them.")
                % {"address": wanted[taken.normalised]}
            }
        )
    candidate.emails.exclude(normalised__in=wanted).delete()
    main = normalise_address(cleaned[0])
    candidate.emails.exclude(normalised=main).update(is_primary=False)
    for normalised, address in wanted.items():
        candidate.emails.update_or_create(
            normalised=normalised, defaults={"address": address, "is_primary": normalised == main}
        )


def _set_links(candidate: Candidate, urls: Sequence[str]) -> None:
    try:
        cleaned = [clean_link(url) for url in urls]
    except ValidationError as error:
        raise ValidationError({"links": error.messages}) from error
    wanted = {link_key(url): url for url in cleaned}
    if len(wanted) > MOST_LINKS:
        raise ValidationError({"links": _("A person has at most %(count)d links.") % {"count": MOST_LINKS}})
    candidate.links.exclude(key__in=wanted).delete()
    for key, url in wanted.items():
        CandidateLink.objects.update_or_create(candidate=candidate, key=key, defaults={"url": url})


@cache
def _time_zones() -> frozenset[str]:
    """The zones of this machine; looking them up walks its disk."""
    return frozenset(zoneinfo.available_timezones())


def _clean_time_zone(name: str) -> str:
    if name and name not in _time_zones():
        raise ValidationError(_("This is not a time zone. It looks like Europe/Berlin."))
    return name


def _clean_language(code: str) -> str:
    if code and code not in dict(settings.CANDIDATE_LANGUAGES):
        raise ValidationError(_("This language is not offered here."))
    return code
