"""Logs: ids and codes, each line with its request or task. What looks like a token, a key or an address is cut."""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

TOKEN = re.compile(r"\b[23456789a-hjkmnp-z]{16}\.[A-Za-z0-9_-]{20,}")
API_KEY = re.compile(r"\bsl_[23456789a-z]{16}_[A-Za-z0-9_-]{20,}")
ADDRESS = re.compile(r"[^\s@<>\"']{1,64}@[^\s@<>\"']{1,255}")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# No dot, no underscore and no @, so it can be no token, no key and no address.
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)

# What a line belongs to. A thread that answers one request after the other has these once for each.
request_id: ContextVar[str] = ContextVar("request_id", default="")
task: ContextVar[tuple[str, str]] = ContextVar("task", default=("", ""))
_actor: ContextVar[tuple[str, int | None]] = ContextVar("actor", default=("", None))


def note_actor(kind: str, pk: int | None) -> None:
    """Let the line about this request say who made it, where nothing else knows: "link" and its number."""
    _actor.set((kind, pk))


def noted_actor() -> tuple[str, int | None]:
    """Return who was noted for this request."""
    return _actor.get()


def redact(text: str) -> str:
    """Return `text` without tokens, keys, addresses and control characters (a log line stays one line)."""
    # Nearly no line has any of these signs; to look for one costs far less than to search for what may be around it.
    if "." in text:
        text = TOKEN.sub("[link]", text)
    if "sl_" in text:
        text = API_KEY.sub("[key]", text)
    if "@" in text:
        text = ADDRESS.sub("[address]", text)
    if text.isprintable():
        return text
    return CONTROL.sub(" ", text).replace("\n", " ⏎ ")


class ContextFilter(logging.Filter):
    """Puts the request or the task on each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        record.task_name, record.task_id = task.get()
        return True


class RedactFilter(logging.Filter):
    """Writes the finished message of each record, its facts and the traceback below it through `redact`."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = ()
        facts = getattr(record, "facts", {})
        record.facts = {name: redact(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
        if record.exc_info and not record.exc_text:
            # What an exception says may name a person; the indent keeps its lines from posing as records.
            traceback = logging.Formatter().formatException(record.exc_info)
            record.exc_text = "\n".join(f"  {redact(line)}" for line in traceback.splitlines())
        return True


class LineFormatter(logging.Formatter):
    """A line for people, with the request or task at its end."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}{context}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- the name of logging
        context = [f" {name}={value}" for name, value in _context(record).items()]
        record.context = "".join(context)
        return super().formatMessage(record)


class JsonFormatter(logging.Formatter):
    """A line for programs: one JSON object, with the same words and their facts apart."""

    encode = json.JSONEncoder(ensure_ascii=False).encode

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_context(record),
            **getattr(record, "facts", {}),
        }
        if record.exc_text:
            line["error"] = record.exc_text
        return self.encode(line)


FORMATTERS: Final[dict[str, type[logging.Formatter]]] = {"line": LineFormatter, "json": JsonFormatter}


def _context(record: logging.LogRecord) -> dict[str, str]:
    known = {
        "request": getattr(record, "request_id", ""),
        "task": getattr(record, "task_name", ""),
        "task_id": getattr(record, "task_id", ""),
    }
    return {name: value for name, value in known.items() if value}
