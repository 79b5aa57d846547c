"""What colleagues take along: one attempt as a document, tests, reported problems and mended keys as lists."""

from assessments.exports.attempts import attempt_pdf
from assessments.exports.lists import PROBLEMS, REGRADES, TESTS

__all__ = ["PROBLEMS", "REGRADES", "TESTS", "attempt_pdf"]
