"""Pages of people, for many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import Actor
from candidates.models import Candidate, CandidateLink
from candidates.operations.changes import record_changed
from candidates.operations.people import MOST_LINKS
from candidates.rules import link_key
from candidates.validators import clean_link


def checked_link(url: str) -> str:
    """Return the address of a page as it is kept. Raises `ValidationError` for what cannot be one."""
    return clean_link(url)


@transaction.atomic
def add_links(*, links: Iterable[tuple[Candidate, Iterable[str]]], by: Actor, now: datetime) -> int:
    """Give each person the pages beside them, on top of what they have; return how many were new to people.

    A handful of statements, whatever the number. Whoever has as many as a person can have gets no more.
    Raises `ValidationError` for what cannot be the address of a page.
    """
    wanted = [(person, {link_key(url): url for url in map(clean_link, urls)}) for person, urls in links]
    wanted = [(person, urls) for person, urls in wanted if urls]
    people = {person.pk: person for person, _urls in wanted}
    held = set(CandidateLink.objects.filter(candidate__in=people).values_list("candidate_id", "key"))
    counts = Counter(person_id for person_id, _key in held)
    new: list[CandidateLink] = []
    for person, urls in wanted:
        for key, url in urls.items():
            if (person.pk, key) not in held and counts[person.pk] < MOST_LINKS:
                new.append(CandidateLink(candidate=person, key=key, url=url))
                counts[person.pk] += 1
    CandidateLink.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    changed = dict.fromkeys(link.candidate_id for link in new)
    record_changed(people=[people[person_id] for person_id in changed], by=by, now=now)
    return len(new)
