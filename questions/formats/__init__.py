"""Questions in files of many kinds. Knows no database and no words for people: see `queries/file_words.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from questions.formats.drafts import FileRefused, Parsed, ParsedQuestion, Written

Reader = Callable[[bytes], Parsed]
Writer = Callable[[Sequence[ParsedQuestion]], Written]

# By the names of `names.py`. A reader raises nothing but `FileRefused`.
READERS: Mapping[str, Reader] = {}
WRITERS: Mapping[str, Writer] = {}

__all__ = ["READERS", "WRITERS", "FileRefused", "Parsed", "ParsedQuestion", "Reader", "Writer", "Written"]
