"""What colleagues take along: one attempt as a document, reported problems as a list."""

from assessments.exports.attempts import attempt_pdf
from assessments.exports.lists import problems_response

__all__ = ["attempt_pdf", "problems_response"]
