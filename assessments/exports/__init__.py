"""What colleagues take along: one attempt as a document, tests, reported problems and mended keys as lists."""

from assessments.exports.attempts import attempt_pdf
from assessments.exports.lists import problems_response, regrades_response, tests_response

__all__ = ["attempt_pdf", "problems_response", "regrades_response", "tests_response"]
