"""Shared bits of own pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.models import Organisation
from shell import look
from shell.chapters import place
from shell.columns import address_with
from shell.registries import tone_of
from shell.words import is_too_short

register = template.Library()


@register.simple_tag
def state_pill(state: Any, tone: str = "", words: str = "") -> SafeString | str:
    """Show a state as a pill: its words always, its colour by `tone` or by what its app registered for it.

    `state` is a value of a `TextChoices` (its label is shown), or the words themselves.
    """
    if state in (None, ""):
        return ""
    label = words or getattr(state, "label", None) or str(state)
    return format_html('<span class="pill pill-{}">{}</span>', tone or tone_of(state), label)


@register.simple_tag
def look_url(organisation: Organisation) -> str:
    """The address of the rules for the organisation's colour, "" where the pages' own is right."""
    return look.look_url(organisation)


@register.simple_tag
def logo_url(organisation: Organisation) -> str:
    """The address of the organisation's logo, "" without one."""
    return look.logo_url(organisation)


@register.simple_tag
def data_attributes(**values: object) -> SafeString:
    """Write values as attributes that scripts read: `server_now` as `data-server-now`."""
    return format_html_join(
        " ", 'data-{}="{}"', ((name.replace("_", "-"), value) for name, value in values.items())
    )


@register.filter
def finds_nothing(text: str | None) -> bool:
    """Whether a search for `text` can find nothing, because it has no word that is long enough."""
    return is_too_short(text or "")


@register.filter
def in_parts(address: str) -> SafeString:
    """Return an address of mail that breaks before its "@" where it does not fit, rather than within a word."""
    name, at, place = address.rpartition("@")
    return format_html("{}<wbr>@{}", name, place) if at else format_html("{}", address)


@register.inclusion_tag("shell/parts/empty_state.html")
def empty_state(title: str, text: str = "", action: str = "", url: str = "") -> dict[str, str]:
    """Say what will be here, and offer the one action that fills it."""
    return {"title": title, "text": text, "action": action, "url": url}


@register.inclusion_tag("shell/parts/list_files.html", takes_context=True)
def list_files(
    context: Context, name: str, *args: Any, query: str = "", narrows: bool = True
) -> dict[str, Any]:
    """Offer the list above which it stands as a CSV and an XLSX file, as its address narrows it down and sorts it.

    `name` is the address of the files, whose last part is the format; `query` is for a list that is a part of theirs,
    `narrows` says whether there is anything to narrow it down by.
    """
    changes = context.get("cl")
    asked = changes.get_query_string() if changes else query or address_with(context["request"].GET)
    asked = asked if asked != "?" else ""
    return {
        "narrows": narrows,
        "has_space": changes is None,
        **{kind: reverse(name, args=[*args, kind]) + asked for kind in ("csv", "xlsx")},
    }


@register.inclusion_tag("shell/parts/progress.html")
def progress(done: int, total: int, label: str) -> dict[str, Any]:
    """Show how far along something is, in words and as a bar; without a known total as a bar that says so."""
    return {"done": done, "total": total, "label": label}


@register.inclusion_tag("shell/parts/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """List everything a form complains about, each with a link to its field."""
    return {"form": form, "fields": [field for field in form if field.errors]}


@register.inclusion_tag("shell/parts/field.html")
def form_field(field: Any) -> dict[str, Any]:
    """Show a form's field with its label, help and errors, tied together for screen readers."""
    return {"field": field, "kind": getattr(field.field.widget, "input_type", "")}


@register.inclusion_tag("shell/parts/help_line.html")
def help_line(chapter: str, anchor: str, sentence: str) -> dict[str, str]:
    """Say in one sentence what is decided here, and lead to the place in the handbook that says more.

    A place that does not exist is a mistake of ours: `LookupError`.
    """
    title, url = place(chapter, anchor)
    return {"sentence": sentence, "title": title, "url": url}


class KeptNode(template.Node):
    """A part of a page that is rendered once for each language and each set of values, and looked up afterwards."""

    # More sets than this are not the same few again and again: then it starts anew.
    MOST = 500

    def __init__(self, nodelist: NodeList, values: list[FilterExpression]) -> None:
        self.nodelist, self.values = nodelist, values
        self._kept: dict[tuple[Any, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        key = (get_language(), *[value.resolve(context, ignore_failures=True) for value in self.values])
        found = self._kept.get(key)
        if found is None:
            found = self.nodelist.render(context)
            if len(self._kept) >= self.MOST:
                self._kept.clear()
            self._kept[key] = found
        return found


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Keep what stands until `endkept` for the next page: `{% kept value … %}`, with every value it depends on.

    For pages that very many people open. Nothing of a person may stand there, no block, and no moment.
    """
    values = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, values)
