from __future__ import annotations

from outbox.enums import BackupOutcome


class BackupError(Exception):
    """A backup or a restore cannot be done; the text tells the operator why and how to mend it, `outcome` the page."""

    def __init__(self, text: str, outcome: BackupOutcome = BackupOutcome.FAILED) -> None:
        super().__init__(text)
        self.outcome = outcome
