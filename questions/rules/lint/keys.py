"""Whether a question can be marked."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from questions.enums import FindingKind, Kind, Marking
from questions.rules.drafts import QuestionDraft
from questions.rules.lint.found import Found, attention, error

KEY = "key"


def check_key(draft: QuestionDraft) -> Iterator[Found]:
    """Yield what is wrong with the key of a question that is answered by choosing."""
    if draft.kind == Kind.OPEN:
        return
    shares = {code: Fraction(share) for code, share in draft.key.shares.items()}
    if draft.kind == Kind.SINGLE:
        whole = [code for code, share in shares.items() if share == 1]
        if not whole:
            yield error(FindingKind.NO_KEY, KEY)
        elif len(whole) > 1:
            yield error(FindingKind.SEVERAL_KEYS, KEY, options=whole)
        return
    earned = sum((share for share in shares.values() if share > 0), start=Fraction(0))
    if not earned:
        yield error(FindingKind.NO_KEY, KEY)
    elif earned != 1:
        # All or nothing asks which options earn anything, not how much: there it only misleads who reads it.
        weigh = error if draft.key.marking == Marking.PARTIAL else attention
        yield weigh(FindingKind.SHARES_SUM, KEY, sum=str(earned))


def check_completeness(draft: QuestionDraft) -> Iterator[Found]:
    """Yield what is missing beside the question itself."""
    if draft.kind == Kind.OPEN:
        if not draft.key.model_answer.strip():
            yield attention(FindingKind.NO_EXPLANATION, "model_answer")
    elif not draft.key.explanation.strip():
        yield attention(FindingKind.NO_EXPLANATION, "explanation")
    if not draft.skills:
        yield attention(FindingKind.NO_SKILL, "skills")
