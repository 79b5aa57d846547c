"""GIFT, the text format of Moodle, read as Moodle reads it and written as Moodle writes it."""

from questions.formats.gift.reader import read_gift
from questions.formats.gift.writer import write_gift

__all__ = ["read_gift", "write_gift"]
