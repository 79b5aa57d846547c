"""Rows as an answer that is saved as a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext

from rendering.tables import stream_csv, write_csv, write_xlsx

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# An XLSX is made whole while somebody waits; a CSV is sent piece by piece and has no end.
MOST_XLSX_ROWS: Final = 5_000


class TooManyRows(Exception):  # noqa: N818 -- nothing went wrong, there is another way
    """So many rows are taken as CSV. The message is for the colleague who asked."""


def refuse_too_many(count: int, format: str) -> None:
    """Raise `TooManyRows` for an XLSX of `count` rows that would take too long."""
    if format == "xlsx" and count > MOST_XLSX_ROWS:
        words = gettext("That is %(count)s rows; an XLSX file takes at most %(limit)s. Take the CSV file.")
        raise TooManyRows(words % {"count": f"{count:,}", "limit": f"{MOST_XLSX_ROWS:,}"})


def table_file(
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    format: Literal["csv", "xlsx"] | str,
    sheet: str,
) -> bytes:
    """Return what `table_response` sends, whole."""
    if format == "xlsx":
        return write_xlsx(headers, rows, sheet, zone=timezone.get_current_timezone())
    return write_csv(headers, rows)


def table_response(
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    name: str,
    format: Literal["csv", "xlsx"] | str,
    sheet: str,
) -> HttpResponseBase:
    """Return `rows` as a file called `name`: a CSV sent piece by piece, or an XLSX in the reader's own zone."""
    response: HttpResponseBase
    if format == "xlsx":
        content = table_file(headers, rows, format=format, sheet=sheet)
        response = HttpResponse(content, content_type=XLSX_TYPE)
    else:
        response = StreamingHttpResponse(stream_csv(headers, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    return response
