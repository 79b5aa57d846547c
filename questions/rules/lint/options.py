"""Options that cannot be told apart, or mean another thing once they are shuffled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from questions.enums import FindingKind
from questions.rules.drafts import OptionDraft, QuestionDraft
from questions.rules.lint import texts
from questions.rules.lint.found import Found, error

_OF_ABOVE: Final = re.compile(
    r"(?:all|none|any|both|neither|either)(?: of)?(?: the)? (?:(?:above|preceding|previous)\b"
    r"|(?:other )?(?:options|answers|choices) (?:above|are|is)\b)"
    r"|(?:all|none) of (?:these|them|those)(?: (?:options|answers|choices))?(?: (?:is|are) \w+)?$"
)
_LETTER: Final = r"[(“\"]?[A-Ha-h][)”\"]?"
_AND: Final = r"(?:\s*,\s*|\s*(?:,\s*)?(?:and|or|&|nor)\s+)"
# "Both A and B", "A and C", "Options a, b": letters that stand for options, and not names in a sentence.
_NAMED: Final = (
    re.compile(
        rf"(?:only |both |either |neither )?({_LETTER}(?:{_AND}{_LETTER})+)(?: only| alone| above)?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:options?|answers?|choices?)\s+({_LETTER}(?:{_AND}{_LETTER})*)(?![\w'’(.])", re.IGNORECASE
    ),
    re.compile(r"(?:only )?(\([A-Ha-h]\))(?: only| alone)?", re.IGNORECASE),
)
_ITS_OWN_NAME: Final = re.compile(r"(?:option|answer|choice) \w", re.IGNORECASE)


def check_options(draft: QuestionDraft) -> Iterator[Found]:
    """Yield what is wrong with the options of a question."""
    seen: dict[str, str] = {}
    for option in draft.options:
        place = f"option.{option.code}"
        said = texts.plain(option.text)
        if not said:
            yield error(FindingKind.EMPTY_OPTION, place)
            continue
        if said in seen:
            yield error(FindingKind.DUPLICATE_OPTIONS, place, other=seen[said])
        seen.setdefault(said, option.code)
        if _OF_ABOVE.match(said) and not _is_last(option, draft.options):
            yield error(FindingKind.ALL_NONE_UNPINNED, place)
        letters = _letters(option.text)
        if letters and not _all_stay(draft.options):
            yield error(FindingKind.REFERS_TO_LETTERS, place, letters=letters)


def _is_last(option: OptionDraft, options: Sequence[OptionDraft]) -> bool:
    """Whether nothing stands below an option, however the others are shuffled."""
    return option.place == "last" or (option.place == "here" and option is options[-1])


def _all_stay(options: Sequence[OptionDraft]) -> bool:
    return all(option.place for option in options)


def _letters(text: str) -> str:
    said = " ".join(text.split()).strip(" .:;")
    whole = _NAMED[0].fullmatch(said) or _NAMED[2].fullmatch(said)
    if _ITS_OWN_NAME.fullmatch(said):
        return ""
    # As part of a sentence only behind the word for it: "A and B are classes" names classes.
    found = whole or _NAMED[1].search(texts.read(text).words)
    return found[1] if found else ""
