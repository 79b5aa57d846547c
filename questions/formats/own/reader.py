"""Read questions in the JSON or YAML of our own: every field of the common form, by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from questions.formats import limits
from questions.formats.drafts import (
    ALL_OR_NOTHING,
    MULTIPLE,
    OPEN,
    PARTIAL,
    PLACES,
    SINGLE,
    WARNING,
    WHOLE_FILE,
    FileRefused,
    Parsed,
    ParsedOption,
    ParsedQuestion,
    Problem,
    Where,
)
from questions.formats.fractions import FULL, NOTHING, fraction_said
from questions.formats.gathering import Gathering
from questions.formats.names import JSON, YAML
from questions.formats.own.trees import LINE, json_tree, yaml_tree
from questions.formats.pictures import from_base64, picture_of
from rendering.characters import clean_text

FORMAT = "shortlist-questions"
VERSION = 1

_AROUND = ("format", "version", "bank", "questions", "pictures", "skipped", "problems", LINE)
_LISTS = ("tags", "skills", "look_fors", "warning_signs", "follow_ups")
_WRITTEN = tuple(field.name for field in fields(ParsedQuestion) if field.name != "where")
# "id" and "proof" stand in the starter banks, "where" in what `parse_questions` prints.
_KNOWN = (*_WRITTEN, "id", "proof", "where", LINE)
_OPTION_KNOWN = ("text", "share", "feedback", "place", "key", "code", LINE)
_KINDS = ("", SINGLE, MULTIPLE, OPEN)
_LEVELS = ("", "fresher", "junior", "intermediate", "experienced")


class _FieldError(ValueError):
    """A field says what cannot be."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def read_json(data: bytes) -> Parsed:
    """Return what a JSON file of ours holds. Raises `FileRefused`."""
    return _read(JSON, json_tree(data))


def read_yaml(data: bytes) -> Parsed:
    """Return what a YAML file of ours holds, or a level of a starter bank. Raises `FileRefused`."""
    return _read(YAML, yaml_tree(data))


def _read(name: str, tree: object) -> Parsed:
    gathering = Gathering(name)
    for number, entry in enumerate(_entries(name, tree), start=1):
        where = Where(question=number, line=_line(entry))
        try:
            _Entry(entry, where).take(gathering)
        except _FieldError as error:
            gathering.error(where, error.code, **error.values)
    pictures, refused = _pictures(tree)
    parsed = gathering.parsed()
    problems = [*parsed.problems, *_refused(refused)]
    return replace(parsed, pictures=pictures, problems=problems)


def _pictures(tree: object) -> tuple[dict[str, bytes], list[str]]:
    """Return the pictures of a file by name, and the names of those that are not what they are called."""
    said = tree.get("pictures") if isinstance(tree, dict) else None
    if not isinstance(said, dict):
        return {}, []
    pictures: dict[str, bytes] = {}
    refused = []
    for name, text in said.items():
        content = from_base64(text) if isinstance(text, str) else b""
        if name and picture_of(content) == name:
            pictures[name] = content
        elif name != LINE:
            refused.append(str(name)[:80])
    return pictures, refused


def _refused(names: Sequence[str]) -> Iterator[Problem]:
    if names:
        yield Problem(WHOLE_FILE, WARNING, "picture_refused", {"names": ", ".join(names[:10])})


def _entries(name: str, tree: object) -> Sequence[object]:
    if isinstance(tree, dict):
        unknown = [field for field in tree if field not in _AROUND]
        if unknown or "questions" not in tree:
            raise FileRefused("not_ours", like=name)
        if str(tree.get("version") or VERSION) != str(VERSION):
            raise FileRefused("other_version", like=name, version=str(tree["version"])[:20])
        tree = tree["questions"]
    if not isinstance(tree, list):
        raise FileRefused("not_ours", like=name)
    if len(tree) > limits.QUESTIONS:
        raise FileRefused("too_many_questions", like=name, most=limits.QUESTIONS)
    return tree


def _line(entry: object) -> int | None:
    line = entry.get(LINE) if isinstance(entry, dict) else None
    return line if isinstance(line, int) else None


