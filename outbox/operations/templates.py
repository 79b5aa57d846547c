"""The words of a kind of mail: checking and saving what people write, and putting values in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Actor
from outbox.models import MessageTemplate
from outbox.operations.events import record_event
from outbox.queries import may_write_kind
from outbox.registries import MessageKind, is_named, message_kind
from outbox.rules import LINK_MARK, fill, has_leftovers, has_link, mark_confidential, used_fields
from outbox.validators import check_line
from rendering.characters import clean_line, clean_text
from rendering.mail import plain_value


@dataclass(frozen=True)
class Words:
    """What is written for a kind in a language: merge fields still in it."""

    subject: str
    body: str
    button: str


@transaction.atomic
def save_template(
    *,
    template: MessageTemplate | None,
    kind: str,
    language: str,
    subject: str,
    body: str,
    button: str,
    name: str = "",
    scope: str = "",
    is_active: bool = True,
    by: Actor,
    now: datetime,
) -> MessageTemplate:
    """Save the words for mail of `kind` in `language` and return the row; None as `template` makes a new one.

    Mail that is queued already keeps its words. Where there are several of a kind, each has a `name`. With a `scope`
    they hold for one thing alone; the app that knows it says who may write them.
    Raises: `PermissionDenied` for mail that opens accounts unless an administrator asks; `ValidationError` keyed by
    field for an unknown kind or merge field, for a text that lost its link, and when there is a template of this kind
    and language already.
    """
    if not may_write_kind(by, kind):
        raise PermissionDenied(_("Only administrators change the words of mail that opens accounts."))
    template = template or MessageTemplate()
    template.kind, template.language = kind, language
    template.name, template.scope, template.is_active = clean_line(name), scope, is_active
    check_name(kind=kind, name=template.name)
    template.subject, template.body, template.button = subject, clean_text(body), clean_line(button)
    check_words(kind=kind, subject=subject, body=template.body, button=button)
    template.full_clean()
    template.save()
    record_event(
        kind="template.saved",
        by=by,
        now=now,
        about="outbox.messagetemplate",
        about_id=template.pk,
        data={"kind": kind, "language": language},
    )
    return template


def check_name(*, kind: str, name: str) -> None:
    """Raise `ValidationError` keyed "name" for a name too few or too many."""
    if is_named(kind) and not name:
        raise ValidationError({"name": _("Give it a name by which colleagues choose it.")})
    if name and not is_named(kind):
        raise ValidationError(
            {"name": _("There is one mail of this kind, so it has no name. Leave it empty.")}
        )


def check_words(*, kind: str, subject: str, body: str, button: str) -> None:
    """Raise `ValidationError` keyed by field when the words cannot become a mail of `kind`."""
    try:
        known = message_kind(kind)
    except LookupError:
        raise ValidationError({"kind": _("Choose one of the listed kinds.")}) from None
    for field, text in (("subject", subject), ("button", button)):
        check_line(text, field=field)
        if LINK_MARK in fill(text, _Anything()):
            raise ValidationError({field: _("{{ link }} can stand in the text alone.")})
    for field, text in (("subject", subject), ("body", body), ("button", button)):
        _check_fields(known, field, text)
    _check_confidential(known, {"subject": subject, "button": button})
    _check_link(known, body)


def _check_fields(kind: MessageKind, field: str, text: str) -> None:
    listing = ", ".join(f"{{{{ {name} }}}}" for name in sorted(kind.fields)) or "–"
    unknown = sorted(used_fields(text) - set(kind.fields))
    if unknown:
        message = _("There is no merge field “%(name)s”. This mail knows: %(known)s.")
        raise ValidationError({field: message % {"name": unknown[0], "known": listing}})
    if has_leftovers(text):
        message = _("Use braces for merge fields only, written like {{ name }}. This mail knows: %(known)s.")
        raise ValidationError({field: message % {"known": listing}})


def _check_confidential(kind: MessageKind, texts: Mapping[str, str]) -> None:
    # Lists show subjects to whoever sees the message at all, and they are searched.
    for field, text in texts.items():
        for name in sorted(used_fields(text) & kind.confidential):
            message = _("{{ %(name)s }} can stand in the text alone.") % {"name": name}
            raise ValidationError({field: message})


def _check_link(kind: MessageKind, body: str) -> None:
    lines = [fill(line, _Anything()).strip() for line in body.splitlines()]
    alone = lines.count(LINK_MARK)
    is_wanted = has_link(body) if kind.link_by_choice else has_link(str(kind.body))
    if not is_wanted:
        if has_link(body):
            raise ValidationError({"body": _("Mail of this kind has no link. Remove {{ link }}.")})
    elif alone != 1 or sum(LINK_MARK in line for line in lines) != 1:
        raise ValidationError(
            {"body": _("Put {{ link }} once, on a line of its own: that is where the button stands.")}
        )


class _Anything(dict[str, str]):
    """A value for every field, to see what stands around them."""

    def __missing__(self, key: str) -> str:
        return "…"


def words_for(*, kind: MessageKind, language: str, scope: str = "") -> Words:
    """Return the saved words for `language`: those of `scope`, else those that hold everywhere, else the built-in ones.

    One query.
    """
    # No scope sorts last on every database: it is the empty text.
    saved = (
        MessageTemplate.objects.filter(
            kind=kind.kind, language=language, scope__in={"", scope}, name="", is_active=True
        )
        .order_by("-scope")
        .first()
    )
    if saved is not None:
        return words_of(saved)
    with translation.override(language):
        return Words(str(kind.subject), str(kind.body), str(kind.button))


def words_of(template: MessageTemplate) -> Words:
    """Return the words that somebody saved."""
    return Words(template.subject, template.body, template.button)


def with_button(words: Words, *, kind: MessageKind, language: str) -> Words:
    """Return `words` with what their button says: what is built in where they say nothing, nothing without a link."""
    if not kind.link_by_choice:
        return words
    if not has_link(words.body):
        return replace(words, button="")
    with translation.override(language):
        return replace(words, button=words.button or str(kind.button))


def merge(words: Words, *, kind: MessageKind, context: Mapping[str, str]) -> Words:
    """Return `words` with the values of `context` in place; `{{ link }}` stays until the mail is delivered.

    Values of confidential fields are marked in the text, also when they are empty.
    A value can bring neither a line break, nor a merge field, nor what a mail program would make a link of.
    Raises: `ValidationError` keyed "context" when a field that the words use has no value; in mail that is `named`,
    whose words nobody tried out before, also when it is an empty one.
    """
    values = {
        name: _harmless(name, str(value), kind) for name, value in context.items() if name in kind.fields
    }
    used = used_fields(f"{words.subject} {words.body} {words.button}")
    missing = sorted(name for name in used if name not in values or (kind.named and not values[name]))
    if missing:
        message = _("There is no value for the merge field “%(name)s”.") % {"name": missing[0]}
        raise ValidationError({"context": message})
    marked = {name: mark_confidential(values[name]) for name in kind.confidential & values.keys()}
    return Words(
        subject=clean_line(fill(words.subject, values))[:300],
        body=fill(words.body, values | marked),
        button=clean_line(fill(words.button, values))[:60],
    )


def _harmless(name: str, value: str, kind: MessageKind) -> str:
    cleaned = clean_line(value) if name in kind.own_fields else plain_value(value)
    return cleaned.replace("{{", "{\u2060{").replace("}}", "}\u2060}")
