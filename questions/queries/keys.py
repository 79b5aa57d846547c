"""Reads of answer keys. Nothing else asks their table, so that no page of a candidate can."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import Actor
from questions.models import AnswerKey, Question, QuestionVersion
from questions.rules import KeyDraft, key_fields

_OF_KEY: Final = ("version_id", "revision", *key_fields(KeyDraft()))


def keys_for(version_ids: Iterable[int]) -> dict[int, AnswerKey]:
    """Return the key in force (the latest revision) of each version that has one. One query.

    Never call this for a page that a candidate sees.
    """
    return {key.version_id: key for key in _in_force(version_ids)}


def key_rows_for(version_ids: Iterable[int]) -> dict[int, Any]:
    """Return the same as plain rows, with the names of a key's columns: for thousands of them. One query.

    Never call this for a page that a candidate sees.
    """
    return {row.version_id: row for row in _in_force(version_ids).values_list(*_OF_KEY, named=True)}


def _in_force(version_ids: Iterable[int]) -> QuerySet[AnswerKey]:
    latest = (
        AnswerKey.objects.filter(version=OuterRef("version")).order_by("-revision").values("revision")[:1]
    )
    return AnswerKey.objects.filter(version_id__in=set(version_ids), revision=Subquery(latest))


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


def may_read_keys(actor: Actor) -> bool:
    """Whether the actor reads questions with their keys, as on their pages; which questions, `visible_to` says."""
    return actor.is_system or (actor.user is not None and actor.user.has_perm("questions.view_question"))


def versions_with_keys(question: Question) -> list[QuestionVersion]:
    """Return the versions of `question`, the newest first, each with `known_keys`, its newest revision first.

    For those who `may_read_keys`. Two queries.
    """
    keys: dict[int, list[AnswerKey]] = {}
    for key in AnswerKey.objects.filter(version__question=question).order_by("-revision", "-pk"):
        keys.setdefault(key.version_id, []).append(key)
    versions = list(QuestionVersion.objects.filter(question=question).order_by("-number", "-pk"))
    for version in versions:
        version.question = question
        version.known_keys = keys.get(version.pk, [])  # type: ignore[attr-defined]
    return versions


def revisions_of(version_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """Return of every key of these versions its id, its version's id and its revision, and nothing of what it says."""
    keys = AnswerKey.objects.filter(version_id__in=set(version_ids))
    return list(keys.values_list("pk", "version_id", "revision"))
