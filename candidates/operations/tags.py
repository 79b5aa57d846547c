"""Words that people are sorted by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from candidates.models import Candidate, Tag
from candidates.operations.changes import record_changed
from candidates.validators import clean_tag


def checked_tags(names: Iterable[str]) -> list[str]:
    """Return the words of tags as they are kept, each once. Raises `ValidationError` naming each that cannot be one."""
    words, problems = [], []
    for name in names:
        try:
            words.append(clean_tag(name))
        except ValidationError as error:
            problems += [f"{name[:50]}: {message}" for message in error.messages]
    if problems:
        raise ValidationError(problems)
    return list(dict.fromkeys(words))


@transaction.atomic
def add_tags(*, tags: Iterable[tuple[Candidate, Iterable[str]]], by: Actor, now: datetime) -> int:
    """Give each person the words beside them, on top of what they have; return how many tags were new to people.

    A handful of statements, whatever the number. Raises `ValidationError` keyed "tags" for a word that cannot be one.
    """
    try:
        wanted = [(person, {clean_tag(name) for name in names}) for person, names in tags]
    except ValidationError as error:
        raise ValidationError({"tags": error.messages}) from error
    rows = _tags_by_word({name for _person, names in wanted for name in names})
    held = set(
        Candidate.tags.through.objects.filter(
            candidate__in=[person.pk for person, _names in wanted]
        ).values_list("candidate_id", "tag_id")
    )
    missing = {(person.pk, rows[name.casefold()].pk) for person, names in wanted for name in names} - held
    Candidate.tags.through.objects.bulk_create(
        [Candidate.tags.through(candidate_id=person, tag_id=tag) for person, tag in sorted(missing)],
        batch_size=500,
        ignore_conflicts=True,
    )
    changed = {person_id for person_id, _tag_id in missing}
    people = {person.pk: person for person, _names in wanted if person.pk in changed}
    record_changed(people=people.values(), by=by, now=now)
    return len(missing)


@transaction.atomic
def take_tags(*, people: Sequence[Candidate], names: Iterable[str], by: Actor, now: datetime) -> int:
    """Take the words from whoever of `people` has them; return how many tags went. A handful of statements."""
    words = {name.casefold() for name in names}
    tags = [tag.pk for tag in Tag.objects.all() if tag.name.casefold() in words]
    held = Candidate.tags.through.objects.filter(candidate__in=[person.pk for person in people], tag__in=tags)
    having = set(held.values_list("candidate_id", flat=True))
    gone, _by_model = held.delete()
    record_changed(people=[person for person in people if person.pk in having], by=by, now=now)
    return gone


@transaction.atomic
def change_tags(
    *, people: Sequence[Candidate], add: Iterable[str], take: Iterable[str], by: Actor, now: datetime
) -> tuple[int, int]:
    """Give all of `people` the words `add` and take `take` from them; return how many tags were given and taken.

    Doing it again changes nothing more. Raises `ValidationError` as `add_tags`.
    """
    words = list(add)
    given = add_tags(tags=[(person, words) for person in people], by=by, now=now)
    return given, take_tags(people=people, names=take, by=by, now=now)


@transaction.atomic
def set_tags(*, candidate: Candidate, names: Iterable[str], by: Actor, now: datetime) -> list[Tag]:
    """Give a person exactly the tags `names`, making new ones where needed; return them.

    Raises `ValidationError` keyed "tags" for a word that cannot be a tag.
    """
    try:
        wanted = {clean_tag(name) for name in names}
    except ValidationError as error:
        raise ValidationError({"tags": error.messages}) from error
    rows = _tags_by_word(wanted)
    tags = sorted({rows[name.casefold()] for name in wanted}, key=lambda tag: tag.name)
    candidate.tags.set(tags)
    record_changed(people=[candidate], by=by, now=now)
    return tags


@transaction.atomic
def save_tag(*, tag: Tag | None = None, name: str, by: Actor) -> Tag:
    """Make a tag, or give `tag` another word; return it. Raises `ValidationError` keyed "name"."""
    try:
        cleaned = clean_tag(name)
    except ValidationError as error:
        raise ValidationError({"name": error.messages}) from error
    others = Tag.objects.filter(name__iexact=cleaned)
    if tag is not None:
        others = others.exclude(pk=tag.pk)
    if others.exists():
        raise ValidationError({"name": _("There is a tag with this word already.")})
    saved = tag or Tag()
    saved.name = cleaned
    saved.save()
    return saved


def _tags_by_word(names: set[str]) -> dict[str, Tag]:
    """Return all tags by case-folded word, those of `names` made where they are missing.

    Words that differ by case are one tag. Databases fold letters differently, so it is done here: tags are few.
    """
    words = {name.casefold(): name for name in sorted(names, reverse=True)}
    known = {tag.name.casefold() for tag in Tag.objects.all()}
    missing = [Tag(name=name) for word, name in words.items() if word not in known]
    Tag.objects.bulk_create(missing, ignore_conflicts=True)
    return {tag.name.casefold(): tag for tag in Tag.objects.order_by("-pk")}
