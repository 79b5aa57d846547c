"""Reads of answer keys. Nothing else asks their table, so that no page of a candidate can."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from questions.models import AnswerKey, Question, QuestionVersion


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


def editions_with_keys(question: Question) -> QuerySet[AnswerKey]:
    """Return every revision of the key of every version of `question` with its version, the newest first.

    For authors only.
    """
    return (
        AnswerKey.objects.filter(version__question=question)
        .select_related("created_by", "version__created_by", "version__changed_by")
        .order_by("-version__number", "-revision", "-pk")
    )


def revisions_of(version_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """Return of every key of these versions its id, its version's id and its revision, and nothing of what it says."""
    keys = AnswerKey.objects.filter(version_id__in=set(version_ids))
    return list(keys.values_list("pk", "version_id", "revision"))
