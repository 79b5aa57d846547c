"""Finding people by words: of their names and addresses, of notes and of documents, as far as one may read these."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Left
from django.db.models.lookups import IsNull

from accounts.models import Actor
from accounts.registries import unveiled
from candidates.enums import SearchKind
from candidates.models import Candidate, Document, Note, SearchEntry
from candidates.queries import person_address, with_main_address
from shell.registries import SearchHit
from shell.words import AmongThese, wanted_words, words_of

# How many lines the search box shows.
HITS: Final = 10
# Of a document no more is read to say where in it something stands.
_READ: Final = 10_000
# How many notes and documents of all people on a page are looked into for that.
_MOST_ENTRIES: Final = 200
# Among so many whose name has the words the search box looks for those to show.
_MOST_NAMED: Final = 1_000
# A word is common when so many of so many of the newest texts have it.
_COMMON, _SAMPLE = 50, 1_000
_BEFORE, _AFTER, _LONGEST = 40, 60, 200
_WORD = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class Finding:
    """Where somebody was found who was not by their name, and what stands there."""

    kind: SearchKind
    text: str

    def __str__(self) -> str:
        return f"{self.kind.label}: {self.text}" if self.text else str(self.kind.label)


def found_by(field: str, text: str, actor: Actor, *, walked: bool = False) -> Q:
    """Return the condition that every word of `text` is found of the person whose key `field` holds, for rows of
    people whom `actor` sees.

    A word may stand in another place than the next one. What the actor may not read neither matches nor counts. Texts
    without a word of two letters find nobody. With `walked` it is for a long list of which the first rows are read;
    that costs a query.
    """
    words = wanted_words(text)
    if not words:
        return Q(pk__in=[])
    readable = unveiled(SearchEntry.objects.all(), actor)
    found = Q()
    common = _common_ones(words) if walked else frozenset()
    for word in words:
        having = readable.filter(words__begin=word)
        if word in common:
            # Not everybody who has it is found and sorted, but each whom the list comes to is asked.
            theirs = readable.filter(candidate=OuterRef(field), words__contains=f" {word}")
            found &= Q(IsNull(Subquery(theirs.values("pk")[:1]), False))
        elif walked:
            # The list is not read in its order until fifty have a name that few have.
            found &= Q(AmongThese(F(field), having.values("candidate").query))
        else:
            found &= Q(**{f"{field}__in": having.values("candidate")})
    return found


def _common_ones(words: Sequence[str]) -> frozenset[str]:
    counts = {
        f"word_{place}": Count("pk", filter=Q(words__contains=f" {word}")) for place, word in enumerate(words)
    }
    newest = SearchEntry.objects.order_by("-pk")[:_SAMPLE].aggregate(**counts)
    return frozenset(word for word, count in zip(words, newest.values(), strict=True) if count >= _COMMON)


def search_people(actor: Actor, text: str) -> QuerySet[Candidate]:
    """Return the people whom `actor` sees and of whom every word of `text` is found, those found by their name first,
    with `main_address`. Lazy; one query.
    """
    named = SearchEntry.objects.filter(
        candidate=OuterRef("pk"), kind=SearchKind.PERSON, words__begin=" ".join(wanted_words(text))
    )
    people = with_main_address(Candidate.objects.visible_to(actor).present())
    found = people.filter(found_by("pk", text, actor)).annotate(is_named=Exists(named))
    return found.order_by("-is_named", "full_name", "pk")


def _some_named(actor: Actor, text: str) -> list[Candidate]:
    """Return as many people as are shown at all, found by their name among the first whom it finds; else nobody."""
    words = " ".join(wanted_words(text))
    named = SearchEntry.objects.filter(kind=SearchKind.PERSON, words__begin=words).values("candidate")
    people = with_main_address(Candidate.objects.visible_to(actor).present())
    rows = list(people.filter(pk__in=named[:_MOST_NAMED]).order_by("full_name", "pk")[:HITS])
    return rows if len(rows) == HITS else []


def findings(people: Collection[int], text: str, actor: Actor) -> dict[int, Finding]:
    """Return where the people of one page, whom `actor` sees, were found by `text`, but for those whom their name or
    address tells.

    At most four queries, however many people.
    """
    words = wanted_words(text)
    if not words or not people:
        return {}
    entries = unveiled(SearchEntry.objects.filter(candidate__in=people), actor)
    own = {row.candidate_id: row.words for row in entries.filter(kind=SearchKind.PERSON)}
    missing = {pk: [word for word in words if f" {word}" not in own.get(pk, "")] for pk in people}
    holds = Q()
    # The rows are few, so that reading them is cheaper than asking the index.
    for word in words:
        holds |= Q(words__contains=f" {word}")
    open_ones = [pk for pk, left in missing.items() if left]
    rows = entries.filter(holds, candidate__in=open_ones).exclude(kind=SearchKind.PERSON)
    # Notes before documents: they are shorter, and somebody of the house wrote them.
    keys = list(rows.order_by("-kind", "-ref").values_list("candidate_id", "kind", "ref")[:_MOST_ENTRIES])
    texts = _texts([(SearchKind(kind), ref) for _candidate, kind, ref in keys], actor)
    found: dict[int, Finding] = {}
    for candidate, kind, ref in keys:
        said = snippet(texts.get((SearchKind(kind), ref), ""), missing[candidate])
        if candidate not in found or (said and not found[candidate].text):
            found[candidate] = Finding(SearchKind(kind), said)
    return found


# The entries were asked whether the actor may read them.
def _texts(keys: Iterable[tuple[SearchKind, int]], actor: Actor) -> Mapping[tuple[SearchKind, int], str]:
    notes = [ref for kind, ref in keys if kind == SearchKind.NOTE]
    documents = [ref for kind, ref in keys if kind == SearchKind.DOCUMENT]
    texts: dict[tuple[SearchKind, int], str] = {}
    if notes:
        rows = unveiled(Note.objects.filter(pk__in=notes), actor)
        texts |= {(SearchKind.NOTE, pk): body for pk, body in rows.values_list("pk", "body")}
    if documents:
        read = Document.objects.filter(pk__in=documents).annotate(start=Left("text", _READ))
        texts |= {(SearchKind.DOCUMENT, pk): start for pk, start in read.values_list("pk", "start")}
    return texts


def snippet(text: str, words: Sequence[str]) -> str:
    """Return what stands around the first of `words` in `text`, in one line; empty when none is there."""
    whole = unicodedata.normalize("NFKC", text)
    begins = tuple(words)
    for match in _WORD.finditer(whole):
        word = match.group()
        # Most words need no more than that, and there are many.
        folded = word.lower() if word.isascii() else "".join(words_of(word))
        if folded.startswith(begins):
            # Whole words only: it begins behind a space and ends before one, where there is one.
            start = max(0, match.start() - _BEFORE)
            start = whole.find(" ", start, match.start()) + 1 or start if start else 0
            end = match.end() + _AFTER
            end = max(whole.rfind(" ", match.end(), end), match.end()) if end < len(whole) else end
            said = " ".join(whole[start:end].split())
            return f"{'… ' if start else ''}{said[:_LONGEST]}{' …' if end < len(whole) else ''}"
    return ""


def search(actor: Actor, term: str) -> list[SearchHit]:
    """Return the people whom `actor` may see and who are found by `term`, for the search box. At most six queries.

    Of words that stand in very many names some people are shown: which of them come first by their name is not worked
    out.
    """
    people = _some_named(actor, term) or list(search_people(actor, term)[:HITS])
    found = findings([person.pk for person in people], term, actor)
    hits = []
    for person in people:
        text = str(found.get(person.pk) or getattr(person, "main_address", None) or "")
        hits.append(SearchHit(person.full_name, text, person_address(person), "person"))
    return hits


def people_without_words() -> int:
    """Return how many people nobody would find by their name. One query."""
    named = SearchEntry.objects.filter(candidate=OuterRef("pk"), kind=SearchKind.PERSON)
    return Candidate.objects.present().filter(~Exists(named)).count()
