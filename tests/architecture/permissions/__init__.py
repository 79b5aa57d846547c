"""Who may open which address. A new address without a line here fails `test_permissions.py`.

The kinds of people, by letter:
  A administrator · J recruiter of the job · M hiring manager of the job · I interviewer of the job
  R recruiter of other jobs · Q question author · N analyst · O colleague without any role · x nobody signed in
"""

from tests.architecture.permissions.actions import ACTIONS, AUTOCOMPLETES
from tests.architecture.permissions.api import API
from tests.architecture.permissions.exports import EXPORTS, Export
from tests.architecture.permissions.fields import FIELDS, Field
from tests.architecture.permissions.hiring import HIRING
from tests.architecture.permissions.lines import LETTERS, Line
from tests.architecture.permissions.people import PEOPLE
from tests.architecture.permissions.public import LINK_ONLY, PUBLIC
from tests.architecture.permissions.staff import STAFF
from tests.architecture.permissions.tables import TABLES, Table
from tests.architecture.permissions.tests import TESTS

__all__ = [
    "ACTIONS",
    "API",
    "AUTOCOMPLETES",
    "EXPORTS",
    "FIELDS",
    "LETTERS",
    "LINK_ONLY",
    "PAGES",
    "TABLES",
    "Export",
    "Field",
    "Line",
    "Table",
]

PAGES: list[Line] = [*PUBLIC, *STAFF, *TESTS, *HIRING, *PEOPLE]
