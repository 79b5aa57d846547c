"""Drafts for tests: a question in which nothing is found, changed where a test says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from questions.enums import Marking
from questions.rules import KeyDraft, OptionDraft, QuestionDraft, lint

CLEAN = QuestionDraft(
    external_id="routes",
    kind="single",
    level="junior",
    difficulty=2,
    skills=["flask"],
    stem="What groups routes?",
    options=[OptionDraft("a", "A blueprint"), OptionDraft("b", "A signal"), OptionDraft("c", "A hook")],
    key=KeyDraft(shares={"a": "1", "b": "0", "c": "0"}, explanation="Blueprints hold routes."),
)


def draft(
    stem: str = CLEAN.stem,
    texts: Sequence[str] = ("A blueprint", "A signal", "A hook"),
    *,
    kind: str = "single",
    shares: Sequence[str] = ("1", "0", "0"),
    places: Sequence[str] = (),
    marking: str = Marking.ALL_OR_NOTHING,
    explanation: str = "Blueprints hold routes.",
    feedback: Mapping[str, str] | None = None,
    skills: Sequence[str] = ("flask",),
) -> QuestionDraft:
    codes = "abcdefgh"[: len(texts)]
    stand = [*places, *[""] * len(texts)]
    return replace(
        CLEAN,
        kind=kind,
        stem=stem,
        skills=skills,
        options=[
            OptionDraft(code, text, place) for code, text, place in zip(codes, texts, stand, strict=False)
        ],
        key=KeyDraft(
            shares=dict(zip(codes, [*shares, *["0"] * len(texts)], strict=False)),
            marking=marking,
            explanation=explanation,
            feedback=feedback or {},
        ),
    )


def found(question: QuestionDraft, **more: Any) -> list[tuple[str, str]]:
    """Kind and place of everything found."""
    return [(one.kind.value, one.place) for one in lint.look_through(question, **more)]
