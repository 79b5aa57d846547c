"""Why the pipeline says no. Each message is for the person who asked."""

from __future__ import annotations

from datetime import datetime


class HiringRefused(Exception):  # noqa: N818 -- nothing broke, the answer is no
    """Something cannot be done as things stand; the message says why and what to do."""


class StaleMove(HiringRefused):
    """Somebody else moved the application meanwhile; the message says where it is now and who did it."""


class MoveRefused(HiringRefused):
    """The application may not go there. `code` is for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class InviteRefused(HiringRefused):
    """The person cannot be invited now. `code` is one of `hiring.rules.SKIP_REASONS` or "not_published"."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ApplyRefused(HiringRefused):
    """Somebody applies for a job again too early ("too_early"). `allowed_at` is from when on they may."""

    def __init__(self, code: str, message: str, allowed_at: datetime) -> None:
        super().__init__(message)
        self.code, self.allowed_at = code, allowed_at


class JobRefused(HiringRefused):
    """The job cannot be changed like this. `code` is for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class DraftRefused(HiringRefused):
    """The draft of an application cannot be used. `code` is for programs: "used", "discarded" or "missing"."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class LetterRefused(HiringRefused):
    """The person cannot be written to. `code` is one of `hiring.rules.SKIP_REASONS`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
