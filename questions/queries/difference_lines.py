"""What differs between two states of a question as lines of plain text: for the terminal and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.utils.translation import gettext as _

from questions.queries.differences import Difference, OptionDifference
from questions.rules.differences import Block, Change, Piece

# So much of what stays is told before and after what differs.
_AROUND: Final = 40


def difference_lines(difference: Difference) -> list[dict[str, str]]:
    """Return each part that differs as {"part", "text"}: its name, and how it does.

    Of a text what is gone stands in [-…-] and what is new in {+…+}, as `git diff --word-diff` writes it, and what stays
    is cut short; everything else is told in a sentence.
    """
    return [{"part": part, "text": text} for part, text in _lines(difference)]


def _lines(difference: Difference) -> Iterator[tuple[str, str]]:
    if difference.stem:
        yield _("Question"), _marked(difference.stem)
    yield from ((_("About the question"), words) for words in difference.facts)
    yield from ((_("Marking"), words) for words in difference.notes)
    for option in difference.options:
        yield from _of_option(option)
    yield from ((title, _marked(blocks)) for title, blocks in difference.parts)


def _of_option(option: OptionDifference) -> Iterator[tuple[str, str]]:
    name = _("Option %(code)s") % {"code": option.code}
    if _differs(option.text) or option.change != "changed":
        yield name, _marked(option.text)
    yield from ((name, words) for words in option.notes)
    if option.feedback:
        yield _("%(part)s, feedback") % {"part": name}, _marked(option.feedback)


def _differs(blocks: Sequence[Block]) -> bool:
    return any(piece.change is not Change.SAME for block in blocks for piece in block.pieces)


def _marked(blocks: Sequence[Block]) -> str:
    return "".join(_signed(piece) for block in blocks for piece in block.pieces).strip("\n")


def _signed(piece: Piece) -> str:
    if piece.change is Change.SAME:
        text = piece.text
        return text if len(text) <= 3 * _AROUND else f"{text[:_AROUND]} … {text[-_AROUND:]}"
    begin, end = ("[-", "-]") if piece.change is Change.GONE else ("{+", "+}")
    plain = piece.text.rstrip("\n")
    return f"{begin}{plain}{end}{piece.text[len(plain) :]}"
