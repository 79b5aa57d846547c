"""Logs hold ids and codes. This filter is the last door: what looks like a token, a key or an address is cut."""

from __future__ import annotations

import logging
import re

TOKEN = re.compile(r"\b[23456789a-hjkmnp-z]{16}\.[A-Za-z0-9_-]{20,}")
API_KEY = re.compile(r"\bsl_[23456789a-z]{16}_[A-Za-z0-9_-]{20,}")
ADDRESS = re.compile(r"[^\s@<>\"']{1,64}@[^\s@<>\"']{1,255}")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def redact(text: str) -> str:
    """Return `text` without tokens, keys, addresses and control characters (a log line stays one line)."""
    text = TOKEN.sub("[link]", text)
    text = API_KEY.sub("[key]", text)
    text = ADDRESS.sub("[address]", text)
    return CONTROL.sub(" ", text).replace("\n", " ⏎ ")


class RedactFilter(logging.Filter):
    """Writes the finished message of each record, and the traceback below it, through `redact`."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = ()
        if record.exc_info and not record.exc_text:
            # What an exception says may name a person; the indent keeps its lines from posing as records.
            traceback = logging.Formatter().formatException(record.exc_info)
            record.exc_text = "\n".join(f"  {redact(line)}" for line in traceback.splitlines())
        return True
