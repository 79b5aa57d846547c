"""`manage.py reindex_people`: write the words by which people are found anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from candidates.operations import reindex_people


class Command(BaseCommand):
    help = "Write the words by which people, notes and documents are found anew. Searching goes on meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"People whose words were written: {reindex_people()}.")
