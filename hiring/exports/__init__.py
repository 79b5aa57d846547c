"""Lists as files: of applications, of people, of jobs, and the numbers of reports."""

from hiring.exports.applications import PeopleList, people_response, report_response
from hiring.exports.lists import everybody_response, jobs_response
from hiring.exports.sizes import MOST_XLSX_ROWS, TooManyRows

__all__ = [
    "MOST_XLSX_ROWS",
    "PeopleList",
    "TooManyRows",
    "everybody_response",
    "jobs_response",
    "people_response",
    "report_response",
]
