"""Read GIFT: the type of a question is told by the signs between its braces, asked in Moodle's order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from questions.formats import limits
from questions.formats.drafts import (
    MULTIPLE,
    OPEN,
    PARTIAL,
    SINGLE,
    Parsed,
    ParsedOption,
    ParsedQuestion,
    Where,
)
from questions.formats.fractions import FULL, NOTHING, exact_share
from questions.formats.gathering import Fault, Gathering
from questions.formats.gift.blocks import Block, blocks
from questions.formats.gift.signs import hold, shown
from questions.formats.html_text import to_markdown
from questions.formats.names import GIFT
from questions.formats.text import read_text

GAP = "_____"

_TRUE = ("T", "TRUE")
_FALSE = ("F", "FALSE")
_GENERAL_FEEDBACK = "####"
_MARKS = re.compile(r"([=~])")
_WEIGHT = re.compile(r"%\s{0,5}([+-]?[0-9.,]{1,20})\s{0,5}%")
_TEXT_FORMAT = re.compile(r"\s*\[(html|plain|markdown|moodle)\]")


class _WrongError(ValueError):
    """This question cannot be read."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.fault: Fault = (code, values)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sign and what follows it up to the next one."""

    mark: str
    text: str
    line: int


def read_gift(data: bytes) -> Parsed:
    """Return what a GIFT file holds. Raises `FileRefused` when it is no text or holds nothing."""
    text = read_text(data)
    gathering = Gathering(GIFT, text.remarks)
    for block in blocks(text.text):
        try:
            _read_block(block, gathering)
        except _WrongError as error:
            gathering.error(Where(line=block.line), error.fault[0], **error.fault[1])
    return gathering.parsed()


def _read_block(block: Block, gathering: Gathering) -> None:
    where = Where(line=block.line)
    held = hold(block.text)
    name, body = _named(held)
    start, end = _braces(body, block, len(held) - len(body))
    if start < 0:
        gathering.skip(where, "description")
        return
    answers, explanation = _general_feedback(body[start + 1 : end])
    kind = _unsupported(answers)
    if kind:
        gathering.skip(where, kind)
        return
    tail = body[end + 1 :]
    texts = _Texts(body)
    stem = texts.plain(body[:start] + (GAP + tail if tail.strip() else ""))
    warnings: list[Fault] = [("comment_in_code", {"line": line}) for line in block.comments_in_text]
    asked: dict[str, Any] = {"kind": OPEN}
    if "~" in answers:
        pieces = list(_pieces(answers, block, len(held) - len(body) + start + 1))
        warnings += [("looks_cut", {"line": piece.line}) for piece in pieces if _looks_cut(piece.text)]
        asked = _choice(pieces, texts)
    elif answers:
        asked = {"kind": SINGLE, "options": _true_or_false(answers, texts)}
    # Whoever has no options to choose from is told what a good answer is.
    asked["explanation" if answers else "model_answer"] = texts.plain(explanation)
    question = ParsedQuestion(
        stem=stem,
        external_id=block.external_id,
        name=shown(name),
        category=block.category,
        tags=tuple(block.tags),
        where=where,
        **asked,
    )
    gathering.take(question, [*warnings, *texts.warnings()])


class _Texts:
    """The texts of a question. Whatever names no format of its own is of the stem's."""

    def __init__(self, stem: str) -> None:
        found = _TEXT_FORMAT.match(stem)
        self._format = found[1] if found else ""
        self._dropped: set[str] = set()
        self._has_picture = False

    def plain(self, held: str) -> str:
        """Return held text as Markdown, without the name of its format."""
        held = held.strip()
        if not held:
            return ""
        found = _TEXT_FORMAT.match(held) if held[0] == "[" else None
        text = shown((held[found.end() :] if found else held).strip())
        if not text or (found[1] if found else self._format) != "html":
            return text
        converted = to_markdown(text)
        self._dropped |= converted.dropped
        self._has_picture = self._has_picture or converted.has_picture
        return converted.text

    def warnings(self) -> Iterator[Fault]:
        if self._dropped:
            yield "markup_dropped", {"names": ", ".join(sorted(self._dropped)[:10])}
        if self._has_picture:
            yield "picture_remote", {}


