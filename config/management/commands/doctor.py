from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from config.doctor import Finding, Severity, examine

HEADINGS = {Severity.ERROR: "To be mended", Severity.WARNING: "To be looked at", Severity.OK: "In order"}


class Command(BaseCommand):
    help = (
        "Look this installation over: settings, keys, folders, disk, database, broker, mail, clocks, workers. Says how "
        "to mend each finding, changes nothing and sends nothing. Ends with 1 if something has to be mended."
    )
    # The doctor makes them findings.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        found = examine(now=timezone.now())
        worst = found[0].severity if found else Severity.OK
        if options["json"]:
            findings = [asdict(finding) for finding in found]
            self.stdout.write(json.dumps({"state": worst, "findings": findings}, indent=1))
        else:
            for severity, heading in HEADINGS.items():
                self.say(heading, [finding for finding in found if finding.severity is severity])
        if worst is Severity.ERROR:
            sys.exit(1)

    def say(self, heading: str, found: Sequence[Finding]) -> None:
        if not found:
            return
        self.stdout.write(f"{heading} ({len(found)})")
        for finding in found:
            self.stdout.write(f"  {finding.what}")
            if finding.severity is not Severity.OK:
                if finding.where:
                    self.stdout.write(f"    Where: {finding.where}")
                self.stdout.write(f"    Mend:  {finding.mend}")
                self.stdout.write(f"    Code:  {finding.code}")
        self.stdout.write("")
