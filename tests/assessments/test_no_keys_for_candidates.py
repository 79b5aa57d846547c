"""Candidate-side code never loads an answer key: looked for in the code, and in what the database is asked."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments import operations, queries
from assessments.enums import CandidateSees, SubmittedBy
from tests.factories.assessments import make_invitation
from tests.factories.questions import NOW

ROOT = Path(__file__).resolve().parents[2]
CANDIDATE_SIDE = [
    *sorted((ROOT / "assessments" / "taking").glob("*.py")),
    ROOT / "assessments" / "queries" / "taking.py",
    ROOT / "assessments" / "queries" / "released.py",
    ROOT / "assessments" / "queries" / "drawing.py",
    ROOT / "assessments" / "operations" / "attempts.py",
    ROOT / "assessments" / "operations" / "answers.py",
]
FORBIDDEN = {
    "AnswerKey",
    "keys_for",
    "key_history",
    "keys_by_id",
    "editions_with_keys",
    "revisions_of",
    "read_attempt",
    "scoring",
    "mend_key",
    "score_attempt",
}
# A version's rule of marking is told before the start; the modules that mark are never loaded.
FORBIDDEN_MODULES = FORBIDDEN | {"marking"}


@pytest.mark.parametrize("path", CANDIDATE_SIDE, ids=lambda path: "/".join(path.parts[-3:]))
def test_candidate_side_names_nothing_of_keys(path) -> None:
    tree = ast.parse(path.read_text())
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules |= {part for alias in node.names for part in alias.name.split(".")}
            modules |= set((getattr(node, "module", "") or "").split("."))

    assert names & FORBIDDEN == set()
    assert modules & FORBIDDEN_MODULES == set()


def test_only_one_function_reads_the_key_table() -> None:
    """`questions.queries.keys` is the door; `questions.operations` writes; nobody else asks the model anything."""
    allowed = {"questions/queries/keys.py", "questions/models/keys.py"}
    readers = set()
    for path in ROOT.glob("*/**/*.py"):
        name = str(path.relative_to(ROOT))
        if (
            name.split("/")[0] in ("tests", "var")
            or "/migrations/" in name
            or name.startswith("questions/operations/")
        ):
            continue
        if "AnswerKey.objects" in path.read_text():
            readers.add(name)

    assert readers <= allowed


@pytest.mark.django_db
def test_case_58_key_leak_no_step_of_a_candidate_asks_the_key_table() -> None:
    invitation = make_invitation()

    with CaptureQueriesContext(connection) as captured:
        sitting = queries.attempt_for_link(invitation.link)
        attempt = operations.start_attempt(invitation=sitting.invitation, consented=True, now=NOW)
        page = queries.question_page(attempt, 1)
        queries.overview(attempt)
        operations.save_answer(
            attempt_id=attempt.pk,
            position=1,
            answer=[page.options[0][0]],
            base_version=0,
            save_id=uuid4(),
            page_id=uuid4(),
            now=NOW,
        )
        operations.report_problem(attempt_id=attempt.pk, position=1, kind="unclear", text="?", now=NOW)
        operations.set_language(invitation=invitation, language="de")
        operations.set_flag(attempt_id=attempt.pk, position=1, flagged=True, now=NOW)
        operations.submit_attempt(
            attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW + timedelta(minutes=1)
        )
        for sees in CandidateSees:
            invitation.version.candidate_sees = sees
            attempt.refresh_from_db()
            queries.released(attempt, invitation.version)

    statements = [query["sql"].lower() for query in captured]
    assert len(statements) > 20
    assert not [sql for sql in statements if "answerkey" in sql or "shares" in sql]


@pytest.mark.django_db
def test_question_page_costs_one_query_and_overview_one(django_assert_num_queries) -> None:
    attempt = operations.start_attempt(invitation=make_invitation(), consented=True, now=NOW)

    with django_assert_num_queries(1):
        page = queries.question_page(attempt, 2)
    with django_assert_num_queries(1):
        rows = queries.overview(attempt)

    assert (page.position, page.total, len(page.options)) == (2, 3, 4)
    assert [(row.position, row.is_answered) for row in rows] == [(1, False), (2, False), (3, False)]
    assert queries.question_page(attempt, 4) is None
