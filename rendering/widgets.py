"""The fields of forms, written as Django's own templates write them.

A list of sixty jobs to choose from is 121 templates within each other: a fifth of the work of a page that narrows down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeData, SafeString

_FOLDER: Final = "django/forms/widgets"
_OPTION: Final = f"{_FOLDER}/select_option.html"


class WrittenWidgets(DjangoTemplates):
    """Django's renderer of forms, which writes the commonest fields without its templates."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        write = _WRITERS.get(template_name)
        text = write(context["widget"]) if write else None
        return SafeString(super().render(template_name, context, request) if text is None else text)


def _input(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    given = "" if value is None else f' value="{_attribute(value)}"'
    return (
        f'<input type="{escape(widget["type"])}" name="{escape(widget["name"])}"{given}{_attributes(widget)}>'
    )


def _textarea(widget: Mapping[str, Any]) -> str:
    text = _shown(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{escape(widget["name"])}"{_attributes(widget)}>\n{text}</textarea>'


def _select(widget: Mapping[str, Any]) -> str | None:
    parts = [f'<select name="{escape(widget["name"])}"{_attributes(widget)}>']
    for group, options, _place in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_shown(group)}">')
        for option in options:
            if option["template_name"] != _OPTION:
                return None
            value, label = _attribute(option["value"]), _shown(option["label"])
            parts.append(f'\n  <option value="{value}"{_attributes(option)}>{label}</option>\n')
        if group:
            parts.append("\n  </optgroup>")
    return "".join([*parts, "\n</select>"])


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        [
            f" {escape(name)}" if value is True else f' {escape(name)}="{_attribute(value)}"'
            for name, value in widget["attrs"].items()
            if value is not False
        ]
    )


def _attribute(value: Any) -> str:
    """As `{{ value|stringformat:"s" }}` writes it."""
    return value if isinstance(value, SafeData) and isinstance(value, str) else escape(str(value))


def _shown(value: Any) -> str:
    """As `{{ value }}` writes it."""
    if not isinstance(value, str):
        value = localize(timezone.template_localtime(value))  # type: ignore[attr-defined]
    return conditional_escape(value)


_WRITERS: Final[dict[str, Callable[[Mapping[str, Any]], str | None]]] = {
    f"{_FOLDER}/select.html": _select,
    f"{_FOLDER}/textarea.html": _textarea,
    **{
        f"{_FOLDER}/{kind}.html": _input
        for kind in ("text", "number", "email", "url", "hidden", "date", "datetime", "time", "checkbox")
    },
}
