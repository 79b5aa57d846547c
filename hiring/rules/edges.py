"""What may follow what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hiring.enums import ApplicationStatus, JobStatus

# What may follow what. A final status leads back to active only: that is how an application is restored.
STATUS_EDGES: Final[Mapping[str, frozenset[str]]] = {
    ApplicationStatus.ACTIVE: frozenset({"on_hold", "rejected", "withdrawn", "hired"}),
    ApplicationStatus.ON_HOLD: frozenset({"active", "rejected", "withdrawn"}),
    ApplicationStatus.REJECTED: frozenset({"active"}),
    ApplicationStatus.WITHDRAWN: frozenset({"active"}),
    ApplicationStatus.HIRED: frozenset({"active"}),
}

# Who was rejected and does not know it yet withdraws as if they were not: nothing else would keep it from them.
OWN_EDGES: Final[Mapping[str, frozenset[str]]] = {
    ApplicationStatus.ACTIVE: frozenset({"withdrawn"}),
    ApplicationStatus.ON_HOLD: frozenset({"withdrawn"}),
    ApplicationStatus.REJECTED: frozenset({"withdrawn"}),
}

JOB_EDGES: Final[Mapping[str, frozenset[str]]] = {
    JobStatus.DRAFT: frozenset({"open", "closed"}),
    JobStatus.OPEN: frozenset({"paused", "closed"}),
    JobStatus.PAUSED: frozenset({"open", "closed"}),
    JobStatus.CLOSED: frozenset({"open"}),
}


def may_follow(from_status: str, to_status: str, *, is_own: bool = False) -> bool:
    """Whether an application may go from one status to the other; `is_own` when its person wants it."""
    edges = OWN_EDGES if is_own else STATUS_EDGES
    return to_status in edges.get(from_status, frozenset())
