"""The list of tests as a file."""

from __future__ import annotations

from assessments.exports import TESTS
from assessments.models import Assessment
from shell.list_files import ChangeListFile


class TestsFileView(ChangeListFile):
    """Exactly the tests that the list shows."""

    model = Assessment
    taken = staticmethod(TESTS.take)
