"""Reads of answer keys. `keys_for` and `keys_by_id` are the only doors to them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from questions.models import AnswerKey, QuestionVersion


def keys_for(version_ids: Iterable[int]) -> dict[int, AnswerKey]:
    """Return the key in force (the latest revision) of each version that has one. One query.

    Never call this for a page that a candidate sees.
    """
    latest = (
        AnswerKey.objects.filter(version=OuterRef("version")).order_by("-revision").values("revision")[:1]
    )
    keys = AnswerKey.objects.filter(version_id__in=set(version_ids), revision=Subquery(latest))
    return {key.version_id: key for key in keys}


def keys_by_id(ids: Iterable[int]) -> list[AnswerKey]:
    """Return keys by their ids, for marking again what they marked. One query.

    Never call this for a page that a candidate sees.
    """
    return list(AnswerKey.objects.filter(pk__in=set(ids)))


def key_history(version: QuestionVersion) -> QuerySet[AnswerKey]:
    """Return every revision of the key of `version`, the latest first. For authors only."""
    return AnswerKey.objects.filter(version=version).select_related("created_by").order_by("-revision", "-pk")
