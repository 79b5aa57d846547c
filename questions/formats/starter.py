"""Read a starter question bank: a folder with `bank.yaml` and one or several YAML files a level.

The reader knows nothing of the database. It is strict on purpose: these files are edited by hand and
reviewed in pull requests, and a misspelt field or a lost key must stop the build, not reach a candidate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LEVELS: tuple[str, ...] = ("fresher", "junior", "intermediate", "experienced")
KINDS: tuple[str, ...] = ("single", "multiple", "open")
LEVEL_DIFFICULTIES: Mapping[str, tuple[int, int]] = {
    "fresher": (1, 2),
    "junior": (2, 3),
    "intermediate": (3, 4),
    "experienced": (4, 5),
}
OPTION_CODES = "abcde"
FEWEST_OPTIONS = 3

BANK_FILE = "bank.yaml"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

BANK_FIELDS = ("slug", "name", "description", "skills")
SKILL_FIELDS = ("slug", "name", "description")
SHARED_FIELDS = (
    "id",
    "kind",
    "level",
    "difficulty",
    "skills",
    "tags",
    "stem",
    "explanation",
    "source",
    "proof",
)
CHOICE_FIELDS = ("options",)
OPEN_FIELDS = ("model_answer", "look_fors", "warning_signs", "follow_ups")
OPTION_FIELDS = ("code", "text", "key", "feedback")


class StarterContentError(ValueError):
    """A starter file is wrong. The message names the file, the question and the field."""

    def __init__(self, file: str, question: str | None, field: str | None, problem: str) -> None:
        self.file = file
        self.question = question
        self.field = field
        self.problem = problem
        place = [file]
        if question:
            place.append(f"question “{question}”")
        if field:
            place.append(f"field “{field}”")
        super().__init__(f"{', '.join(place)}: {problem}")


@dataclass(frozen=True, slots=True)
class StarterOption:
    code: str
    text: str
    is_key: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class StarterQuestion:
    external_id: str
    kind: str
    level: str
    difficulty: int
    skills: tuple[str, ...]
    tags: tuple[str, ...]
    stem: str
    options: tuple[StarterOption, ...]
    explanation: str
    source: str
    proof: str | None
    model_answer: str
    look_fors: tuple[str, ...]
    warning_signs: tuple[str, ...]
    follow_ups: tuple[str, ...]

    @property
    def keys(self) -> tuple[StarterOption, ...]:
        return tuple(option for option in self.options if option.is_key)


@dataclass(frozen=True, slots=True)
class StarterSkill:
    slug: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class StarterBank:
    slug: str
    name: str
    description: str
    skills: tuple[StarterSkill, ...]
    questions: tuple[StarterQuestion, ...]


def read_bank(folder: Path) -> StarterBank:
    """Read and check one bank.

    Arguments: `folder` holds `bank.yaml` and, for each level in `LEVELS`, `<level>.yaml` and as many `<level>-….yaml`
    as make it pleasant to read.
    Returns the bank with its questions in the order of the levels and, within a level, of the files and their lines.
    Raises `StarterContentError` naming file, question and field for anything missing, unknown,
    of the wrong type, repeated or contradictory. Touches nothing but the files it reads.
    """
    bank = _Place(BANK_FILE, None).mapping(_load(folder, BANK_FILE), BANK_FIELDS)
    place = _Place(BANK_FILE, None)
    skills = _read_skills(bank.get("skills"), place)
    known_skills = {skill.slug for skill in skills}

    questions: list[StarterQuestion] = []
    first_seen: dict[str, str] = {}
    for file, level in _level_files(folder):
        for question in _read_level(_load(folder, file), file, level, known_skills):
            if question.external_id in first_seen:
                raise StarterContentError(
                    file,
                    question.external_id,
                    "id",
                    f"already used in {first_seen[question.external_id]}; ids are unique in a bank",
                )
            first_seen[question.external_id] = file
            questions.append(question)

    return StarterBank(
        slug=place.slug(bank, "slug"),
        name=place.text(bank, "name"),
        description=place.text(bank, "description"),
        skills=skills,
        questions=tuple(questions),
    )


def _level_files(folder: Path) -> list[tuple[str, str]]:
    """Each file of questions with its level. A name that no level begins would be questions that nobody gets."""
    files = [
        (file, level)
        for level in LEVELS
        for file in (f"{level}.yaml", *sorted(path.name for path in folder.glob(f"{level}-*.yaml")))
    ]
    known = {BANK_FILE, *(file for file, _level in files)}
    for stray in sorted(path.name for path in folder.glob("*.yaml") if path.name not in known):
        raise StarterContentError(
            stray,
            None,
            None,
            f"belongs to no level; name it “<level>-….yaml”, a level being {', '.join(LEVELS)}",
        )
    return files


class _UniqueKeyLoader(yaml.SafeLoader):
    """PyYAML keeps the last of two equal keys without a word; here that would lose somebody's text."""


