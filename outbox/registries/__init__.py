"""What other apps tell outbox: the kinds of mail they send, the long work they do, who may see which rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import ActorKind, Role
from accounts.registries import (
    EVERYTHING,
    Grant,
    register_grant,
    register_mask,
    register_role_permissions,
    register_veil,
)
from outbox.enums import Audience, InboundKind, MessageState, WorkState
from shell.registries import register_tones

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import Actor
    from outbox.models import Message, Work


@dataclass(frozen=True, kw_only=True)
class MessageKind:
    """A kind of mail with its built-in words, used until somebody saves a `MessageTemplate` of the kind.

    `fields` are the merge fields and what each one holds. Values come from strangers and are made harmless before they
    go into a text; those named in `own_fields` are ours (an address of the organisation) and stay as they are.
    The values of those named in `confidential` are for the reader of the mail and for administrators: where a kept text
    is shown to others they are left out, an empty one like any other. They can stand in the text alone.
    `why` is the line that tells the reader why they were written to. Mail that is tried `once` is waited for by
    somebody who would rather know at once than have it tried again. Of mail that is `named` there are as many as
    somebody writes, each by its name; the built-in words are what one begins with. `link_by_choice` lets words have a
    link or none; then `button` is what it says unless the words say otherwise.
    """

    kind: str
    title: _StrOrPromise
    audience: Audience
    fields: Mapping[str, _StrOrPromise]
    subject: _StrOrPromise
    body: _StrOrPromise
    button: _StrOrPromise = ""
    own_fields: frozenset[str] = frozenset()
    confidential: frozenset[str] = frozenset()
    why: _StrOrPromise = ""
    once: bool = False
    named: bool = False
    link_by_choice: bool = False


TEST_MAIL: Final = "test_mail"
NEWS: Final = "news"
COLLEAGUE_INVITATION: Final = "colleague_invitation"
NEW_PASSWORD: Final = "new_password"  # noqa: S105 -- a kind of mail
# Whoever reads one of these where mail is kept here can take over the account.
OPENS_ACCOUNTS: Final = (COLLEAGUE_INVITATION, NEW_PASSWORD)


@dataclass(frozen=True, slots=True)
class Correcting:
    """Where the address of a message can be corrected: a form there takes "email"; `address` is what to begin with."""

    url: str
    address: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody whom long work left out, and why; `who` and `url` are "" for whoever may not know them."""

    who: str
    url: str
    why: str


Corrector = Callable[["Actor", "Message"], "Correcting | None"]
# Whether an actor sends a message again or takes it back; None about messages that the app does not know.
ResendRight = Callable[["Actor", "Message"], "bool | None"]
# The scopes of all mail that an actor sees, None for whoever sees all of it.
ScopesSeen = Callable[["Actor"], "list[str] | None"]
Report = Callable[[int, "int | None"], None]
Handler = Callable[["Work", "Actor", Report], dict[str, Any]]
LeftOutReader = Callable[["Actor", "Work"], list[LeftOut]]


@dataclass(frozen=True)
class WorkKind:
    """A kind of long work: what does it, what people call it, who says whom it left out, and what those are: people
    where nothing is said."""

    kind: str
    handler: Handler
    title: _StrOrPromise
    left_out: LeftOutReader | None = None
    things: _StrOrPromise = ""


_kinds: Final[dict[str, MessageKind]] = {}
_work: Final[dict[str, WorkKind]] = {}
_correctors: Final[list[Corrector]] = []
_resend_rights: Final[list[ResendRight]] = []
_scopes_seen: Final[list[ScopesSeen]] = []
_trials: Final[dict[str, str]] = {}


def register_kind(kind: MessageKind) -> None:
    """Make a kind of mail known. Called from the `ready()` of the app that sends it."""
    _kinds[kind.kind] = kind


def message_kind(kind: str) -> MessageKind:
    """Return the registered kind. Raises `LookupError` for an unknown one."""
    try:
        return _kinds[kind]
    except KeyError:
        raise LookupError(f"No app registered mail of the kind {kind!r}.") from None


def register_trial(page: str, *kinds: str) -> None:
    """Name the page where saved words of these kinds are read as a real person would; it gets the template's key."""
    _trials.update(dict.fromkeys(kinds, page))


def trial_page(kind: str) -> str:
    """Return the name of the page where words of a kind are tried; "" where there is none."""
    return _trials.get(kind, "")


def is_named(kind: str) -> bool:
    """Whether there are several mails of this kind, each by its name."""
    known = _kinds.get(kind)
    return known is not None and known.named


def is_tried_once(kind: str) -> bool:
    """Whether mail of this kind ends with its first try; also for kinds that nobody knows any more."""
    known = _kinds.get(kind)
    return known is not None and known.once


