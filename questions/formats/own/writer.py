"""Write every field of the common form, as JSON for programs or as YAML for people who review it line by line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from typing import Any

import yaml

from questions.formats.drafts import ALL_OR_NOTHING, ParsedOption, ParsedQuestion, Written
from questions.formats.gathering import tidied
from questions.formats.own.reader import FORMAT, VERSION
from questions.formats.pictures import NO_PICTURES, to_base64

# The one that is written in C, where there is one.
_BASE: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_NO_FOLD = 1 << 30


def write_json(questions: Sequence[ParsedQuestion], pictures: Mapping[str, bytes] = NO_PICTURES) -> Written:
    """Return the questions as JSON with their pictures; nothing is lost."""
    held = {"pictures": {name: to_base64(content) for name, content in pictures.items()}} if pictures else {}
    content = json.dumps({**_file(questions), **held}, ensure_ascii=False, indent=1)
    return Written(f"{content}\n".encode(), "json", "application/json")


def write_yaml(questions: Sequence[ParsedQuestion]) -> Written:
    """Return the questions as YAML with texts of several lines as they are; nothing is lost."""
    content = yaml.dump(_file(questions), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_NO_FOLD)
    return Written(content.encode(), "yaml", "application/yaml")


class _Dumper(_BASE):
    """Writes texts of several lines as blocks."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _file(questions: Sequence[ParsedQuestion]) -> dict[str, object]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "questions": [_question(tidied(question)) for question in questions],
    }


def _question(question: ParsedQuestion) -> dict[str, object]:
    said: dict[str, object] = {}
    for field in fields(question):
        value = getattr(question, field.name)
        if field.name == "options":
            value = [_option(option) for option in value]
        if field.name == "where" or not value or (field.name, value) == ("marking", ALL_OR_NOTHING):
            continue
        said[field.name] = list(value) if isinstance(value, tuple) else value
    return said


def _option(option: ParsedOption) -> dict[str, object]:
    said: dict[str, object] = {"text": option.text, "share": _share(option.share)}
    if option.feedback:
        said["feedback"] = option.feedback
    if option.place:
        said["place"] = option.place
    return said


def _share(share: Fraction) -> int | str:
    return int(share) if share.denominator == 1 else str(share)
