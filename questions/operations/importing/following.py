"""Where files are on their way into banks: what programs are told of a check and of the import that follows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from outbox.enums import WorkState
from outbox.models import Work
from outbox.rules import DISCARDED
from questions.enums import Found, ImportState
from questions.models import ImportLine, QuestionBank
from questions.operations.importing.asking import SHOWN
from questions.operations.importing.deciding import import_intent


@dataclass(frozen=True)
class FollowedImport:
    """A file, the work that checked it, and the work that imports it, if anybody asked for that."""

    check: Work
    work: Work | None
    bank: str

    @property
    def state(self) -> ImportState:
        """Where the file is."""
        if self.work is not None:
            return _OF_IMPORT[WorkState(self.work.state)]
        if self.check.result.get(DISCARDED):
            return ImportState.DISCARDED
        return _OF_CHECK[WorkState(self.check.state)]

    @property
    def running(self) -> Work:
        """The work that goes on, or was the last to."""
        return self.work or self.check

    @property
    def is_ready(self) -> bool:
        """Whether it can be imported as it is."""
        return self.state is ImportState.CHECKED and bool(self.check.result.get("ok"))

    @property
    def report(self) -> dict[str, Any]:
        """What the check found; nothing before it came to its end."""
        report: dict[str, Any] = self.check.result.get("report") or {}
        return report

    @cached_property
    def lines(self) -> dict[str, list[ImportLine]]:
        """The first lines of each kind of what the check found, by what was found. One query."""
        lines: dict[str, list[ImportLine]] = {found: [] for found in Found.values}
        rows = ImportLine.objects.filter(work=self.check, number__lte=SHOWN).defer("shown")
        for line in rows.order_by("number"):
            lines[line.found].append(line)
        return lines

    @property
    def reason(self) -> str:
        """Why it failed, or what has to be said of the file before it can be checked."""
        return self.running.reason or str(self.check.result.get("why", ""))


_OF_CHECK = {
    WorkState.QUEUED: ImportState.CHECKING,
    WorkState.RUNNING: ImportState.CHECKING,
    WorkState.DONE: ImportState.CHECKED,
    WorkState.FAILED: ImportState.FAILED,
}
_OF_IMPORT = {
    WorkState.QUEUED: ImportState.IMPORTING,
    WorkState.RUNNING: ImportState.IMPORTING,
    WorkState.DONE: ImportState.IMPORTED,
    WorkState.FAILED: ImportState.FAILED,
}


def followed(checks: Sequence[Work]) -> list[FollowedImport]:
    """Return where the files of these checks are. Two queries, however many they are; none without any."""
    if not checks:
        return []
    works = {work.intent: work for work in Work.objects.filter(intent__in=map(import_intent, checks))}
    banks = slugs_of(checks)
    return [
        FollowedImport(check, works.get(import_intent(check)), banks.get(check.arguments["bank"], ""))
        for check in checks
    ]


def slugs_of(works: Sequence[Work]) -> dict[int, str]:
    """Return the short names of the banks that these imports or exports are about, by the keys of banks. One query."""
    wanted = {work.arguments["bank"] for work in works}
    return dict(QuestionBank.objects.filter(pk__in=wanted).values_list("pk", "slug"))
