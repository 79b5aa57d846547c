"""What the doctor finds: what is the matter, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import models


class Severity(models.TextChoices):
    """How much a finding matters. Errors make the command end with 1."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at. No finding quotes a key, a password or an address of a person."""

    code: str
    severity: Severity
    what: str
    where: str = ""
    mend: str = ""


def ok(code: str, what: str, *, where: str = "") -> Finding:
    return Finding(code=code, severity=Severity.OK, what=what, where=where)


def warning(code: str, what: str, *, mend: str, where: str = "") -> Finding:
    return Finding(code=code, severity=Severity.WARNING, what=what, where=where, mend=mend)


def error(code: str, what: str, *, mend: str, where: str = "") -> Finding:
    return Finding(code=code, severity=Severity.ERROR, what=what, where=where, mend=mend)


Check = Callable[[datetime], Iterator[Finding]]
