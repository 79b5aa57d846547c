"""Rows of lists: what Unfold works out anew for each of them, though it is the same for all, is worked out once.

That is half of the work of a list. A test compares what is written here with what Unfold would write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import quote
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateField, Field, ForeignKey, Model, TimeField
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from unfold.admin import checkbox
from unfold.templatetags import unfold_list
from unfold.utils import display_for_field, display_for_value

# Stands for the key in the box of a row, and in where a row leads.
_KEY = "00000000"
_BOX = "action_checkbox"
_result_headers = unfold_list.result_headers
_boxes: dict[str | None, str] = {}

# What a row shows in a column, and whether it stays on one line.
Shown = Callable[[Any], tuple[Any, bool]]


def headers_once(changes: Any) -> list[dict[str, Any]]:
    """Return the heads of the columns of a list, each with where a press on it leads."""
    found: list[dict[str, Any]] | None = changes.__dict__.get("_heads")
    if found is None:
        found = changes.__dict__["_heads"] = list(_result_headers(changes))
    return found


def row_checkbox(key: int) -> SafeString:
    """Return the box by which a row is chosen."""
    language = get_language()
    if language not in _boxes:
        _boxes[language] = checkbox.render(ACTION_CHECKBOX_NAME, _KEY)
    return SafeString(_boxes[language].replace(_KEY, str(int(key))))


def written_rows(changes: Any) -> Iterator[SafeString]:
    """Return the cells of each row of a list, in one piece.

    For lists as `ShellModelAdmin` has them: nothing is edited in its row, and a method that shows a column has no
    look of Unfold's (`label`, `header`, `dropdown`).
    """
    cells = _cells(changes)
    for row in changes.result_list:
        yield SafeString("".join([cell(row) for cell in cells]))


def _cells(changes: Any) -> list[Callable[[Model], str]]:
    names, links = list(changes.list_display), changes.list_display_links
    found, has_link = [], False
    for place, name in enumerate(names):
        # Without columns that are named the first one leads to the row.
        is_link = links is not None and (name in links or (not links and not has_link))
        tag = "th" if is_link and not has_link else "td"
        has_link = has_link or is_link
        label = headers_once(changes)[place]["text"] if place or is_link else gettext("Select record")
        found.append(_cell(changes, name, tag, conditional_escape(label), is_link=is_link))
    return found


def _cell(changes: Any, name: str, tag: str, label: str, *, is_link: bool) -> Callable[[Model], str]:
    """Return what writes a column's cell of a row."""
    shown = _shown(changes, name)
    own = unfold_list.CHECKBOX_CLASSES if name == _BOX else [f"field-{name}", *unfold_list.ROW_CLASSES]
    begun = f'<{tag} class="{" ".join(own)}{{}}" data-label="{label}">'
    starts = {False: begun.format(""), True: begun.format(" nowrap")}
    before, within = _link(changes) if is_link else ("", "")
    end = f"{'</a>' if is_link else ''}</{tag}>"

    def write(row: Model) -> str:
        value, is_one_line = shown(row)
        link = f"{before}{quote(row.pk)}{within}" if is_link else ""
        return f"{starts[is_one_line]}{link}{conditional_escape(value)}{end}"

    return write


def _link(changes: Any) -> tuple[str, str]:
    """Return what stands before and after the key of a row in the link to it."""
    meta = changes.opts
    name = f"admin:{meta.app_label}_{meta.model_name}_change"
    address = add_preserved_filters(
        {"preserved_filters": changes.preserved_filters, "opts": meta}, reverse(name, args=[_KEY])
    )
    before, _key, after = address.partition(_KEY)
    classes = " ".join(unfold_list.LINK_CLASSES)
    return f'<a href="{conditional_escape(before)}', f'{conditional_escape(after)}" class="{classes}" >'


def _shown(changes: Any, name: str) -> Shown:
    admin, model = changes.model_admin, changes.model
    empty = admin.get_empty_value_display()
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        # Every object has a "__str__": the row's is meant.
        of_row = name == "__str__" or not hasattr(admin, name)
        method = getattr(model if of_row else admin, name)
        empty = getattr(method, "empty_value_display", empty)
        boolean = getattr(method, "boolean", False)

        def by_method(row: Any) -> tuple[Any, bool]:
            value = getattr(row, name) if of_row else method(row)
            if of_row and callable(value):
                value = value()
            if isinstance(value, str) and not boolean:
                return value, False
            return display_for_value(value, empty, boolean), isinstance(value, date | time)

        return by_method
    return _by_field(field, empty)


def _by_field(field: Field[Any, Any], empty: str) -> Shown:
    is_one_line = isinstance(field, DateField | TimeField | ForeignKey)
    if isinstance(field, ForeignKey):

        def by_relation(row: Any) -> tuple[Any, bool]:
            value = getattr(row, field.name)
            return (empty if value is None else value), True

        return by_relation
    return lambda row: (display_for_field(getattr(row, field.name), field, empty), is_one_line)


# Rows name their cells by these heads, and ask for them row by row.
unfold_list.result_headers = headers_once
unfold_list.results = written_rows