def _named(held: str) -> tuple[str, str]:
    if held.startswith("::"):
        end = held.find("::", 2)
        if end > 0:
            return held[2:end].strip(), held[end + 2 :].lstrip()
    return "", held


def _braces(body: str, block: Block, before: int) -> tuple[int, int]:
    """Return where the answers stand, (-1, -1) where there are none."""
    start, end = body.find("{"), body.find("}")
    if start < 0 and end < 0:
        return -1, -1
    if start < 0 or 0 <= end < start:
        stray = end
    elif end < 0:
        stray = start
    else:
        # A second pair, or a brace within the first: one of them is part of a text.
        stray = max(body.find("{", start + 1), body.find("}", end + 1))
    if stray >= 0:
        raise _WrongError("unbalanced_brace", line=block.line_at(before + stray))
    return start, end


def _general_feedback(answers: str) -> tuple[str, str]:
    at = answers.rfind(_GENERAL_FEEDBACK)
    if at < 0:
        return answers.strip(), ""
    return answers[:at].strip(), answers[at + len(_GENERAL_FEEDBACK) :]


def _unsupported(answers: str) -> str:
    """Return which kind of question these answers belong to, "" for one that can be asked here."""
    if not answers or "~" in answers:
        return "numerical" if answers.startswith("#") else ""
    if answers.startswith("#"):
        return "numerical"
    if "=" in answers and "->" in answers:
        return "matching"
    if answers.partition("#")[0].strip() in _TRUE + _FALSE:
        return ""
    return "shortanswer"


def _true_or_false(answers: str, texts: _Texts) -> tuple[ParsedOption, ...]:
    answer, wrong, right = [*answers.split("#", 2), "", ""][:3]
    is_true = answer.strip() in _TRUE
    return tuple(
        ParsedOption(text, FULL if is_key else NOTHING, texts.plain(right if is_key else wrong))
        for text, is_key in (("True", is_true), ("False", not is_true))
    )


def _pieces(answers: str, block: Block, before: int) -> Iterator[_Piece]:
    count = answers.count("~") + answers.count("=")
    # So many signs in one question are no options but text without backslashes.
    if count > limits.MOST_OPTIONS_READ:
        raise _WrongError("too_many_options", count=count, most=limits.OPTIONS)
    parts = _MARKS.split(answers)
    at = before + len(parts[0])
    # Text before the first sign is an option, as Moodle has it.
    if parts[0].strip():
        yield _Piece("~", parts[0], block.line_at(before))
    for mark, text in zip(parts[1::2], parts[2::2], strict=True):
        yield _Piece(mark, text, block.line_at(at))
        at += 1 + len(text)


def _choice(pieces: list[_Piece], texts: _Texts) -> dict[str, Any]:
    """Return the fields of a question with these options."""
    options = tuple(_option(piece, texts) for piece in pieces)
    # Several answers are asked for where none is the whole answer. Some programs write "=%50%" for what they mean by
    # "~%50%".
    whole = [option for piece, option in zip(pieces, options, strict=True) if piece.mark == "="]
    is_single = bool(whole) and not (
        all(option.share < 1 for option in whole) and sum(option.share for option in whole) == 1
    )
    if is_single:
        return {"kind": SINGLE, "options": options}
    return {"kind": MULTIPLE, "options": options, "marking": PARTIAL}


def _option(piece: _Piece, texts: _Texts) -> ParsedOption:
    text, _sign, feedback = piece.text.partition("#")
    share = FULL if piece.mark == "=" else NOTHING
    text = text.strip()
    weight = _WEIGHT.match(text)
    if weight:
        text = text[weight.end() :]
        share = _share(weight[1], piece.line)
    text = texts.plain(text)
    if not text.strip():
        raise _WrongError("empty_answer", line=piece.line)
    return ParsedOption(text, share, texts.plain(feedback))


def _share(percent: str, line: int) -> Fraction:
    try:
        return exact_share(percent.replace(",", "."))
    except OverflowError as error:
        raise _WrongError("share_range", share=percent, line=line) from error
    except ValueError as error:
        raise _WrongError("bad_share", share=percent, line=line) from error


def _looks_cut(text: str) -> bool:
    """Whether the option ends within a tag of HTML: an unescaped sign has probably cut it."""
    opened = text.rfind("<")
    return opened > text.rfind(">") and text[opened + 1 : opened + 2].isalpha()
