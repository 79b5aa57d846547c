"""Pictures of a bank on their way into a file: called by their content there, and not by their address here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from questions.formats.drafts import ParsedQuestion
from questions.formats.pictures import ADDRESS, SHOWN, picture_of, texts_of, with_texts
from questions.models import QuestionPicture
from questions.rules import PICTURES, pictures_in

# As base64 they are a third longer, and a file that is read has 30 MB at most.
_MOST_BYTES: Final = 20 * 1024 * 1024
_PART: Final = 50
_NAMED: Final = re.compile(rf"{SHOWN}{re.escape(PICTURES)}([\w-]{{10,40}})(?=\))", re.ASCII)


@dataclass(slots=True)
class Taken:
    """The pictures that go along, by what they are called in the file, and these names by those that they have here."""

    contents: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def taken_along(questions: Sequence[ParsedQuestion], *, is_repeated: bool) -> Taken:
    """Return the pictures that these questions show, in their order, as many as a file may hold: whichever bank a
    picture came to, it stays there when a question moves.

    `is_repeated` says that the format holds a picture once for each text which shows it. One query for each 50.
    """
    times = Counter(
        code for question in questions for text in texts_of(question) for code in set(pictures_in(text))
    )
    taken, left = Taken(), _MOST_BYTES
    codes = list(times)
    for start in range(0, len(codes), _PART):
        for code, content in _contents(codes[start : start + _PART]).items():
            name = picture_of(content)
            size = len(content) * (times[code] if is_repeated else 1)
            if name and size <= left:
                left -= size
                taken.contents[name] = content
                taken.names[code] = name
    return taken


def in_the_file(question: ParsedQuestion, taken: Taken) -> ParsedQuestion:
    """Return the question with the names that its pictures have in the file; the others keep their address here."""

    def renamed(text: str) -> str:
        if PICTURES not in text:
            return text
        return _NAMED.sub(
            lambda found: (
                f"{found[1]}{ADDRESS}{taken.names[found[2]]}" if found[2] in taken.names else found[0]
            ),
            text,
        )

    return with_texts(question, renamed) if taken.names else question


def _contents(codes: Sequence[str]) -> Mapping[str, bytes]:
    rows = QuestionPicture.objects.filter(public_id__in=codes).order_by("pk")
    found = {code: bytes(content) for code, content in rows.values_list("public_id", "content")}
    return {code: found[code] for code in codes if code in found}
