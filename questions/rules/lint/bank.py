"""What is seen of a whole bank alone: whether the right option is known by its length or its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import comb
from typing import Final

from questions.enums import FindingKind, Kind
from questions.rules.drafts import QuestionDraft
from questions.rules.lint import texts
from questions.rules.lint.found import Found, attention
from questions.rules.shares import right_codes

FEWEST: Final = 20
RARE: Final = 0.01


def chance_of_at_least(hits: int, trials: int, chance: float) -> float:
    """Return P(X >= hits) of a binomial X: how often so many of `trials` come about by chance alone.

    The one-sided exact binomial test: the sum over k from hits to trials of C(trials, k) p^k (1 - p)^(trials - k)
    (W. J. Conover, Practical Nonparametric Statistics, 3rd edition, 1999, section 3.1).
    """
    if hits <= 0:
        return 1.0
    # Below the middle the other end is shorter, and above it this one is: neither loses small numbers in large ones.
    if hits > trials * chance:
        return min(1.0, sum(_exactly(k, trials, chance) for k in range(hits, trials + 1)))
    return max(0.0, 1.0 - sum(_exactly(k, trials, chance) for k in range(hits)))


def _exactly(hits: int, trials: int, chance: float) -> float:
    # As whole numbers are multiplied out first, what is too small for a float is nothing, and nothing is too large.
    exact = comb(trials, hits)
    with_power = chance**hits * (1 - chance) ** (trials - hits)
    return (
        exact * with_power
        if exact.bit_length() < 1000 and with_power
        else _by_logarithm(hits, trials, chance)
    )


def _by_logarithm(hits: int, trials: int, chance: float) -> float:
    from math import exp, lgamma, log  # noqa: PLC0415

    logarithm = lgamma(trials + 1) - lgamma(hits + 1) - lgamma(trials - hits + 1)
    return exp(logarithm + hits * log(chance) + (trials - hits) * log(1 - chance))


@dataclass(slots=True)
class BankTally:
    """Counts, over the questions of a bank with one right option, where that option stands and how long it is.

    Both are compared with guessing: of a question with n options 1/n, over all of them the mean of that. Questions of
    which no option is the longest by itself say nothing of lengths and are left out there.
    """

    questions: int = 0
    options: float = 0.0
    with_longest: int = 0
    with_longest_options: float = 0.0
    longest: int = 0
    places: Counter[int] = field(default_factory=Counter)

    def add(self, draft: QuestionDraft) -> None:
        """Count a question, if it has one right option among at least two."""
        if draft.kind != Kind.SINGLE or len(draft.options) < 2:
            return
        right = right_codes(draft.key.shares, kind=draft.kind)
        codes = [option.code for option in draft.options]
        if len(right) != 1 or right[0] not in codes:
            return
        self.questions += 1
        self.options += 1 / len(codes)
        self.places[codes.index(right[0]) + 1] += 1
        lengths = {option.code: len(texts.shown(option.text)) for option in draft.options}
        most = max(lengths.values())
        if list(lengths.values()).count(most) == 1:
            self.with_longest += 1
            self.with_longest_options += 1 / len(codes)
            self.longest += lengths[right[0]] == most

    def found(self) -> Iterator[Found]:
        """Yield what tells the right option to who knows nothing."""
        if self.with_longest >= FEWEST:
            chance = self.with_longest_options / self.with_longest
            p = chance_of_at_least(self.longest, self.with_longest, chance)
            if p < RARE:
                yield _telling(FindingKind.LENGTH_TELLS, self.longest, self.with_longest, chance, p)
        if self.questions >= FEWEST:
            chance = self.options / self.questions
            place, hits = min(self.places.items(), key=lambda pair: (-pair[1], pair[0]))
            # Several places are looked at, and one of them has the most: so many chances to be rare (Bonferroni).
            p = chance_of_at_least(hits, self.questions, chance) * max(len(self.places), round(1 / chance))
            if p < RARE:
                yield _telling(FindingKind.POSITION_TELLS, hits, self.questions, chance, p, number=place)


def _telling(kind: FindingKind, hits: int, of: int, chance: float, p: float, **more: object) -> Found:
    return attention(
        kind, "bank", hits=hits, questions=of, expected=round(chance * of, 1), p=float(f"{p:.2g}"), **more
    )
