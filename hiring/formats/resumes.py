"""Who a résumé may be of: a guess for whoever looks it over. Knows no database.

Whatever is tried on the text is tried on its beginning alone, line by line, by expressions whose parts have a length:
the time grows with the text and not with its square.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

# Who it is of stands at the top, or on the last line of a short first page.
MOST_LETTERS: Final = 20_000
MOST_LINES: Final = 400
LONGEST_LINE: Final = 300
# Further down it is the name of somebody else: a school, an employer, a reference.
NAME_WITHIN: Final = 8
LONGEST_NAME: Final = 60

_ADDRESS = re.compile(
    r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){0,4}\.[A-Za-z]{2,24}"
)
_NUMBER = re.compile(r"\+?[0-9(][0-9 ()/.\-]{5,28}[0-9]")
# "01.2016 – 12.2018", "03/04/1990"
_DATE = re.compile(r"\d{1,2}[./-](?:\d{1,2}[./-])?(?:19|20)\d\d\b")
_CALLED = re.compile(r"\b(?:tel|telephone|telefon|phone|mobile|mobil|cell|handy|fon)\b", re.IGNORECASE)
_LABEL = re.compile(r"(?:full |your )?name ?: ?", re.IGNORECASE)
# What stands above or beside a name and is none, in a résumé or in what its file is called.
_NO_NAMES: Final = frozenset(
    {"address", "anschreiben", "application", "bewerbung", "contact", "copy", "curriculum", "cv"}
    | {"details", "draft", "email", "experience", "final", "information", "job", "kontakt"}
    | {"lebenslauf", "letter", "mail", "my", "new", "page", "personal", "phone", "profil", "profile"}
    | {"resume", "résumé", "scan", "summary", "version", "vita", "vitae"}
)


@dataclass(frozen=True, slots=True)
class ResumeGuess:
    """Whom a résumé may be of; "" for what it does not say."""

    full_name: str = ""
    email: str = ""
    phone: str = ""


def guess_person(text: str, *, filename: str = "") -> ResumeGuess:
    """Return whom a résumé with this text, sent as `filename`, may be of. Never fails, whatever it holds."""
    lines = list(_lines(text))
    return ResumeGuess(
        full_name=_name_in(lines) or _name_of_file(filename),
        email=next((found[0] for line in lines if (found := _ADDRESS.search(line))), ""),
        phone=next((number for line in lines if (number := _phone_in(line))), ""),
    )


def _lines(text: str) -> Iterator[str]:
    kept = (line.strip() for line in text[:MOST_LETTERS].splitlines()[:MOST_LINES])
    yield from (line[:LONGEST_LINE] for line in kept if line)


def _name_in(lines: list[str]) -> str:
    for line in lines[:NAME_WITHIN]:
        # "Ada Lovelace | London", "Ada Lovelace, Analyst"
        for part in re.split(r"[|•·,;\t]", line, maxsplit=1)[:1]:
            words = _LABEL.sub("", part, count=1).split()
            if _is_name(words):
                return _cased(words)
    return ""


def _is_name(words: list[str]) -> bool:
    if not 2 <= len(words) <= 5 or sum(map(len, words)) > LONGEST_NAME:
        return False
    if not _NO_NAMES.isdisjoint(word.casefold().strip(".:-") for word in words):
        return False
    # "de", "van der": small in the middle of a name, never at its ends.
    if words[0][0].islower() or words[-1][0].islower():
        return False
    return all(letter.isalpha() or letter in "'’.-" for word in words for letter in word)


def _cased(words: list[str]) -> str:
    """A headline in capitals is a name as people write it."""
    name = " ".join(words)
    return name.title() if name.isupper() else name


def _name_of_file(filename: str) -> str:
    """The words of "cv_ada-lovelace_2026.pdf" that may be a name."""
    words = re.split(r"[\s._\-()]+", PurePosixPath(filename[:LONGEST_LINE]).stem)
    kept = [word for word in words if word.isalpha() and word.casefold() not in _NO_NAMES]
    kept = [word[0].upper() + word[1:] for word in kept]
    return _cased(kept) if _is_name(kept) else ""


def _phone_in(line: str) -> str:
    for found in _NUMBER.finditer(line):
        number = found[0].strip()
        digits = sum(letter.isdigit() for letter in number)
        # Years look alike; the number of a country, a zero in front or a word beside it tells.
        begins = number.startswith(("+", "0", "(")) and not _DATE.match(number)
        if 7 <= digits <= 15 and (begins or _CALLED.search(line[: found.start()])):
            return number
    return ""
