"""The lists of colleagues and of their API keys as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, User
from accounts.queries import key_standing, role_words, scope_words
from outbox.operations.list_files import RowsFile, in_order
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

COLLEAGUES: Final = RowsFile(
    listed="colleagues",
    name="colleagues",
    sheet=_("Colleagues"),
    columns=_COLLEAGUES,
    read=lambda keys, by: in_order(User.objects.prefetch_related("groups"), keys),
)
# Without anything that opens a door.
API_KEYS: Final = RowsFile(
    listed="API keys",
    name="api-keys",
    sheet=_("API keys"),
    columns=_KEYS,
    read=lambda keys, by: in_order(ApiKey.objects.defer("secret_hash").select_related("owner"), keys),
)