class _Entry:
    """One question as a file has it."""

    def __init__(self, entry: object, where: Where) -> None:
        if not isinstance(entry, dict):
            raise _FieldError("not_a_question")
        _only(entry, _KNOWN)
        self._entry = entry
        self._where = where
        self._has_unsafe = False

    def take(self, gathering: Gathering) -> None:
        options = self._options()
        kind = self._word("kind", _KINDS) or _kind_of(options)
        question = ParsedQuestion(
            kind,
            self._text("stem"),
            () if kind == OPEN else options,
            external_id=self._text("external_id") or self._text("id"),
            name=self._text("name"),
            explanation=self._text("explanation"),
            category=self._text("category"),
            marking=self._word("marking", ("", ALL_OR_NOTHING, PARTIAL)) or ALL_OR_NOTHING,
            level=self._word("level", _LEVELS),
            difficulty=self._difficulty(),
            source=self._text("source"),
            model_answer=self._text("model_answer"),
            where=self._where,
            **{name: self._texts(name) for name in _LISTS},
        )
        gathering.take(question, [("signs_removed", {})] if self._has_unsafe else [])

    def _options(self) -> tuple[ParsedOption, ...]:
        said = self._entry.get("options") or []
        if not isinstance(said, list):
            raise _FieldError("wrong_field", name="options")
        if len(said) > limits.MOST_OPTIONS_READ:
            raise _FieldError("too_many_options", count=len(said), most=limits.OPTIONS)
        for option in said:
            if not isinstance(option, dict):
                raise _FieldError("wrong_field", name="options")
            _only(option, _OPTION_KNOWN)
        keys = [self._is_key(option) for option in said]
        each = Fraction(1, sum(keys)) if self._entry.get("kind") == MULTIPLE and any(keys) else FULL
        return tuple(
            ParsedOption(
                self._text("text", option),
                self._share(option) if "share" in option else (each if is_key else NOTHING),
                self._text("feedback", option),
                self._word("place", PLACES, option),
            )
            for option, is_key in zip(said, keys, strict=True)
        )

    def _is_key(self, option: Mapping[str, Any]) -> bool:
        return self._word("key", ("", "true", "false"), option) == "true"

    def _share(self, option: Mapping[str, Any]) -> Fraction:
        text = self._text("share", option).strip()
        try:
            return fraction_said(text)
        except OverflowError as error:
            raise _FieldError("share_out", share=text[:40]) from error
        except ValueError as error:
            raise _FieldError("share_wrong", share=text[:40]) from error

    def _difficulty(self) -> int | None:
        word = self._word("difficulty", ("", *"12345"))
        return int(word) if word else None

    def _word(self, name: str, known: Sequence[str], of: Mapping[str, Any] | None = None) -> str:
        word = self._text(name, of).strip()
        if word == "null":
            return ""
        if word not in known:
            raise _FieldError(
                "unknown_word", name=name, word=word[:40], known=", ".join(each for each in known if each)
            )
        return word

    def _texts(self, name: str) -> tuple[str, ...]:
        said = self._entry.get(name)
        if not said:
            return ()
        if not isinstance(said, list):
            raise _FieldError("wrong_field", name=name)
        return tuple(self._plain(name, text) for text in said)

    def _text(self, name: str, of: Mapping[str, Any] | None = None) -> str:
        value = (self._entry if of is None else of).get(name)
        return "" if value is None else self._plain(name, value)

    def _plain(self, name: str, value: object) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            return self._number(name, value)
        clean = clean_text(value)
        self._has_unsafe = self._has_unsafe or clean != value
        return clean

    @staticmethod
    def _number(name: str, value: object) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return str(value)
        raise _FieldError("wrong_field", name=name)


def _kind_of(options: Sequence[ParsedOption]) -> str:
    if not options:
        return OPEN
    return MULTIPLE if sum(option.share.numerator > 0 for option in options) > 1 else SINGLE


def _only(fields_said: Mapping[str, object], known: Sequence[str]) -> None:
    unknown = next((name for name in fields_said if name not in known), None)
    if unknown is not None:
        names = ", ".join(name for name in known if name != LINE)
        raise _FieldError("unknown_field", name=clean_text(unknown)[:40], known=names)
