"""Questions that ask nearly the same, in one bank or in several."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from questions.enums import FindingKind
from questions.rules.lint import texts
from questions.rules.lint.found import Found, attention

Numbers = NDArray[np.int32]

NEAR: Final = 0.8
# 0.8 times 5 is a little more than 4 to a computer.
_ROUNDING: Final = 1e-9
# More make the beginnings longer that are looked at, and the pairs fewer that are left.
_SHARED: Final = 10
_NOT_WORD: Final = re.compile(r"[^\w\s]+")


def trigrams(stem: str) -> frozenset[str]:
    """Return the runs of three characters of a stem, as they are compared: without capitals, signs of Markdown, and
    more than one space.
    """
    # Two spaces before and one behind, so that short words have runs of their own: as `pg_trgm` does.
    said = f"  {comparable(stem)} "
    return frozenset(said[start : start + 3] for start in range(len(said) - 2))


def comparable(stem: str) -> str:
    """Return a stem as it is compared. Signs are part of code, and of nothing else."""
    read = texts.read(stem)
    words = _NOT_WORD.sub(" ", read.words.replace("␣", " ")).casefold()
    code = " ".join(block.code for block in read.blocks)
    spans = " ".join(texts.code_spans(read.prose))
    return " ".join(f"{words} {spans} {code}".split())


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the Jaccard index of two sets: what they share, of all that is in either. 1 for equal ones."""
    together = len(one | other)
    return len(one & other) / together if together else 1.0


def near_duplicate(other: int, alike: float) -> Found:
    """Return that a stem is like the one of the question `other`."""
    return attention(FindingKind.NEAR_DUPLICATE, "stem", other=other, percent=int(alike * 100))


@dataclass(slots=True)
class NearDuplicates:
    """Finds the pairs of stems that are alike, without comparing each with each.

    The trigrams of every stem are put into one order, the rarest first. Two sets that are alike must be about as large,
    and share several of their first few already: the prefix filter of S. Chaudhuri, V. Ganti and R. Kaushik ("A
    primitive operator for similarity joins in data cleaning", ICDE 2006), with more than one shared element as J. Wang,
    G. Li and J. Feng have it ("Can we beat the prefix filtering?", SIGMOD 2012). The few pairs left are compared
    exactly.
    """

    _numbers: dict[str, int] = field(default_factory=dict)
    _stems: list[tuple[int, Numbers]] = field(default_factory=list)

    def add(self, key: int, stem: str) -> None:
        """Take a stem in."""
        numbers = self._numbers
        signs = [numbers.setdefault(sign, len(numbers)) for sign in trigrams(stem)]
        self._stems.append((key, np.array(signs, dtype=np.int32)))

    def pairs(
        self,
        *,
        among: Collection[int] | None = None,
        every: int = 0,
        sign: Callable[[], None] | None = None,
    ) -> Iterator[tuple[int, int, float]]:
        """Yield both keys and the likeness of each pair that is alike.

        Arguments: with `among` only pairs of which one at least is among these keys: stems that others are compared
        with cost next to nothing. `sign` is called at `every` so many stems that are compared.
        """
        if len(self._stems) < 2:
            return
        keys, ordered = self._in_order()
        sizes = np.array([len(signs) for signs in ordered])
        fewest = np.ceil(sizes * NEAR - _ROUNDING).astype(np.int64)
        # How many of the first trigrams two alike stems share at least; the smaller of the two says it.
        shared_at_least = np.minimum(fewest, _SHARED)
        firsts = [signs[: sizes[at] - fewest[at] + shared_at_least[at]] for at, signs in enumerate(ordered)]
        starts, places = _index(firsts, len(self._numbers))
        is_asked = np.array([among is None or key in among for key in keys])
        is_here = np.zeros(len(self._numbers), dtype=np.bool_)
        for number, at in enumerate(np.nonzero(is_asked)[0]):
            if sign is not None and every and number % every == 0:
                sign()
            smallest = int(np.searchsorted(sizes, fewest[at], side="left"))
            # Of two that are both asked about, the larger one finds the smaller.
            end = (
                at
                if among is None
                else int(np.searchsorted(sizes, sizes[at] / NEAR + _ROUNDING, side="right"))
            )
            if smallest >= end:
                continue
            seen = np.concatenate([places[starts[sign_] : starts[sign_ + 1]] for sign_ in firsts[at]])
            seen = seen[(seen >= smallest) & (seen < end)] - smallest
            counts = np.bincount(seen, minlength=end - smallest)
            least = np.minimum(shared_at_least[smallest:end], shared_at_least[at])
            others = np.nonzero(counts >= least)[0] + smallest
            is_here[ordered[at]] = True
            for other in others:
                if other == at or (other > at and is_asked[other]):
                    continue
                shared = int(np.count_nonzero(is_here[ordered[other]]))
                alike = shared / (sizes[at] + sizes[other] - shared)
                if alike >= NEAR:
                    yield keys[at], keys[other], float(alike)
            is_here[ordered[at]] = False

    def _in_order(self) -> tuple[list[int], list[Numbers]]:
        """The keys and the trigrams of the stems, the smallest set first, in each the rarest trigram first."""
        how_many = np.bincount(
            np.concatenate([signs for _key, signs in self._stems]), minlength=len(self._numbers)
        )
        rank = np.empty(len(how_many), dtype=np.int32)
        rank[np.argsort(how_many, kind="stable")] = np.arange(len(how_many), dtype=np.int32)
        stems = sorted(self._stems, key=lambda stem: (len(stem[1]), stem[0]))
        return [key for key, _signs in stems], [np.sort(rank[signs]) for _key, signs in stems]


def _index(firsts: list[Numbers], how_many: int) -> tuple[Numbers, Numbers]:
    """For each trigram, by its rank, in which places it is among the first: `places[starts[rank]:starts[rank + 1]]`."""
    every = np.concatenate(firsts)
    places = np.repeat(np.arange(len(firsts), dtype=np.int32), [len(first) for first in firsts])
    order = np.argsort(every, kind="stable")
    return np.searchsorted(every[order], np.arange(how_many + 1)).astype(np.int32), places[order]
