"""What candidates does when Django tells it something."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.utils import timezone

from candidates.models import ConsentText
from candidates.operations import ensure_consent_texts


def write_first_words(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """A new database has words for what people are asked to agree to. Without the table (migrated away) nothing."""
    if ConsentText._meta.db_table in connections[using].introspection.table_names():
        ensure_consent_texts(now=timezone.now())
