"""How long a question takes to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from questions.enums import FindingKind, Kind
from questions.rules.drafts import QuestionDraft
from questions.rules.lint import texts
from questions.rules.lint.found import Found, attention

# Silent reading of English prose: 238 words a minute on average (M. Brysbaert, "How many words do we read per
# minute?", Journal of Memory and Language 109, 2019). Nobody is to be among the slower half for want of time.
_WORDS_A_SECOND: Final = 200 / 60
# Code is read line by line, and more than once.
_SECONDS_A_LINE: Final = 3
LONGEST_SECONDS: Final = 150


def reading_seconds(draft: QuestionDraft) -> int:
    """Return about how long a question takes to read, with its options."""
    seconds = 0.0
    for text in (draft.stem, *(option.text for option in draft.options)):
        read = texts.read(text)
        seconds += len(read.prose.split()) / _WORDS_A_SECOND
        lines = sum(1 for block in read.blocks for line in block.code.split("\n") if line.strip())
        seconds += lines * _SECONDS_A_LINE
    return round(seconds)


def check_length(draft: QuestionDraft) -> Iterator[Found]:
    """Yield that a question for a test takes too long to read."""
    if draft.kind == Kind.OPEN:
        return
    seconds = reading_seconds(draft)
    if seconds > LONGEST_SECONDS:
        yield attention(FindingKind.TOO_LONG, "stem", seconds=seconds, most=LONGEST_SECONDS)
