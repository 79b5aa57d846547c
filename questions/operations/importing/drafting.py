"""From the common form of files to what is stored: a new question, or one that is here already with what a file says.

What a file leaves empty stays as it is here: most formats have no place for everything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from operator import attrgetter
from typing import Final

from questions.enums import Kind, Level
from questions.formats.drafts import ParsedOption, ParsedQuestion
from questions.rules import KeyDraft, OptionDraft, QuestionDraft, free_codes

DIFFICULTY: Final = 3
_HALF: Final = 32
_NO_KEY: Final = KeyDraft()
# All that a file says of a question, and of an option, as one value each.
_said = attrgetter(
    *(field.name for field in fields(ParsedQuestion) if field.name not in ("where", "options"))
)
_said_of_option = attrgetter(*(field.name for field in fields(ParsedOption)))


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """What whoever imports decides.

    Arguments: `level` and `skill` (a short name) of new questions whose file says none; `leaves_out`, whether the
    others are imported where some are refused; `replaces_drafts`, whether drafts that somebody wrote here give way.
    """

    level: str = Level.JUNIOR.value
    skill: str = ""
    leaves_out: bool = False
    replaces_drafts: bool = False


def derived_id(parsed: ParsedQuestion) -> str:
    """Return the id of a question whose file gives it none: of what it asks, so that the next import finds it."""
    said = [parsed.kind, parsed.stem, *(option.text for option in parsed.options)]
    return f"file-{_hashed(said)[:16]}"


def said_digest(parsed: ParsedQuestion) -> str:
    """Return a fingerprint of all that a file says of a question."""
    return _hashed([repr(_said(parsed)), *(repr(_said_of_option(option)) for option in parsed.options)])[
        :_HALF
    ]


def source_digest(said: str, draft: QuestionDraft) -> str:
    """Return what a question keeps of its import: what the file `said`, and what the question says since."""
    return said + draft.digest()[:_HALF]


def says_the_same(kept: str, said: str) -> bool:
    """Whether the file that was read last, of which `kept` was kept, had the same `said_digest`."""
    return bool(kept) and kept[:_HALF] == said


def is_as_read(kept: str, draft: QuestionDraft) -> bool:
    """Whether nobody changed a question since it was read from the file of which `kept` was kept."""
    digest = draft.digest()
    return kept in (digest, f"{kept[:_HALF]}{digest[:_HALF]}")


def fresh(parsed: ParsedQuestion, choices: ImportChoices) -> QuestionDraft:
    """Return a new question as a file says it."""
    codes = [code for code, _option in zip(free_codes(()), parsed.options, strict=False)]
    skills = parsed.skills or ((choices.skill,) if choices.skill else ())
    return _drafted(parsed, codes, choices.level, skills, _key(parsed, codes, KeyDraft()))


def _drafted(
    parsed: ParsedQuestion, codes: Sequence[str], level: str, skills: Sequence[str], key: KeyDraft
) -> QuestionDraft:
    """Return a question as a file says it, where it says it, with this key and with `level` and `skills` of others."""
    return QuestionDraft(
        external_id=parsed.external_id,
        kind=parsed.kind,
        level=parsed.level or level,
        difficulty=parsed.difficulty or DIFFICULTY,
        skills=list(dict.fromkeys(skills)),
        tags=list(parsed.tags),
        stem=parsed.stem,
        options=[
            OptionDraft(code, option.text, option.place)
            for code, option in zip(codes, parsed.options, strict=True)
        ],
        key=key,
        name=parsed.name,
        category=parsed.category,
    ).cleaned()


def merged(parsed: ParsedQuestion, known: QuestionDraft, used: Collection[str]) -> QuestionDraft:
    """Return a question that is here as it would be with what a file says. `used` are all codes that it ever had.

    An option keeps its code as long as it reads the same, or stands where it stood.
    """
    codes = [code for code, _option in zip(free_codes(()), parsed.options, strict=False)]
    said = _drafted(parsed, codes, known.level, parsed.skills, _NO_KEY)
    options = _matched(said.options, known.options, used)
    codes = [option.code for option in options]
    return replace(
        said,
        difficulty=parsed.difficulty or known.difficulty,
        skills=_same(said.skills, known.skills) if parsed.skills else list(known.skills),
        tags=_same(said.tags, known.tags) or list(known.tags),
        options=options,
        key=_key(parsed, codes, known.key).cleaned(),
        name=said.name or known.name,
        category=said.category or known.category,
    )


def _same(said: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return `said`, in the order of `known` where they are the same ones: what is here has no order of its own."""
    return list(known) if set(said) == set(known) else list(said)


def _matched(
    said: Sequence[OptionDraft], known: Sequence[OptionDraft], used: Collection[str]
) -> list[OptionDraft]:
    by_text = {option.text: option for option in known}
    found = [by_text.get(option.text) for option in said]
    taken = {option.code for option in found if option is not None}
    free = free_codes({*used, *taken, *(option.code for option in known)})
    matched = []
    for number, (option, same) in enumerate(zip(said, found, strict=True)):
        stood = known[number] if len(said) == len(known) else None
        if same is None and stood is not None and stood.code not in taken:
            same = stood
            taken.add(stood.code)
        code, place = (same.code, option.place or same.place) if same else (next(free), option.place)
        matched.append(OptionDraft(code, option.text, place))
    return matched


def _key(parsed: ParsedQuestion, codes: Sequence[str], known: KeyDraft) -> KeyDraft:
    feedback = {
        code: option.feedback or known.feedback.get(code, "")
        for code, option in zip(codes, parsed.options, strict=True)
    }
    return KeyDraft(
        shares={
            code: _share(option.share, known.shares.get(code))
            for code, option in zip(codes, parsed.options, strict=True)
        },
        feedback={code: text for code, text in feedback.items() if text},
        # Where one is chosen its share is the mark.
        marking=parsed.marking if parsed.kind == Kind.MULTIPLE else known.marking,
        explanation=parsed.explanation or known.explanation,
        source=parsed.source or known.source,
        model_answer=parsed.model_answer or known.model_answer,
        look_fors=list(parsed.look_fors) or list(known.look_fors),
        warning_signs=list(parsed.warning_signs) or list(known.warning_signs),
        follow_ups=list(parsed.follow_ups) or list(known.follow_ups),
    )


def _share(share: Fraction, known: str | None) -> str:
    """Return a share as text: as it is written here, where that is the same number."""
    said = str(share)
    return known if known is not None and (known == said or Fraction(known) == share) else said


def _hashed(parts: Sequence[str]) -> str:
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
