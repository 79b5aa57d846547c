"""What people narrow a list down to, kept under a name."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import ActorKind
from accounts.models import Actor
from hiring.enums import ListName
from hiring.models import Job, SavedFilter
from hiring.queries.access import sees_people_of
from rendering.characters import clean_line

MOST_FILTERS = 50
NAME_LENGTH = 80
QUERY_LENGTH = 2000


@transaction.atomic
def save_filter(*, job: Job, name: str, query: str, is_shared: bool, by: Actor, now: datetime) -> SavedFilter:
    """Keep what the people of a job are narrowed down to and return it. One's own of the same name is written over.

    Arguments: `query` as it stands in the address of the list, already judged by its form; it names nobody.
    Raises `PermissionDenied` for whoever sees none of these people, `ValidationError` keyed "name".
    """
    if by.kind is not ActorKind.USER or not sees_people_of(by, job):
        raise PermissionDenied
    name = clean_line(name).strip()
    if not name:
        raise ValidationError({"name": _("Give the filter a name.")})
    if len(name) > NAME_LENGTH:
        raise ValidationError({"name": _("Keep the name to %d characters.") % NAME_LENGTH})
    if not query or len(query) > QUERY_LENGTH:
        raise ValidationError(
            {
                "name": _(
                    "There is nothing to keep: what you search for is left out, since it may be somebody's name. "
                    "Narrow the list down by something else."
                )
            }
        )
    own = SavedFilter.objects.filter(owner=by.user, list=ListName.PEOPLE, job=job)
    if own.exclude(name=name).count() >= MOST_FILTERS:
        raise ValidationError(
            {"name": _("You keep %d filters for this job already. Forget one first.") % MOST_FILTERS}
        )
    saved, _is_new = SavedFilter.objects.update_or_create(
        owner=by.user,
        list=ListName.PEOPLE,
        job=job,
        name=name,
        defaults={"query": query, "is_shared": is_shared, "created_at": now},
    )
    return saved


def forget_filter(*, saved: SavedFilter, by: Actor) -> None:
    """Delete one's own filter. Raises `PermissionDenied` for somebody else's."""
    if by.kind is not ActorKind.USER or by.user is None or saved.owner_id != by.user.pk:
        raise PermissionDenied
    saved.delete()
