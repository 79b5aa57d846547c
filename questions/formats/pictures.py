"""Pictures that lie in a file of questions: judged by their content, called by it, and never fetched."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Final

from questions.formats.drafts import ParsedQuestion

# How a text names a picture that lies in the file which it came from.
ADDRESS: Final = "picture:"
LARGEST: Final = 2 * 1024 * 1024
NO_PICTURES: Final[Mapping[str, bytes]] = {}

_BEGINNINGS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"RIFF", "webp"))
_WEBP = b"WEBP"


def picture_of(content: bytes) -> str:
    """Return what to call a picture, always the same for the same one; "" for what is none or is too large.

    SVG is none: it can hold scripts and name what lies elsewhere.
    """
    suffix = next((suffix for begin, suffix in _BEGINNINGS if content.startswith(begin)), "")
    if not suffix or len(content) > LARGEST or (suffix == "webp" and content[8:12] != _WEBP):
        return ""
    return f"{hashlib.sha256(content).hexdigest()[:32]}.{suffix}"


def from_base64(text: str) -> bytes:
    """Return what `text` stands for; nothing for what is no base64, or is far too large for a picture."""
    plain = "".join(text.split())
    if len(plain) > 2 * LARGEST:
        return b""
    try:
        return base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        return b""


# A picture in Markdown, up to its address and what ends that.
SHOWN: Final = r"(!\[(?:\\.|[^\]\\\n]){0,1000}\]\()"
_NAMED = re.compile(rf"{SHOWN}{ADDRESS}([\w.]{{1,60}})(?=\))")


def texts_of(question: ParsedQuestion) -> Iterator[str]:
    """Yield every text of a question that may show pictures."""
    yield from (question.stem, question.explanation, question.model_answer)
    for option in question.options:
        yield from (option.text, option.feedback)


def with_texts(question: ParsedQuestion, change: Callable[[str], str]) -> ParsedQuestion:
    """Return the question with each text that may show pictures as `change` gives it."""
    return replace(
        question,
        stem=change(question.stem),
        explanation=change(question.explanation),
        model_answer=change(question.model_answer),
        options=tuple(
            replace(option, text=change(option.text), feedback=change(option.feedback))
            for option in question.options
        ),
    )


def named_in(text: str, pictures: Collection[str]) -> list[str]:
    """Return the names of those of `pictures` that a text shows, each once."""
    if ADDRESS not in text or not pictures:
        return []
    return list(dict.fromkeys(name for _before, name in _NAMED.findall(text) if name in pictures))


def at_addresses(text: str, pictures: Collection[str], address: str) -> str:
    """Return `text` with `address` before the name of each of `pictures` in the place of ours."""
    if ADDRESS not in text or not pictures:
        return text
    return _NAMED.sub(
        lambda found: f"{found[1]}{address}{found[2]}" if found[2] in pictures else found[0], text
    )


def to_base64(content: bytes) -> str:
    """Return what `from_base64` reads."""
    return base64.b64encode(content).decode("ascii")
