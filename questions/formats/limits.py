"""How large things in a file of questions may be. What is larger is an error of its question, never cut."""

from __future__ import annotations

from typing import Final

FILE_BYTES: Final = 30 * 1024 * 1024
QUESTIONS: Final = 20_000

# Stem, explanation and model answer, in characters like the others.
LONG_TEXT: Final = 20_000
OPTION: Final = 4_000
FEEDBACK: Final = 1_000
NAME: Final = 200
CATEGORY: Final = 200
EXTERNAL_ID: Final = 120
TAG: Final = 50

TAGS: Final = 20
FEWEST_OPTIONS: Final = 2
# One for each letter: formats that name options by letters end there.
OPTIONS: Final = 26
# Nobody asks anything in so many lines of Markdown: a heading is missing among them.
LINES: Final = 5_000
# A question with more is told to have too many without a look at each of them.
MOST_OPTIONS_READ: Final = 4 * OPTIONS

# A package has a file for each question, and pictures.
PACKAGE_ENTRIES: Final = 25_000