def message_kinds() -> list[MessageKind]:
    """Return every registered kind in the order of their names."""
    return [_kinds[kind] for kind in sorted(_kinds)]


def kind_title(kind: str) -> _StrOrPromise:
    """Return what people call a kind of mail or work; an unknown one by its code."""
    known: MessageKind | WorkKind | None = _kinds.get(kind) or _work.get(kind)
    return known.title if known else kind


def register_corrector(corrector: Corrector) -> None:
    """Let the app that knows people say where the address of a message is corrected, if the actor may."""
    _correctors.append(corrector)


def correcting(actor: Actor, message: Message) -> Correcting | None:
    """Return where `actor` can correct the address of `message`, which did not arrive; None where they cannot."""
    return next((found for corrector in _correctors if (found := corrector(actor, message))), None)


def register_resend_right(right: ResendRight) -> None:
    """Let the app that knows what a message is about decide who sends it again or takes it back."""
    _resend_rights.append(right)


def right_to_resend(actor: Actor, message: Message) -> bool | None:
    """Whether `actor` sends `message` again or takes it back, by the app that knows it; None where none does."""
    said = (right(actor, message) for right in _resend_rights)
    return next((answer for answer in said if answer is not None), None)


def register_scopes_seen(find: ScopesSeen) -> None:
    """Let the app above say which scopes an actor sees mail of: all that has another scope is out of their sight."""
    _scopes_seen[:] = [find]


def scopes_seen(actor: Actor) -> list[str] | None:
    """Return the scopes that `actor` sees mail of, None where nobody says. As many queries as the app above asks."""
    return next((find(actor) for find in _scopes_seen), None)


def register_work(
    kind: str,
    handler: Handler,
    title: _StrOrPromise,
    left_out: LeftOutReader | None = None,
    things: _StrOrPromise = "",
) -> None:
    """Make a kind of long work known; `things` is what one that is left out is called where it is no person.

    `handler(work, actor, report)` runs in a worker, outside any transaction, and may run again after a crash: it must
    be idempotent. It calls `report(done, total)` at least every half minute, which also keeps the work its own;
    `total` may be None when unknown. A `ValidationError` ends the work with its words; any other exception is
    tried again.

    It returns what the page shows, in keys that may be left out: "summary" (a sentence), "counts" (a list of
    [label, number]), "problems" (a list of {"row": int, "column": str, "text": str}), "problem_count" (where only the
    first of them are listed), "warnings" (sentences), "remarks" ({"title", "rows" (as the problems), "more",
    "named" (what stands in the place of columns)}), "next" ({"url", "label"} of a page of this site),
    "undo" ({"url", "label", "seconds", "note"}: where whoever asked takes it back by POST, offered so long after the
    end), "skipped_count" (how many were left out, whom `left_out` names),
    "file" (what the file is called that it kept by `keep_file`; see `operations.exports`). What stands of a file under
    `outbox.rules.SAMPLE` is forgotten with that file.
    """
    _work[kind] = WorkKind(kind, handler, title, left_out, things)


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


def _grant_reader(actor: Actor) -> Q | None:
    return None if actor.user is None or actor.api_key is not None else Q(user_id=actor.user.pk)


def _grant_key(actor: Actor) -> Q | None:
    return Q(api_key_id=actor.api_key.pk) if actor.api_key else None


def _may_see_confidential(actor: Actor, _message: Model | None) -> bool:
    return actor.has_role(Role.ADMINISTRATOR)


def _veil_words(actor: Actor) -> Q | None:
    # Whoever writes the words of such a mail could make administrators follow them.
    return None if actor.has_role(Role.ADMINISTRATOR) else Q(kind__in=OPENS_ACCOUNTS)


def _veil_accounts(actor: Actor) -> Q | None:
    if actor.kind is ActorKind.USER and actor.has_role(Role.ADMINISTRATOR):
        return None
    return Q(kind__in=OPENS_ACCOUNTS)


