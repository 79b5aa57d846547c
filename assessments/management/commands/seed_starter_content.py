"""`manage.py seed_starter_content`: the starter bank and its test."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Actor
from assessments.operations import PublishError, seed_starter_content
from questions.operations import StarterContentError


class Command(BaseCommand):
    help = "Load the starter questions and publish the test drawn from them. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print what is there as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = seed_starter_content(by=Actor.system(), now=timezone.now())
        except (StarterContentError, PublishError) as error:
            raise CommandError(str(error)) from error
        facts = {
            "assessment": result.assessment.slug,
            "questions_added": result.questions.added,
            "questions_updated": result.questions.updated,
            "questions_unchanged": result.questions.unchanged,
            "questions_kept": result.questions.kept,
            "published": result.published,
        }
        if options["json"]:
            self.stdout.write(json.dumps(facts))
            return
        self.stdout.write(
            "{questions_added} questions added, {questions_updated} updated, {questions_unchanged} unchanged, "
            "{questions_kept} left as people changed them. The test is called “{assessment}”.".format(**facts)
        )
