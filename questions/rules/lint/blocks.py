"""Code and pictures in the texts of a question."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from questions.enums import FindingKind
from questions.rules.drafts import QuestionDraft
from questions.rules.lint import texts
from questions.rules.lint.found import Found, attention, error
from questions.rules.lint.parsing import why_not_parsed
from rendering.highlighting import PLAIN, language_named

_ELSEWHERE: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//|data:", re.IGNORECASE)
# Code that is broken on purpose is asked about in these words.
_ON_PURPOSE: Final = re.compile(
    r"syntax ?error|indentation ?error|tab ?error|decode ?error|parse ?error|template ?syntax|syntactically|malformed"
    r"|(?:not|in)[ -]?valid (?:python|json|sql|html|java|yaml|toml|jinja|syntax|code|template)"
    r"|not closed|unclosed|unterminated|does not parse|cannot be parsed",
    re.IGNORECASE,
)


def texts_of(draft: QuestionDraft) -> Iterator[tuple[str, str]]:
    """Yield each text of a question that is shown with its code and pictures, with its place."""
    yield "stem", draft.stem
    for option in draft.options:
        yield f"option.{option.code}", option.text
    for code, text in draft.key.feedback.items():
        yield f"option.{code}.feedback", text
    yield "explanation", draft.key.explanation
    yield "model_answer", draft.key.model_answer


def check_blocks(draft: QuestionDraft, pictures: Collection[str] | None) -> Iterator[Found]:
    """Yield what is wrong with code blocks and pictures. `pictures` are the addresses of those that are there."""
    is_about_mistakes: bool | None = None
    for place, text in texts_of(draft):
        read = texts.read(text)
        for number, block in enumerate(read.blocks, start=1):
            here = f"{place}.code.{number}"
            if not block.is_closed:
                yield error(FindingKind.FENCE_OPEN, here)
                continue
            language = language_named(block.language)
            if language is PLAIN and block.language.casefold() not in (PLAIN.name, *PLAIN.aliases):
                yield attention(FindingKind.UNKNOWN_LANGUAGE, here, language=block.language[:40])
                continue
            why = why_not_parsed(language.name, block.code)
            if why is None:
                continue
            if is_about_mistakes is None:
                is_about_mistakes = _is_about_mistakes(draft)
            if not is_about_mistakes:
                yield error(
                    FindingKind.CODE_BROKEN,
                    here,
                    language=language.name,
                    line=why.line,
                    why=why.why,
                    sign=why.sign,
                )
        for number, picture in enumerate(read.pictures, start=1):
            yield from _picture(f"{place}.picture.{number}", picture, pictures)


def _picture(place: str, picture: texts.Picture, known: Collection[str] | None) -> Iterator[Found]:
    if _ELSEWHERE.match(picture.address):
        yield error(FindingKind.PICTURE_REMOTE, place, address=picture.address[:100])
    elif known is not None and picture.address not in known:
        yield error(FindingKind.PICTURE_MISSING, place, address=picture.address[:100])
    if not picture.description:
        yield attention(FindingKind.PICTURE_UNDESCRIBED, place)


def _is_about_mistakes(draft: QuestionDraft) -> bool:
    said = [draft.stem, draft.key.explanation, *(option.text for option in draft.options)]
    return any(_ON_PURPOSE.search(text) for text in said)
