"""The lists of colleagues and of their API keys as files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor, ApiKey, User
from accounts.queries import key_standing, role_words, scope_words
from outbox.operations.list_files import ListFile, in_order, take_list
from rendering.tables import TableColumn

_COLLEAGUES: Final[Sequence[TableColumn[User]]] = (
    TableColumn(_("Name"), lambda user: user.full_name),
    TableColumn(_("Email address"), lambda user: user.email),
    TableColumn(_("Roles"), role_words),
    TableColumn(_("Active"), lambda user: user.is_active),
    TableColumn(_("Added"), lambda user: user.date_joined),
)
_KEYS: Final[Sequence[TableColumn[ApiKey]]] = (
    TableColumn(_("Name"), lambda key: key.name),
    TableColumn(_("Owner"), lambda key: str(key.owner)),
    TableColumn(_("State"), lambda key: key_standing(key)[0]),
    TableColumn(_("May"), scope_words),
    TableColumn(_("Made"), lambda key: key.created_at),
    TableColumn(_("Expires"), lambda key: key.expires_at),
    TableColumn(_("Revoked"), lambda key: key.revoked_at),
    TableColumn(_("Last used"), lambda key: key.last_used_at),
)


def take_colleagues(
    colleagues: QuerySet[User],
    *,
    filters: Sequence[str],
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return colleagues (what the reader sees, in order) as a file, and write down who takes it.

    Raises `TooManyRows` as `take_list` does.
    """
    taken = ListFile(
        listed="colleagues",
        name="colleagues",
        sheet=gettext("Colleagues"),
        columns=_COLLEAGUES,
        keys=list(colleagues.values_list("pk", flat=True)),
        rows=partial(in_order, User.objects.prefetch_related("groups")),
        filters=filters,
    )
    return take_list(taken, format=format, by=by, now=now)


def take_api_keys(
    keys: QuerySet[ApiKey],
    *,
    filters: Sequence[str],
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return API keys (what the reader sees, in order) as a file without anything that opens a door, and write down
    who takes it. Raises `TooManyRows` as `take_list` does.
    """
    taken = ListFile(
        listed="API keys",
        name="api-keys",
        sheet=gettext("API keys"),
        columns=_KEYS,
        keys=list(keys.values_list("pk", flat=True)),
        rows=partial(in_order, ApiKey.objects.defer("secret_hash").select_related("owner")),
        filters=filters,
    )
    return take_list(taken, format=format, by=by, now=now)
