"""What other apps tell outbox: the kinds of mail they send, the long work they do, who may see which rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

from accounts.enums import ActorKind, Role
from accounts.registries import EVERYTHING, Grant, register_grant, register_role_permissions
from outbox.enums import Audience, MessageState, WorkState
from shell.registries import register_tones

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import Actor
    from outbox.models import Work


@dataclass(frozen=True, kw_only=True)
class MessageKind:
    """A kind of mail with its built-in words, used until somebody saves a `MessageTemplate` of the kind.

    `fields` are the merge fields and what each one holds. Values come from strangers and are made harmless before they
    go into a text; those named in `own_fields` are ours (an address of the organisation) and stay as they are.
    `why` is the line that tells the reader why they were written to.
    """

    kind: str
    title: _StrOrPromise
    audience: Audience
    fields: Mapping[str, _StrOrPromise]
    subject: _StrOrPromise
    body: _StrOrPromise
    button: _StrOrPromise = ""
    own_fields: frozenset[str] = frozenset()
    why: _StrOrPromise = ""


Report = Callable[[int, "int | None"], None]
Handler = Callable[["Work", "Actor", Report], dict[str, Any]]


@dataclass(frozen=True)
class WorkKind:
    """A kind of long work: what does it, and what people call it."""

    kind: str
    handler: Handler
    title: _StrOrPromise


_kinds: Final[dict[str, MessageKind]] = {}
_work: Final[dict[str, WorkKind]] = {}


def register_kind(kind: MessageKind) -> None:
    """Make a kind of mail known. Called from the `ready()` of the app that sends it."""
    _kinds[kind.kind] = kind


def message_kind(kind: str) -> MessageKind:
    """Return the registered kind. Raises `LookupError` for an unknown one."""
    try:
        return _kinds[kind]
    except KeyError:
        raise LookupError(f"No app registered mail of the kind {kind!r}.") from None


def message_kinds() -> list[MessageKind]:
    """Return every registered kind in the order of their names."""
    return [_kinds[kind] for kind in sorted(_kinds)]


def kind_title(kind: str) -> _StrOrPromise:
    """Return what people call a kind of mail or work; an unknown one by its code."""
    known: MessageKind | WorkKind | None = _kinds.get(kind) or _work.get(kind)
    return known.title if known else kind


def register_work(kind: str, handler: Handler, title: _StrOrPromise) -> None:
    """Make a kind of long work known.

    `handler(work, actor, report)` runs in a worker, outside any transaction, and may run again after a crash: it must
    be idempotent. It calls `report(done, total)` at least every half minute, which also keeps the work its own;
    `total` may be None when unknown. A `ValidationError` ends the work with its words; any other exception is
    tried again.

    It returns what the page shows, in keys that may be left out: "summary" (a sentence), "counts" (a list of
    [label, number]), "problems" (a list of {"row": int, "column": str, "text": str}), "problem_count" (where only the
    first of them are listed), "next" ({"url", "label"} of a page of this site).
    """
    _work[kind] = WorkKind(kind, handler, title)


def work_kind(kind: str) -> WorkKind:
    """Return the registered kind of work. Raises `LookupError` for an unknown one."""
    try:
        return _work[kind]
    except KeyError:
        raise LookupError(f"No app registered work of the kind {kind!r}.") from None


def work_kinds() -> Iterator[WorkKind]:
    """Every registered kind of work."""
    return iter(_work.values())


def _grant_roles(*roles: Role) -> Grant:
    # A key may be limited to jobs, which outbox knows nothing of: keys see nothing by a role here.
    return lambda actor: EVERYTHING if actor.kind is ActorKind.USER and actor.has_role(*roles) else None


def _grant_creator(actor: Actor) -> Q | None:
    return Q(created_by_id=actor.user.pk) if actor.kind is ActorKind.USER and actor.user else None


def _grant_key(actor: Actor) -> Q | None:
    return Q(api_key_id=actor.api_key.pk) if actor.api_key else None


def register_grants() -> None:
    """Who sees rows of outbox without knowing a job. Apps above open more."""
    for label in ("outbox.Message", "outbox.Work", "outbox.Event"):
        register_grant(label, "administrators", _grant_roles(Role.ADMINISTRATOR))
    for label in ("outbox.Message", "outbox.Work"):
        register_grant(label, "whoever asked for it", _grant_creator)
    register_grant("outbox.Work", "the key that asked for it", _grant_key)
    register_grant(
        "outbox.MessageTemplate",
        "whoever writes to candidates",
        _grant_roles(Role.ADMINISTRATOR, Role.RECRUITER),
    )
    # Administrators may see every list of the admin without being named.
    register_role_permissions(Role.RECRUITER, {"outbox.MessageTemplate": ["view", "add", "change"]})


def register_states() -> None:
    """Which colour each state has. Mail that stayed here is not "good": nobody got it."""
    register_tones(
        good=[MessageState.SENT],
        attention=[MessageState.UNKNOWN],
        bad=[MessageState.FAILED],
        accent=[MessageState.SENDING, MessageState.KEPT_HERE],
    )
    register_tones(good=[WorkState.DONE], bad=[WorkState.FAILED], accent=[WorkState.RUNNING])
