"""The bench of very large files: its line says what a file cost, and how long anybody waited for it."""

from __future__ import annotations

import re

import pytest

from tests.factories.questions import make_questions
from tests.load import taking_out

pytestmark = pytest.mark.django_db


def test_line_tells_what_a_file_of_all_questions_cost(capsys: pytest.CaptureFixture[str]) -> None:
    make_questions(3)

    assert taking_out.written("json")

    line = capsys.readouterr().out
    assert re.fullmatch(r" +json +3 +0\.0 +\d+\.\d +\d+\.\d +\d+ MB +\d+\.\d\d +\d+\.\d\d\n", line)