def register_grants() -> None:
    """Who sees rows of outbox without knowing a job. Apps above open more."""
    for label in ("outbox.Message", "outbox.Work", "outbox.Event"):
        register_grant(label, "administrators", _grant_roles(Role.ADMINISTRATOR))
    for label in ("outbox.Message", "outbox.Work"):
        register_grant(label, "whoever asked for it", _grant_creator)
    # Not even whoever asked for it, or gets it: an open session must not become a password.
    register_veil("outbox.Message", "accounts", _veil_accounts)
    register_mask("outbox.Message", "confidential", _may_see_confidential)
    register_grant("outbox.Work", "the key that asked for it", _grant_key)
    register_grant("outbox.InboundMessage", "administrators", _grant_roles(Role.ADMINISTRATOR))
    # What colleagues are told is their own: not even administrators read along.
    register_grant("outbox.Notification", "whoever it is for", _grant_reader)
    register_grant(
        "outbox.MessageTemplate",
        "whoever writes to candidates",
        _grant_roles(Role.ADMINISTRATOR, Role.RECRUITER),
    )
    register_veil("outbox.MessageTemplate", "accounts", _veil_words)
    # Administrators may see every list of the admin without being named.
    register_role_permissions(Role.RECRUITER, {"outbox.MessageTemplate": ["view", "add", "change"]})


def register_states() -> None:
    """Which colour each state has. Mail that stayed here is not "good": nobody got it."""
    register_tones(
        good=[MessageState.SENT],
        attention=[MessageState.UNKNOWN],
        bad=[MessageState.FAILED, MessageState.BOUNCED],
        accent=[MessageState.SENDING, MessageState.KEPT_HERE],
    )
    register_tones(good=[InboundKind.REPLY], bad=[InboundKind.BOUNCE])
    register_tones(good=[WorkState.DONE], bad=[WorkState.FAILED], accent=[WorkState.RUNNING])


def register_mail() -> None:
    """The mail that outbox sends of its own: with which colleagues choose a password, and to see if any arrives."""
    fields = {
        "name": _("The colleague's name"),
        "organisation": _("The name of your organisation"),
        "address": _("The address of this site"),
        "lasts": _("How long the link works"),
    }
    ours = frozenset({"organisation", "address", "lasts"})
    register_kind(
        MessageKind(
            kind=COLLEAGUE_INVITATION,
            title=_("Invitation of a colleague"),
            audience=Audience.STAFF,
            fields=fields | {"invited_by": _("Who invited them")},
            own_fields=ours,
            subject=_("You were invited to {{ organisation }} on Shortlist"),
            body=_(
                "Hello {{ name }},\n\n"
                "{{ invited_by }} invited you to the hiring pages of {{ organisation }}, where colleagues look after "
                "jobs, candidates and skills tests.\n\n"
                "Choose your own password first; nobody else knows it. Then sign in with this email address.\n\n"
                "{{ link }}\n\n"
                "The link works for {{ lasts }}, until a password is chosen. Later you find the pages at "
                "{{ address }}.\n\n"
                "If you did not expect this, leave it: without a password nothing is open to anybody."
            ),
            button=_("Choose a password"),
            why=_("A colleague who administers this site added you with this address."),
        )
    )
    register_kind(
        MessageKind(
            kind=NEW_PASSWORD,
            title=_("New password for a colleague"),
            audience=Audience.STAFF,
            fields=fields,
            own_fields=ours,
            subject=_("Set a new password for {{ organisation }}"),
            body=_(
                "Hello {{ name }},\n\n"
                "somebody asked for a new password for the hiring pages of {{ organisation }} ({{ address }}). If it "
                "was you, set one here:\n\n"
                "{{ link }}\n\n"
                "The link works once, for {{ lasts }}. If it was not you, do nothing: your password stays as it is."
            ),
            button=_("Set a new password"),
            why=_("A new password was asked for with this address."),
        )
    )
    register_kind(
        MessageKind(
            kind=TEST_MAIL,
            title=_("Test mail"),
            audience=Audience.STAFF,
            fields={
                "name": fields["name"],
                "organisation": fields["organisation"],
                "address": fields["address"],
            },
            own_fields=ours,
            subject=_("Test mail from {{ organisation }}"),
            body=_(
                "Hello {{ name }},\n\n"
                "mail from the hiring pages of {{ organisation }} ({{ address }}) arrives. This is what it looks like: "
                "name, logo, colour and footer are those that candidates see."
            ),
            why=_("You asked for it under Settings, Mail server."),
            once=True,
        )
    )
    register_kind(
        MessageKind(
            kind=NEWS,
            title=_("News for a colleague"),
            audience=Audience.STAFF,
            fields={
                "name": fields["name"],
                "organisation": fields["organisation"],
                "news": _("How many things of which kind are new"),
                "address": _("The address of the page with all of it"),
            },
            own_fields=ours | {"news"},
            subject=_("News for you at {{ organisation }}"),
            body=_(
                "Hello {{ name }},\n\n"
                "what is new for you on the hiring pages of {{ organisation }}:\n\n"
                "{{ news }}\n\n"
                "Read it at {{ address }}. This mail names nobody; what you may see, you see there."
            ),
            why=_(
                "Your profile says when you get this mail, under “Notifications”. You can change it there."
            ),
        )
    )
