"""Questions as tables, one row each, whatever the table is kept in."""

from questions.formats.tables.columns import guessed
from questions.formats.tables.reader import read_rows
from questions.formats.tables.rows import Sheet
from questions.formats.tables.writer import write_questions_csv, write_questions_xlsx

__all__ = ["Sheet", "guessed", "read_rows", "write_questions_csv", "write_questions_xlsx"]
