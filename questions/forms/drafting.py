"""From what was typed to what operations take. What was not touched stays as it is stored, to the last character."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from questions.enums import Kind, Marking
from questions.rules import KeyDraft, OptionDraft, QuestionDraft, free_codes, same_shares, shares_for

# What is cleaned of one row.
Row = Mapping[str, Any]
NOTHING = QuestionDraft(
    external_id="", kind="", level="", difficulty=3, skills=(), stem="", options=(), key=KeyDraft()
)


def typed_draft(
    facts: Mapping[str, Any],
    rows: Iterable[Row],
    *,
    external_id: str,
    stored: QuestionDraft | None,
    codes: Collection[str],
) -> QuestionDraft:
    """Return a question as it was typed; what could not be understood is left out.

    Arguments: `facts` and `rows`, what is cleaned of the form; `external_id`, "" for what was typed; `stored`, what
    the question says now; `codes`, those that its options have or had.
    """
    before = stored or NOTHING
    kind = facts.get("kind") or Kind.SINGLE.value
    coded = [] if kind == Kind.OPEN else _coded(rows, before, codes)
    texts = {option.code: option.text for option in before.options}
    old = before.key
    feedback = ((code, _kept(row.get("feedback") or "", old.feedback.get(code, ""))) for code, row in coded)
    return QuestionDraft(
        external_id=external_id or facts.get("external_id", ""),
        kind=kind,
        level=facts.get("level", ""),
        difficulty=facts.get("intended_difficulty") or NOTHING.difficulty,
        skills=[skill.slug for skill in facts.get("skills", ())],
        tags=facts.get("tags", []),
        stem=_kept(facts.get("stem", ""), before.stem),
        options=[
            OptionDraft(code, _kept(row.get("text") or "", texts.get(code, "")), row.get("place", ""))
            for code, row in coded
        ],
        key=KeyDraft(
            shares=_shares(coded, kind, old.shares, own=bool(facts.get("own_shares"))),
            feedback={code: text for code, text in feedback if text},
            marking=facts.get("marking") or Marking.ALL_OR_NOTHING.value,
            explanation=_kept(facts.get("explanation", ""), old.explanation),
            source=facts.get("source", ""),
            model_answer=_kept(facts.get("model_answer", ""), old.model_answer),
            look_fors=_kept_lines(facts.get("look_fors", []), old.look_fors),
            warning_signs=_kept_lines(facts.get("warning_signs", []), old.warning_signs),
            follow_ups=_kept_lines(facts.get("follow_ups", []), old.follow_ups),
        ),
        name=facts.get("name", ""),
        category=facts.get("category", ""),
    )


def _coded(rows: Iterable[Row], before: QuestionDraft, codes: Collection[str]) -> list[tuple[str, Row]]:
    """Give each row the code of its option. One that an option had once is no other's: attempts refer to it."""
    known = {option.code for option in before.options}
    free = free_codes(codes)
    coded = []
    for row in rows:
        code = row.get("code", "")
        if code not in known:
            code = next(free)
        known.discard(code)
        coded.append((code, row))
    return coded


def _shares(
    coded: Sequence[tuple[str, Row]], kind: str, stored: Mapping[str, str], *, own: bool
) -> dict[str, str]:
    if own:
        shares = {code: str(row.get("share") or Fraction(0)) for code, row in coded}
    else:
        right = [code for code, row in coded if row.get("right")]
        shares = shares_for([code for code, _row in coded], right, kind=kind)
    # The same share may be written otherwise: "0.5" and "1/2".
    return dict(stored) if same_shares(stored, shares) else shares


def _kept(typed: str, stored: str) -> str:
    """Return what was typed, or what is stored where they differ by nothing but empty lines around it."""
    return stored if stored.strip("\n") == typed else typed


def _kept_lines(typed: list[str], stored: Sequence[str]) -> list[str]:
    """Return the lines that were typed, or the entries that are stored where these are their lines."""
    lines = [line.strip() for entry in stored for line in entry.splitlines() if line.strip()]
    return list(stored) if lines == typed else typed
