"""Who may see what: grants, veils and masks, registered by the app that knows. And what of a colleague's work there is
to hand over.

A *grant* opens rows (any grant is enough), a *veil* hides rows again (every veil holds), a *mask* hides a field.
No grant, no sight: in pages, search, API, exports, counts and autocomplete alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from django.db.models import Model, Q, QuerySet

from accounts.enums import Role

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import Actor, User

_M = TypeVar("_M", bound=Model)


class Everything:
    """The grant that opens every row, so that no filter is needed."""


EVERYTHING: Final = Everything()

Actions = frozenset({"view", "add", "change", "delete"})

Grant = Callable[["Actor"], "Q | Everything | None"]
Veil = Callable[["Actor"], "Q | None"]
# The row is None where a list or a form asks for the field of all of them.
Mask = Callable[["Actor", "Model | None"], bool]

_grants: dict[str, dict[str, Grant]] = defaultdict(dict)
# The same rows in the form for a list of which only the first ones are read.
_walked_grants: dict[str, dict[str, Grant]] = defaultdict(dict)
_veils: dict[str, dict[str, Veil]] = defaultdict(dict)
_masks: dict[tuple[str, str], Mask] = {}
_role_permissions: dict[Role, dict[tuple[str, str], set[str]]] = defaultdict(lambda: defaultdict(set))


def register_grant(label: str, name: str, grant: Grant, *, walked: Grant | None = None) -> None:
    """Let `grant(actor)` open rows of model `label` ("app.Model"): a Q of `pk__in=<subquery>`, EVERYTHING or None.

    `walked` opens the very same rows, asked in the way that suits a list which is read from its start. An app above may
    put its own in the place of one that it knows more of, by the same name.
    """
    _grants[label.lower()][name] = grant
    _walked_grants[label.lower()][name] = walked or grant


def register_veil(label: str, name: str, veil: Veil) -> None:
    """Let `veil(actor)` hide rows of model `label`: the Q of what is hidden, or None."""
    _veils[label.lower()][name] = veil


def register_mask(label: str, field: str, may_see: Mask) -> None:
    """Show `field` of model `label` only to actors for whom `may_see(actor, row)` holds; `row` may be None."""
    _masks[(label.lower(), field)] = may_see


def has_grants(label: str) -> bool:
    """Whether any app grants sight of model `label` to anybody but the system."""
    return bool(_grants[label.lower()])


def visible(queryset: QuerySet[_M], actor: Actor, *, walked: bool = False) -> QuerySet[_M]:
    """Return the rows of `queryset` that `actor` may see. Lazy; costs no query of its own beyond the roles'.

    With `walked` they are the same rows, for a long list of which only the first ones are read; it may cost a query.
    """
    if actor.is_system:
        return queryset
    label = queryset.model._meta.label_lower
    if actor.user is not None and not actor.user.is_active:
        return queryset.none()
    opened = _opened((_walked_grants if walked else _grants)[label], actor)
    if opened is None:
        return queryset.none()
    if isinstance(opened, Q):
        queryset = queryset.filter(opened)
    return unveiled(queryset, actor)


def unveiled(queryset: QuerySet[_M], actor: Actor) -> QuerySet[_M]:
    """Return the rows of `queryset` that no veil hides from `actor`. Lazy.

    Only for what hangs on rows that were narrowed down to those which the actor sees: grants are not asked again.
    """
    if actor.is_system:
        return queryset
    for veil in _veils[queryset.model._meta.label_lower].values():
        hidden = veil(actor)
        if hidden is not None:
            queryset = queryset.exclude(hidden)
    return queryset


def _opened(grants: Mapping[str, Grant], actor: Actor) -> Q | Everything | None:
    union: Q | None = None
    for grant in grants.values():
        opened = grant(actor)
        if isinstance(opened, Everything):
            return opened
        if opened is not None:
            union = opened if union is None else union | opened
    return union


def may_see_field(label: str, field: str, actor: Actor, row: Model | None = None) -> bool:
    """Whether `actor` may see `field` of model `label`; unmasked fields are seen by whoever sees the row.

    Without a `row` the answer is the one for all of them: no, where it depends on the row.
    """
    mask = _masks.get((label.lower(), field))
    return mask is None or actor.is_system or mask(actor, row)


def register_role_permissions(role: Role, permissions: Mapping[str, Iterable[str]]) -> None:
    """Let everyone with `role` do what `permissions` says in the admin: {"app.Model": {"view", "add", "change"}}.

    This opens lists and forms; which rows they show is the grants' matter. Administrators may everything without it.
    """
    for label, actions in permissions.items():
        unknown = set(actions) - Actions
        if unknown:
            raise ValueError(f"Unknown actions for {label}: {sorted(unknown)}")
        app, model = label.lower().split(".")
        _role_permissions[role][app, model].update(actions)


def role_permissions(role: Role) -> Mapping[tuple[str, str], set[str]]:
    """Return what apps registered for `role`, by (app label, model name)."""
    return _role_permissions[role]


@dataclass(frozen=True, kw_only=True)
class Capability:
    """Something that people do or see by their role: `defaults` names the roles that may.

    For the roles in `changeable` administrators of an installation may decide otherwise; for the others it stays as
    it is, and `why_fixed` says why. Administrators may everything.
    """

    code: str
    title: _StrOrPromise
    group: _StrOrPromise
    defaults: frozenset[str]
    changeable: frozenset[str]
    why_fixed: _StrOrPromise


_capabilities: dict[str, Capability] = {}
_role_titles: dict[str, _StrOrPromise] = {}


def register_roles(titles: Mapping[str, _StrOrPromise]) -> None:
    """Make the roles known that capabilities are given to, on a job or in the organisation, in the order of titles."""
    _role_titles.update(titles)


def role_titles() -> Mapping[str, _StrOrPromise]:
    """Return the roles that capabilities are given to, with what people call them."""
    return _role_titles


def register_capability(
    code: str,
    title: _StrOrPromise,
    defaults: Iterable[str],
    *,
    group: _StrOrPromise,
    changeable: Iterable[str] = (),
    why_fixed: _StrOrPromise = "",
) -> None:
    """Make known what people may do by their role; see `Capability`."""
    _capabilities[code] = Capability(
        code=code,
        title=title,
        group=group,
        defaults=frozenset(defaults),
        changeable=frozenset(changeable),
        why_fixed=why_fixed,
    )


def capabilities() -> tuple[Capability, ...]:
    """Return every capability, in the order of registration."""
    return tuple(_capabilities.values())


def capability(code: str) -> Capability:
    """Return the registered capability. Raises `LookupError` for an unknown one."""
    try:
        return _capabilities[code]
    except KeyError:
        raise LookupError(f"No app registered the capability {code!r}.") from None


def roles_with(code: str, actor: Actor) -> frozenset[str]:
    """Return the roles that have a capability in this installation: its defaults, and where a rule differs."""
    known = capability(code)
    rules = actor.rules
    return frozenset(
        role
        for role in known.defaults | known.changeable
        if (rules.get((role, code), role in known.defaults) if role in known.changeable else True)
    )


@dataclass(frozen=True)
class HandOverItem:
    """One thing that would move to somebody else: what it is called, a word more about it, where it is."""

    title: str
    detail: str = ""
    url: str = ""


class HandOverPart(Protocol):
    """What one app has of a colleague's work. `hiring.operations.hand_over` calls it, in a transaction of its own."""

    name: str

    @property
    def title(self) -> _StrOrPromise:
        """What people call what it has."""

    def items(self, user: User) -> Sequence[HandOverItem]:
        """Return what of this `user` has now, in the order of its titles."""

    def hand_over(self, user: User, to: User, by: Actor, now: datetime) -> int:
        """Let it be that of `to`, record it, and return how many things moved. Twice moves nothing more."""


_hand_over_parts: dict[str, HandOverPart] = {}


def register_hand_over_part(part: HandOverPart) -> None:
    """Let `part` take its share when somebody's work goes to a colleague."""
    _hand_over_parts[part.name] = part


def hand_over_parts() -> tuple[HandOverPart, ...]:
    """Return all parts, in the order of registration."""
    return tuple(_hand_over_parts.values())
