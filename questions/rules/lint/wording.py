"""Words that mislead who answers, or give the answer away.

Both rules are of T. M. Haladyna, S. M. Downing and M. C. Rodriguez, "A review of multiple-choice item-writing
guidelines for classroom assessment", Applied Measurement in Education 15 (2002): word the stem positively, or else
emphasise the negative; avoid specific determiners such as always and never.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from questions.enums import FindingKind, Kind
from questions.rules.drafts import QuestionDraft
from questions.rules.lint import texts
from questions.rules.lint.found import Found, attention
from questions.rules.shares import right_codes

_SENTENCE_END: Final = re.compile(r"(?<=[.?!:])\s+|\n\s*\n")
_ASKS: Final = re.compile(
    r"\b(?:which|what|who|where|select|choose|pick|mark|tick|name|find|identify|all)\b", re.IGNORECASE
)
# Why something does not work, or what happens when it does not, is asked without turning the answer round.
_TOLD: Final = re.compile(
    r"\b(?:why|how|when|if|unless|while|because|since|although|that|who|so|but|even though|until|before|after)\b",
    re.IGNORECASE,
)
_NEGATIVE: Final = re.compile(
    r"\b(?:not|except|never|cannot|neither|(?:is|are|do|does|can|will|would|should)n['’]t)\b"
)
# "Which line is quick and cannot be misused": one more demand, and not the turn of the question.
_ADDED: Final = re.compile(
    r"\b(?:and|or|but)(?: (?:it|they|can|could|do|does|is|are|may|must|will))?\s*$", re.IGNORECASE
)
_MARK: Final = re.compile(r"(?<![\w*])\*+(?=\w)|(?<![\w_])_+(?=\w)|(?<=\w)\*+|(?<=\w)_+(?!\w)")
# "Only if …", "only one": a condition or a number, and not a claim about everything.
_ONLY: Final = r"(?<!the )only(?! (?:if|when|after|once|because|from|an?|the|one|two)\b)"
_ABSOLUTE: Final = re.compile(
    rf"\b(?:always|never|{_ONLY}|all|every|everything|everyone|everybody|nobody|no one|completely|absolutely|"
    r"entirely|totally|invariably|impossible)\b",
    re.IGNORECASE,
)
_OF_ABOVE: Final = re.compile(r"\W*(?:all|none) of (?:the above|these|them|those)", re.IGNORECASE)


def check_negatives(draft: QuestionDraft) -> Iterator[Found]:
    """Yield a negative that turns round what is asked for and is easily overlooked."""
    if draft.kind == Kind.OPEN:
        return
    plain = {
        word for sentence in _asking(texts.read(draft.stem).words) for word in _plain_negatives(sentence)
    }
    if plain:
        yield attention(FindingKind.NEGATIVE_PLAIN, "stem", words=sorted(plain))


def check_absolutes(draft: QuestionDraft) -> Iterator[Found]:
    """Yield wrong options with an absolute word that no right option has: who guesses strikes them out."""
    if draft.kind == Kind.OPEN:
        return
    right = set(right_codes(draft.key.shares, kind=draft.kind))
    words = {option.code: _absolutes(option.text) for option in draft.options}
    in_key = set().union(*(words[code] for code in right if code in words)) if right else set()
    # Where the right answer is absolute itself, the words tell nothing.
    if in_key:
        return
    for code, found in words.items():
        if code not in right and found:
            yield attention(FindingKind.ABSOLUTE_WORD, f"option.{code}", words=sorted(found))


def _asking(words: str) -> list[str]:
    """The sentences that ask: those with a question mark, else the last."""
    sentences = [sentence for sentence in _SENTENCE_END.split(words.strip()) if sentence.strip()]
    return [sentence for sentence in sentences if "?" in sentence] or sentences[-1:]


def _plain_negatives(sentence: str) -> list[str]:
    asks = _ASKS.search(sentence)
    if asks is None:
        return []
    found = []
    for negative in _NEGATIVE.finditer(sentence, asks.end()):
        between = sentence[asks.end() : negative.start()]
        told = _TOLD.search(between) or _TOLD.search(sentence[: asks.start()])
        if told or _ADDED.search(between):
            continue
        if not _is_emphasised(sentence, negative.start()):
            found.append(negative[0])
    return found


def _is_emphasised(sentence: str, at: int) -> bool:
    """Whether the word at `at` is between asterisks or underscores: an odd number of runs of them stands before it."""
    return sum(mark.start() < at for mark in _MARK.finditer(sentence)) % 2 == 1


def _absolutes(text: str) -> set[str]:
    words = texts.read(text).words
    if _OF_ABOVE.match(texts.plain(words)):
        return set()
    return {word.casefold() for word in _ABSOLUTE.findall(words)}
