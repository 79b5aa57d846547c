"""From JSON and YAML to plain trees of texts, lists and fields. Nothing in a file can build more than that.

In YAML every plain word is a text: `no`, `3.10` and `2024-01-01` are options as they stand there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from questions.formats.drafts import FileRefused
from questions.formats.names import JSON, YAML
from questions.formats.text import read_text

DEEPEST: Final = 50
# Each piece weighs many times what it weighs in the file; 20,000 questions have far fewer.
_MOST_PIECES = 3_000_000
# Where a mapping begins, kept among its own fields.
LINE: Final = "\x00line"
_NOTHING = ("", "~")
# The one that is written in C, where there is one: it reads a file in a tenth of the time.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def json_tree(data: bytes) -> object:
    """Return what a JSON file says. Raises `FileRefused`."""
    text = read_text(data).text
    if text.count(",") + text.count("[") + text.count("{") > _MOST_PIECES:
        raise FileRefused("too_many_pieces", like=JSON)
    try:
        return json.loads(text, object_pairs_hook=_fields, parse_constant=_no_number)
    except RecursionError as error:
        raise FileRefused("too_deep", like=JSON) from error
    except json.JSONDecodeError as error:
        raise FileRefused("broken_json", like=JSON, line=error.lineno, column=error.colno) from error
    except ValueError as error:
        # Two fields of one name, a number that is none, or one of thousands of digits.
        raise FileRefused("wrong_json", like=JSON, what=str(error)[:80]) from error


def _fields(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        times = Counter(name for name, _value in pairs)
        raise ValueError(next(name for name, count in times.items() if count > 1))
    return fields


def _no_number(word: str) -> object:
    raise ValueError(word)


def yaml_tree(data: bytes) -> object:
    """Return what a YAML file says. Raises `FileRefused`."""
    text = read_text(data).text
    try:
        return _Building(_events(text)).tree()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise FileRefused("broken_yaml", like=YAML, line=1 if mark is None else mark.line + 1) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise FileRefused("broken_yaml", like=YAML, line=1) from error


def _events(text: str) -> Iterator[Any]:
    loader = _LOADER(text)
    return iter(loader.get_event, None)


@dataclass(slots=True)
class _Open:
    """A list or a mapping that has not ended."""

    value: Any
    name: str | None = None


class _Building:
    """Puts what the parser meets together; names for pieces, and repeated ones, are refused."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._open: list[_Open] = []
        self._tree: object = None
        self._count = 0
        self._has_begun = False

    def tree(self) -> object:
        # By far the most of the time goes into this loop: what an event is, is looked up once.
        meets: Mapping[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: lambda event: self._begin({LINE: _line(event)}, event),
            yaml.SequenceStartEvent: lambda event: self._begin([], event),
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: _no_anchor,
            yaml.DocumentStartEvent: self._document,
        }
        for event in self._events:
            meet = meets.get(type(event))
            if meet:
                meet(event)
        return self._tree

    def _scalar(self, event: Any) -> None:
        _no_anchor(event)
        is_nothing = event.style is None and event.value in _NOTHING
        self._put(None if is_nothing else event.value, event)

    def _document(self, event: Any) -> None:
        # What the first one says would be lost.
        if self._has_begun:
            raise FileRefused("yaml_documents", like=YAML, line=_line(event))
        self._has_begun = True

    def _end(self, _event: Any) -> None:
        self._open.pop()

    def _begin(self, value: Any, event: Any) -> None:
        _no_anchor(event)
        if len(self._open) >= DEEPEST:
            raise FileRefused("too_deep", like=YAML)
        self._put(value, event)
        self._open.append(_Open(value))

    def _put(self, value: Any, event: Any) -> None:
        self._count += 1
        if self._count > _MOST_PIECES:
            raise FileRefused("too_many_pieces", like=YAML)
        if not self._open:
            self._tree = value
            return
        into = self._open[-1]
        if isinstance(into.value, list):
            into.value.append(value)
        elif into.name is None:
            into.name = self._name(value, into.value, event)
        else:
            into.value[into.name] = value
            into.name = None

    @staticmethod
    def _name(value: Any, fields: dict[str, object], event: Any) -> str:
        if not isinstance(value, str) or value in fields:
            raise FileRefused("wrong_yaml", like=YAML, line=_line(event))
        return value


def _no_anchor(event: Any) -> None:
    if event.anchor is not None:
        raise FileRefused("yaml_alias", like=YAML, line=_line(event))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