def _mapping_without_repeats(loader: _UniqueKeyLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _value in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the field {key!r} appears twice", key_node.start_mark
            )
        seen.add(key)
    return loader.construct_mapping(node)


_UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_repeats)


def _load(folder: Path, file: str) -> object:
    try:
        text = (folder / file).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise StarterContentError(file, None, None, f"not found in {folder}") from error
    try:
        # The loader is a SafeLoader: it builds plain values only.
        return yaml.load(text, Loader=_UniqueKeyLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise StarterContentError(file, None, None, f"not readable as YAML: {error}") from error


@dataclass(frozen=True, slots=True)
class _Place:
    """Where we are, so that every complaint can say so."""

    file: str
    question: str | None

    def error(self, field: str | None, problem: str) -> StarterContentError:
        return StarterContentError(self.file, self.question, field, problem)

    def mapping(self, value: object, allowed: tuple[str, ...], field: str | None = None) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.error(field, f"expected fields with names, found {_kind_of(value)}")
        for name in value:
            if name not in allowed:
                within = f"{field}.{name}" if field else str(name)
                raise self.error(within, f"unknown field; known here: {', '.join(allowed)}")
        return value

    def text(self, values: Mapping[str, Any], name: str, field: str | None = None) -> str:
        field = field or name
        if name not in values:
            raise self.error(field, "missing")
        value = values[name]
        if not isinstance(value, str):
            raise self.error(field, f"expected text, found {_kind_of(value)} (put it in quotes)")
        if not value.strip():
            raise self.error(field, "empty")
        return value.strip("\n")

    def slug(self, values: Mapping[str, Any], name: str, field: str | None = None) -> str:
        value = self.text(values, name, field)
        if not SLUG.fullmatch(value):
            raise self.error(field or name, f"“{value}” may hold only a-z, 0-9 and single hyphens")
        return value

    def texts(self, values: Mapping[str, Any], name: str, *, required: bool) -> tuple[str, ...]:
        value = values.get(name)
        if value is None and not required:
            return ()
        if not isinstance(value, list) or (required and not value):
            raise self.error(name, f"expected a list with at least one entry, found {_kind_of(value)}")
        entries = {f"{name}[{number}]": entry for number, entry in enumerate(value, start=1)}
        found = tuple(self.text(entries, field) for field in entries)
        if len(set(found)) != len(found):
            raise self.error(name, "an entry appears twice")
        return found


def _kind_of(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the truth value {value}"
    if isinstance(value, int | float):
        return f"the number {value}"
    return {"str": "text", "list": "a list", "dict": "fields with names"}.get(
        type(value).__name__, type(value).__name__
    )


def _read_skills(value: object, place: _Place) -> tuple[StarterSkill, ...]:
    if not isinstance(value, list) or not value:
        raise place.error("skills", f"expected a list of skills, found {_kind_of(value)}")
    skills = []
    for number, entry in enumerate(value, start=1):
        field = f"skills[{number}]"
        fields = place.mapping(entry, SKILL_FIELDS, field)
        skills.append(
            StarterSkill(
                slug=place.slug(fields, "slug", f"{field}.slug"),
                name=place.text(fields, "name", f"{field}.name"),
                description=place.text(fields, "description", f"{field}.description"),
            )
        )
    if len({skill.slug for skill in skills}) != len(skills):
        raise place.error("skills", "a slug appears twice")
    return tuple(skills)


def _read_level(value: object, file: str, level: str, known_skills: set[str]) -> list[StarterQuestion]:
    if not isinstance(value, list) or not value:
        raise StarterContentError(file, None, None, f"expected a list of questions, found {_kind_of(value)}")
    questions = []
    for number, entry in enumerate(value, start=1):
        name = entry.get("id") if isinstance(entry, dict) else None
        place = _Place(file, name if isinstance(name, str) and name else f"number {number}")
        questions.append(_read_question(entry, place, level, known_skills))
    return questions


def _read_question(entry: object, place: _Place, level: str, known_skills: set[str]) -> StarterQuestion:
    fields = place.mapping(entry, SHARED_FIELDS + CHOICE_FIELDS + OPEN_FIELDS)
    kind = place.text(fields, "kind")
    if kind not in KINDS:
        raise place.error("kind", f"“{kind}” is not one of {', '.join(KINDS)}")
    for name in CHOICE_FIELDS if kind == "open" else OPEN_FIELDS:
        if name in fields:
            raise place.error(name, f"does not belong to a question of the kind “{kind}”")
    if place.text(fields, "level") != level:
        raise place.error("level", f"“{fields['level']}” stands in the file for {level}")
    is_open = kind == "open"

    return StarterQuestion(
        external_id=place.slug(fields, "id"),
        kind=kind,
        level=level,
        difficulty=_read_difficulty(fields, place, level),
        skills=_read_question_skills(fields, place, known_skills),
        tags=place.texts(fields, "tags", required=True),
        stem=place.text(fields, "stem"),
        options=() if is_open else _read_options(fields.get("options"), place, kind),
        explanation="" if is_open and "explanation" not in fields else place.text(fields, "explanation"),
        source=_read_source(fields, place),
        proof=_read_proof(fields, place),
        model_answer=place.text(fields, "model_answer") if is_open else "",
        look_fors=place.texts(fields, "look_fors", required=True) if is_open else (),
        warning_signs=place.texts(fields, "warning_signs", required=True) if is_open else (),
        follow_ups=place.texts(fields, "follow_ups", required=True) if is_open else (),
    )


def _read_difficulty(fields: Mapping[str, Any], place: _Place, level: str) -> int:
    value = fields.get("difficulty")
    allowed = LEVEL_DIFFICULTIES[level]
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        raise place.error("difficulty", f"{value!r} is not {allowed[0]} or {allowed[1]}, the two of {level}")
    return value


def _read_question_skills(
    fields: Mapping[str, Any], place: _Place, known_skills: set[str]
) -> tuple[str, ...]:
    skills = place.texts(fields, "skills", required=True)
    for skill in skills:
        if skill not in known_skills:
            raise place.error("skills", f"unknown skill “{skill}”; {BANK_FILE} has {sorted(known_skills)}")
    return skills


def _read_source(fields: Mapping[str, Any], place: _Place) -> str:
    source = place.text(fields, "source")
    if not source.startswith("https://"):
        raise place.error("source", "expected the https address of an official document")
    return source


def _read_proof(fields: Mapping[str, Any], place: _Place) -> str | None:
    if "proof" not in fields:
        raise place.error("proof", "missing; name the test that runs it, or write null")
    return None if fields["proof"] is None else place.text(fields, "proof")


def _read_options(value: object, place: _Place, kind: str) -> tuple[StarterOption, ...]:
    if not isinstance(value, list) or not FEWEST_OPTIONS <= len(value) <= len(OPTION_CODES):
        raise place.error("options", f"expected {FEWEST_OPTIONS} to {len(OPTION_CODES)} options in a list")
    options = tuple(
        _read_option(entry, place, f"options[{number}]", expected_code)
        for number, (entry, expected_code) in enumerate(zip(value, OPTION_CODES, strict=False), start=1)
    )
    if len({option.text for option in options}) != len(options):
        raise place.error("options", "two options have the same text")
    keys = sum(option.is_key for option in options)
    if keys == 0:
        raise place.error("options", "no option is marked “key: true”")
    if kind == "single" and keys != 1:
        raise place.error("options", f"{keys} options are marked as key; the kind “single” has one")
    if kind == "multiple" and (keys < 2 or keys == len(options)):
        raise place.error(
            "options", "the kind “multiple” has at least two keys and at least one other option"
        )
    return options


def _read_option(entry: object, place: _Place, field: str, expected_code: str) -> StarterOption:
    fields = place.mapping(entry, OPTION_FIELDS, field)
    code = place.text(fields, "code", f"{field}.code")
    if code != expected_code:
        raise place.error(
            f"{field}.code", f"“{code}” found; codes run a, b, c … so this is “{expected_code}”"
        )
    if "key" in fields and fields["key"] is not True:
        raise place.error(f"{field}.key", "write “key: true” on right options and leave it out elsewhere")
    return StarterOption(
        code=code,
        text=place.text(fields, "text", f"{field}.text"),
        is_key="key" in fields,
        feedback=place.text(fields, "feedback", f"{field}.feedback") if "feedback" in fields else "",
    )
