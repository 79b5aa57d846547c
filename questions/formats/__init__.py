"""Questions in files of many kinds. Knows no database and no words for people: see `queries/file_words.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from questions.formats import names
from questions.formats.aiken import read_aiken, write_aiken
from questions.formats.drafts import FileRefused, Parsed, ParsedQuestion, Written
from questions.formats.gift import read_gift, write_gift

Reader = Callable[[bytes], Parsed]
Writer = Callable[[Sequence[ParsedQuestion]], Written]

# By the names of `names.py`. A reader raises nothing but `FileRefused`.
READERS: Mapping[str, Reader] = {
    names.GIFT: read_gift,
    names.AIKEN: read_aiken,
}
WRITERS: Mapping[str, Writer] = {
    names.GIFT: write_gift,
    names.AIKEN: write_aiken,
}

__all__ = ["READERS", "WRITERS", "FileRefused", "Parsed", "ParsedQuestion", "Reader", "Writer", "Written"]
