"""How right answers become shares of a mark, and shares right answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from questions.enums import Kind
from questions.rules.drafts import KeyDraft


def shares_for(codes: Sequence[str], right: Collection[str], *, kind: str) -> dict[str, str]:
    """Return the shares of options of which `right` are right.

    Choose one: 1 for a right option, 0 for a wrong one. Choose all: 1/right and -1/wrong, so that partial marking is
    max(0, hits/right - false/wrong).
    """
    wrong = [code for code in codes if code not in right]
    if kind == Kind.SINGLE or not right:
        return {code: "1" if code in right else "0" for code in codes}
    each = Fraction(1, len([code for code in codes if code in right]) or 1)
    loss = Fraction(-1, len(wrong)) if wrong else Fraction(0)
    return {code: str(each if code in right else loss) for code in codes}


def right_codes(shares: Mapping[str, str], *, kind: str) -> list[str]:
    """Return the codes that are right: where one is chosen those that earn the whole mark, else those that earn any."""
    earned = {code: Fraction(share) for code, share in shares.items()}
    if kind == Kind.SINGLE:
        return [code for code, share in earned.items() if share == 1]
    return [code for code, share in earned.items() if share > 0]


def same_shares(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two keys give the same options the same shares, however these are written."""
    return one.keys() == other.keys() and all(Fraction(one[code]) == Fraction(other[code]) for code in one)


def marks_otherwise(one: KeyDraft, other: KeyDraft, *, kind: str) -> bool:
    """Whether answers may earn other marks by `one` than by `other`, keys of the same options."""
    shares, others = ({code: Fraction(share) for code, share in key.shares.items()} for key in (one, other))
    # Where one option is chosen its share is the mark.
    return shares != others or (kind == Kind.MULTIPLE and one.marking != other.marking)
