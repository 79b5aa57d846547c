"""QTI 2.1, 2.2 and 3.0: items that stand alone and packages of them, also with those of QTI 1.2."""

from questions.formats.qti.reader import read_item_file, read_package
from questions.formats.qti.writer import write_qti

__all__ = ["read_item_file", "read_package", "write_qti"]
