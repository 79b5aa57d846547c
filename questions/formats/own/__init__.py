"""The JSON and YAML of our own, which hold all that the common form holds."""

from questions.formats.own.reader import read_json, read_yaml
from questions.formats.own.writer import write_json, write_yaml

__all__ = ["read_json", "read_yaml", "write_json", "write_yaml"]
