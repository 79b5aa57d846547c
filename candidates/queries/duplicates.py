"""Who may be one and the same person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Actor
from candidates.enums import DuplicateSign
from candidates.models import Candidate, CandidateEmail, CandidateLink
from candidates.queries import addresses_of, with_main_address
from candidates.rules import link_key, mail_box, name_key, phone_key
from candidates.validators import normalise_address

# More than these nobody compares.
MOST_DUPLICATES: Final = 5


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Somebody who may be the same person, and by what they are alike, the strongest sign first."""

    person: Candidate
    signs: tuple[DuplicateSign, ...]

    @property
    def address(self) -> str:
        return getattr(self.person, "main_address", None) or ""

    @property
    def words(self) -> str:
        """By what they are alike, for whoever decides."""
        return _("In common: %s.") % ", ".join(str(sign.label) for sign in self.signs)


def may_merge(actor: Actor) -> bool:
    """Whether the actor may make two people one, as far as they see both."""
    return actor.api_key is None and actor.has_role(Role.RECRUITER, Role.ADMINISTRATOR)


def duplicates_of(
    candidate: Candidate, actor: Actor, *, addresses: Iterable[str] | None = None
) -> list[Duplicate]:
    """Return whom `actor` sees and who may be the same person as `candidate`, the most alike first, at most five.

    One query, and one more unless all `addresses` of the person are at hand. Nobody for people who are gone.
    """
    if candidate.erased_at is not None or candidate.merged_into_id is not None:
        return []
    known = addresses_of(candidate) if addresses is None else addresses
    signs = {
        DuplicateSign.EMAIL: _in_boxes(known),
        DuplicateSign.LINK: CandidateLink.objects.filter(key__in=candidate.links.values("key")),
    }
    return _alike(
        Candidate.objects.exclude(pk=candidate.pk),
        actor,
        signs,
        phone=candidate.phone_key,
        name=candidate.name_key,
    )


def people_like(
    actor: Actor, *, full_name: str, emails: Iterable[str], phone: str, links: Iterable[str] = ()
) -> list[Duplicate]:
    """Return whom `actor` sees and who may be the person that is typed, as `duplicates_of`. One query."""
    signs: dict[DuplicateSign, QuerySet[Any]] = {DuplicateSign.EMAIL: _in_boxes(emails)}
    keys = {link_key(url) for url in links}
    if keys:
        signs[DuplicateSign.LINK] = CandidateLink.objects.filter(key__in=keys)
    return _alike(
        Candidate.objects.all(),
        actor,
        signs,
        phone=phone_key(phone),
        name=name_key(full_name),
    )


def _in_boxes(addresses: Iterable[str]) -> QuerySet[Any]:
    """The addresses whose mail lands in the box of one of these."""
    same = Q(pk__in=[])
    for address in addresses:
        local, domain = mail_box(normalise_address(address))
        same |= Q(normalised=f"{local}@{domain}")
        same |= Q(normalised__startswith=f"{local}+", normalised__endswith=f"@{domain}")
    return CandidateEmail.objects.filter(same)


def _alike(
    people: Any,
    actor: Actor,
    rows: dict[DuplicateSign, QuerySet[Any]],
    *,
    phone: str,
    name: str,
) -> list[Duplicate]:
    # One set of keys, each found by an index of its own: an OR over all of them would read everybody.
    keys: list[Any] = [found.values("candidate") for found in rows.values()]
    alike: dict[DuplicateSign, Any] = {
        sign: Exists(found.filter(candidate=OuterRef("pk"))) for sign, found in rows.items()
    }
    for sign, same in (
        (DuplicateSign.PHONE, Q(phone_key=phone) if phone else None),
        (DuplicateSign.NAME, Q(name_key=name) if name else None),
    ):
        if same is not None:
            keys.append(Candidate.objects.filter(same).values("pk"))
            alike[sign] = ExpressionWrapper(same, output_field=BooleanField())
    signs = [sign for sign in DuplicateSign if sign in alike]
    seen = people.visible_to(actor).present().filter(pk__in=keys[0].union(*keys[1:]))
    found = with_main_address(seen).annotate(**{f"by_{sign.value}": alike[sign] for sign in signs})
    return [
        Duplicate(person, tuple(sign for sign in signs if getattr(person, f"by_{sign.value}")))
        for person in found.order_by(*(f"-by_{sign.value}" for sign in signs), "pk")[:MOST_DUPLICATES]
    ]
