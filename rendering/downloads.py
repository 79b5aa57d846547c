"""Rows as an answer that is saved as a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from rendering.tables import stream_csv, write_csv, write_xlsx

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    format: Literal["csv", "xlsx"] | str,  # noqa: A002 -- what it is called in the address
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
    format: Literal["csv", "xlsx"] | str,  # noqa: A002 -- what it is called in the address
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
