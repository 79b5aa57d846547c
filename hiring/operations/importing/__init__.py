"""Importing people from a spreadsheet: read, told what its columns are, checked, and written all or not at all.

With a job they apply for it; without one they are added as people alone.
"""

from hiring.operations.importing.asking import (
    ImportRefused,
    confirm_import,
    queue_check,
    queue_import,
    queue_reading,
)
from hiring.operations.importing.checking import do_import_check
from hiring.operations.importing.reading import IMPORT, IMPORT_CHECK, IMPORT_READ, do_import_read
from hiring.operations.importing.writing import do_import

__all__ = [
    "IMPORT",
    "IMPORT_CHECK",
    "IMPORT_READ",
    "ImportRefused",
    "confirm_import",
    "do_import",
    "do_import_check",
    "do_import_read",
    "queue_check",
    "queue_import",
    "queue_reading",
]
