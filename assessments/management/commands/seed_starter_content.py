"""`manage.py seed_starter_content`: the starter banks and their tests."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Actor
from assessments.operations import PublishError, StarterResult, seed_starter_content
from questions.operations import StarterContentError


class Command(BaseCommand):
    help = "Load the starter questions and publish the tests drawn from them. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print what is there as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            results = seed_starter_content(by=Actor.system(), now=timezone.now())
        except (StarterContentError, PublishError) as error:
            raise CommandError(str(error)) from error
        facts = [_facts(result) for result in results]
        if options["json"]:
            # The first bank's facts stand at the top as well: programs read them there since there was one bank.
            self.stdout.write(json.dumps(facts[0] | {"banks": {each["assessment"]: each for each in facts}}))
            return
        for each in facts:
            self.stdout.write(
                "{questions_added} questions added, {questions_updated} updated, {questions_unchanged} unchanged, "
                "{questions_kept} left as people changed them. The test is called “{assessment}”.".format(
                    **each
                )
            )


def _facts(result: StarterResult) -> dict[str, Any]:
    return {
        "assessment": result.assessment.slug,
        "questions_added": result.questions.added,
        "questions_updated": result.questions.updated,
        "questions_unchanged": result.questions.unchanged,
        "questions_kept": result.questions.kept,
        "published": result.published,
    }
