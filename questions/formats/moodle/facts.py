"""What Moodle has no field for, kept among the tags of a question: its level, its difficulty and its skills."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from questions.formats.drafts import ParsedQuestion

_MARKED = re.compile(
    r"(?:level:(?P<level>fresher|junior|intermediate|experienced)"
    r"|difficulty:(?P<difficulty>[1-5])"
    r"|skill:(?P<skill>[a-z0-9]+(?:-[a-z0-9]+)*))"
)
_SKILL: Final = "skill:"


@dataclass(frozen=True, slots=True)
class Facts:
    """The tags of a question, apart from those that stand for something else."""

    tags: tuple[str, ...] = ()
    level: str = ""
    difficulty: int | None = None
    skills: tuple[str, ...] = ()


def facts_in(tags: Sequence[str]) -> Facts:
    """Return what `tags` say. Of two levels the first counts, and the other stays a tag."""
    rest: list[str] = []
    skills: list[str] = []
    level, difficulty = "", 0
    for tag in tags:
        found = _MARKED.fullmatch(tag)
        if found and found["skill"]:
            skills.append(found["skill"])
        elif found and found["level"] and not level:
            level = found["level"]
        elif found and found["difficulty"] and not difficulty:
            difficulty = int(found["difficulty"])
        else:
            rest.append(tag)
    return Facts(tuple(rest), level, difficulty or None, tuple(dict.fromkeys(skills)))


def tags_of(question: ParsedQuestion) -> Iterator[str]:
    """Yield the tags that `facts_in` makes the facts of a question of."""
    yield from question.tags
    if question.level:
        yield f"level:{question.level}"
    if question.difficulty:
        yield f"difficulty:{question.difficulty}"
    yield from (f"{_SKILL}{skill}" for skill in question.skills)
