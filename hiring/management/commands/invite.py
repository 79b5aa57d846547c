"""`manage.py invite`: invite people to a test from the shell, and print their links."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Actor
from assessments.models import Assessment, Invitation
from assessments.operations import CannotInvite
from assessments.operations import invite as invite_without_job
from candidates.operations import find_or_add_candidate
from hiring import operations
from hiring.models import Job
from hiring.operations import HiringRefused
from outbox.queries import link_url

MOST = 1000


class Command(BaseCommand):
    help = "Invite somebody to a test, with an application for a job if said, and print the link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--assessment", required=True, metavar="SLUG", help="short name of the test")
        parser.add_argument("--email", required=True, help="address of the candidate")
        parser.add_argument("--name", required=True, help="name of the candidate")
        parser.add_argument("--job", metavar="SLUG", help="short name of the job they apply for")
        parser.add_argument(
            "--count",
            type=int,
            default=1,
            help="so many people: name+1@…, name+2@… (default: one, the address as it is)",
        )
        parser.add_argument(
            "--not-before", type=moment, metavar="MOMENT", help="when it opens: 2026-03-12T09:00+01:00"
        )
        parser.add_argument(
            "--expires", type=moment, metavar="MOMENT", help="until when it can be started (default: 14 days)"
        )
        parser.add_argument("--extra-minutes", type=int, default=0, help="extra time")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if not 1 <= options["count"] <= MOST:
            raise CommandError(f"--count: choose between 1 and {MOST}.")
        assessment = Assessment.objects.filter(slug=options["assessment"]).first()
        if assessment is None:
            raise CommandError(
                f"--assessment: there is no test with the short name “{options['assessment']}”."
            )
        job = Job.objects.filter(slug=options["job"]).first() if options["job"] else None
        if options["job"] and job is None:
            raise CommandError(f"--job: there is no job with the short name “{options['job']}”.")
        terms = {
            "not_before": options["not_before"],
            "expires_at": options["expires"],
            "extra_seconds": options["extra_minutes"] * 60,
        }
        try:
            with transaction.atomic():
                invited = [
                    self.invite(assessment, job, name, email, terms, now)
                    for name, email in people(options["name"], options["email"], options["count"])
                ]
        except ValidationError as error:
            raise CommandError(" ".join(f"--{field}: {text}" for field, text in worded(error))) from error
        except (HiringRefused, CannotInvite) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"invitations": invited}))
            return
        for one in invited:
            self.stdout.write(f"{one['email']}  {one['link']}")

    def invite(
        self,
        assessment: Assessment,
        job: Job | None,
        name: str,
        email: str,
        terms: dict[str, Any],
        now: datetime,
    ) -> dict[str, Any]:
        by = Actor.system()
        application = None
        if job is not None:
            application, _is_new = operations.apply(job=job, full_name=name, email=email, by=by, now=now)
            invitation = operations.invite_to_test(
                application=application, assessment=assessment, by=by, now=now, **terms
            )
            candidate = application.candidate
        else:
            candidate, _is_new = find_or_add_candidate(full_name=name, email=email, by=by, now=now)
            number = (
                Invitation.objects.filter(candidate=candidate, version__assessment=assessment).count() + 1
            )
            intent = f"candidate:{candidate.pk}:assessment:{assessment.pk}:{number}"
            invitation = invite_without_job(
                candidate=candidate, assessment=assessment, intent=intent, by=by, now=now, **terms
            )
        return {
            "name": candidate.full_name,
            "email": email,
            "candidate": candidate.public_id,
            "application": application.public_id if application else None,
            "invitation": invitation.pk,
            "expires_at": invitation.expires_at.isoformat(),
            "link": link_url(invitation.link),
        }


def moment(text: str) -> datetime:
    """Read a moment; one without a zone is in that of the settings. Raises `ValueError`."""
    found = parse_datetime(text)
    if found is None:
        raise ValueError(text)
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def people(name: str, email: str, count: int) -> list[tuple[str, str]]:
    """Return names and addresses of `count` people: one as given, more with a number each."""
    if count == 1:
        return [(name, email)]
    local, at, domain = email.rpartition("@")
    return [(f"{name} {number}", f"{local}+{number}{at}{domain}") for number in range(1, count + 1)]


def worded(error: ValidationError) -> list[tuple[str, str]]:
    """Return the messages with the option each belongs to."""
    if not hasattr(error, "error_dict"):
        return [("assessment", " ".join(error.messages))]
    options = {"full_name": "name", "expires_at": "expires", "extra_seconds": "extra-minutes"}
    options["not_before"] = "not-before"
    return [(options.get(field, field), " ".join(texts)) for field, texts in error.message_dict.items()]
