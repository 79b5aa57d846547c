"""Moodle XML, the format in which Moodle keeps whole questions, read as Moodle reads it and written for Moodle."""

from questions.formats.moodle.reader import read_moodle
from questions.formats.moodle.writer import write_moodle

__all__ = ["read_moodle", "write_moodle"]
