"""How the API reads what programs send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError


class JSONParser(parsers.JSONParser):
    """JSON whose nesting no honest program sends is refused like any other that cannot be read."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return super().parse(stream, media_type=media_type, parser_context=parser_context)
        except RecursionError:
            raise ParseError(_("This is nested too deeply.")) from None


class FileParser(parsers.MultiPartParser):
    """A form with a file. One that says to be larger than its view takes (`most_bytes`) is refused unread."""

    # Around the file stand the other fields and the borders between them.
    ROOM = 64 * 1024

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        context = parser_context or {}
        length = context["request"].META.get("CONTENT_LENGTH") or "0"
        if int(length) > context["view"].most_bytes + self.ROOM:
            raise RequestDataTooBig
        return super().parse(stream, media_type=media_type, parser_context=parser_context)
