"""Lists as files: of applications, of people, of jobs, of what waits, and the numbers of reports."""

from hiring.exports.applications import PeopleList, people_response, report_response
from hiring.exports.lists import everybody_response, invitations_response, jobs_response
from hiring.exports.waiting import (
    answers_response,
    approvals_response,
    expired_response,
    interviews_response,
)

__all__ = [
    "PeopleList",
    "answers_response",
    "approvals_response",
    "everybody_response",
    "expired_response",
    "interviews_response",
    "invitations_response",
    "jobs_response",
    "people_response",
    "report_response",
]
