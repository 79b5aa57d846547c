"""Looks an installation over and says how to mend what it finds. Changes nothing and sends nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from config.doctor import house, running, servers
from config.doctor.findings import Check, Finding, Severity, error
from shell.logs import redact

CHECKS: Final[tuple[Check, ...]] = (
    house.check_settings,
    house.check_keys,
    house.check_folder,
    house.check_pages_files,
    house.check_disk,
    house.check_time_zones,
    servers.check_database,
    servers.check_broker,
    servers.check_mail,
    servers.check_clock,
    running.check_parts,
    running.check_waiting,
    running.check_search,
)


def examine(*, now: datetime) -> list[Finding]:
    """Return what all checks find, the gravest first. A check that breaks is a finding itself and stops no other."""
    found: list[Finding] = []
    for check in CHECKS:
        try:
            found += check(now)
        except Exception as trouble:  # noqa: BLE001 -- whatever is broken here is what the doctor is asked about
            found.append(
                error(
                    "doctor",
                    f"{check.__name__} could not look: {type(trouble).__name__}: {redact(str(trouble))[:200]}",
                    mend="Mend the other findings first and ask again.",
                )
            )
    order = list(Severity)
    return sorted(found, key=lambda finding: -order.index(finding.severity))


__all__ = ["Finding", "Severity", "examine"]
