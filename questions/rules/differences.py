"""What differs between two texts: words of prose, lines of code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby
from typing import Final

# How many pairs of equal words or lines are weighed: beyond it, in text that repeats itself, the whole stands in for
# its parts. A page of prose has some thousands.
MOST_PAIRS: Final = 60_000
# Of so many words or more, at least one in so many has to stay: else nobody reads one text between the words of the
# other, and it is shown as it was and as it is.
FEWEST_WORDS: Final = 3
LEAST_KEPT: Final = 3
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
# A word with what stands before it on its line, or the end of a line.
_WORDS = re.compile(r"\n|[^\S\n]*\w+|[^\S\n]*[^\w\s]|[^\S\n]+")


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words, or a line of code, with what became of it."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """Prose or code of a text, as pieces in the order they are read."""

    is_code: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    is_code: bool


def text_difference(old: str, new: str) -> tuple[Block, ...]:
    """Return both texts as one, block by block, with what is gone and what is new; none for two empty texts.

    Prose is compared word by word, code within fences line by line.
    """
    before, after = list(_lines(old)), list(_lines(new))
    marked: list[tuple[bool, Piece]] = []
    for tag, start, end, begin, stop in opcodes(before, after):
        if tag == "equal":
            marked += [(line.is_code, Piece(Change.SAME, line.text + "\n")) for line in before[start:end]]
        else:
            marked += _replaced(before[start:end], after[begin:stop])
    return tuple(
        Block(is_code, tuple(_joined(piece for _is_code, piece in pieces) if not is_code else _plain(pieces)))
        for is_code, pieces in groupby(marked, key=lambda each: each[0])
    )


def is_same(blocks: Sequence[Block]) -> bool:
    """Whether nothing differs."""
    return all(piece.change is Change.SAME for block in blocks for piece in block.pieces)


def opcodes(before: Sequence[object], after: Sequence[object]) -> list[tuple[str, int, int, int, int]]:
    """Return how to make `after` of `before`, as `difflib` says it; in one step where there is too much to compare."""
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    end, stop = len(before) - tail, len(after) - tail
    found: list[tuple[str, int, int, int, int]] = [("equal", 0, head, 0, head)] if head else []
    middle, other = before[head:end], after[head:stop]
    if middle and other and _pairs(middle, other) > MOST_PAIRS:
        found.append(("replace", head, end, head, stop))
    elif middle or other:
        matcher = SequenceMatcher(None, middle, other, autojunk=False)
        found += [
            (tag, one + head, two + head, three + head, four + head)
            for tag, one, two, three, four in matcher.get_opcodes()
        ]
    if tail:
        found.append(("equal", end, len(before), stop, len(after)))
    return found


def _pairs(before: Sequence[object], after: Sequence[object]) -> int:
    counts = Counter(after)
    return sum(counts[each] for each in before)


def _lines(text: str) -> Iterator[_Line]:
    fence = ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if fence:
            yield _Line(line, True)
            if mark and mark[1].startswith(fence) and line.strip() == mark[1]:
                fence = ""
        else:
            fence = mark[1] if mark else ""
            yield _Line(line, bool(fence))


def _replaced(gone: Sequence[_Line], new: Sequence[_Line]) -> list[tuple[bool, Piece]]:
    """Lines in the place of others: prose against prose by its words, everything else as it was and as it is."""
    before, after = _runs(gone), _runs(new)
    if [is_code for is_code, _texts in before] == [is_code for is_code, _texts in after]:
        pairs = [
            (is_code, texts, others) for (is_code, texts), (_same, others) in zip(before, after, strict=True)
        ]
    else:
        pairs = [(is_code, texts, []) for is_code, texts in before]
        pairs += [(is_code, [], texts) for is_code, texts in after]
    marked: list[tuple[bool, Piece]] = []
    for is_code, texts, others in pairs:
        if is_code:
            marked += [(True, Piece(Change.GONE, text + "\n")) for text in texts]
            marked += [(True, Piece(Change.NEW, text + "\n")) for text in others]
        else:
            marked += [(False, piece) for piece in _words(_whole(texts), _whole(others))]
    return marked


def _runs(lines: Sequence[_Line]) -> list[tuple[bool, list[str]]]:
    runs = groupby(lines, key=lambda line: line.is_code)
    return [(is_code, [line.text for line in run]) for is_code, run in runs]


def _whole(texts: Sequence[str]) -> str:
    return "".join(text + "\n" for text in texts)


def _words(old: str, new: str) -> Iterator[Piece]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    steps = opcodes(before, after)
    kept = sum(_count(before[start:end]) for tag, start, end, _begin, _stop in steps if tag == "equal")
    shorter = min(_count(before), _count(after))
    if shorter >= FEWEST_WORDS and kept * LEAST_KEPT < shorter:
        yield Piece(Change.GONE, old)
        yield Piece(Change.NEW, new)
        return
    for tag, start, end, begin, stop in steps:
        if tag == "equal":
            yield Piece(Change.SAME, "".join(before[start:end]))
            continue
        if end > start:
            yield Piece(Change.GONE, "".join(before[start:end]))
        if stop > begin:
            yield Piece(Change.NEW, "".join(after[begin:stop]))


def _count(parts: Sequence[str]) -> int:
    """How many of these are words, not signs or ends of lines."""
    return sum(part.strip().isalnum() for part in parts)


def _plain(pieces: Iterator[tuple[bool, Piece]]) -> Iterator[Piece]:
    return (piece for _is_code, piece in pieces)


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one piece: what a screen reader says in one breath."""
    return (
        Piece(change, "".join(piece.text for piece in run))
        for change, run in groupby(pieces, key=lambda piece: piece.change)
    )
