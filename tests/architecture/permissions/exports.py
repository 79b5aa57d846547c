"""What is taken along as a file, and by whom with and without what names people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Export:
    """A file: who gets it with the people of the world's job in it, and who gets it without anybody's name. `parts` is
    what the address asks for, where that of the page would find nobody.
    """

    title: str
    named: str
    nameless: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)


# Everybody else either gets no file, or one of what they see themselves: of other jobs, or of none.
EXPORTS = {
    "hiring:people-file": Export("People of a job", "AJM", "N"),
    "hiring:results-file": Export("Results of a job", "AJM"),
    "assessments:results-file": Export("Results of a test", "AJM"),
    "hiring:funnel-file": Export("People behind a number of the dashboard", "AJM"),
    "hiring:waiting-file": Export("People who wait", "AJM", parts={"code": "=active"}),
    "hiring:applications-file": Export("Applications", "AJM"),
    "hiring:everybody-file": Export("People", "AJM"),
    "hiring:jobs-file": Export("Jobs, without people", "", "AJMIRQNO"),
    "assessments:problems-file": Export("Problems reported with questions, without people", "", "AJRQ"),
    "hiring:invitations-file": Export("Invitations to tests", "AJM"),
    "hiring:expired-file": Export("Invitations that ran out", "AJM"),
    "hiring:approvals-file": Export("Waiting for one's approval", "AM"),
    "hiring:answers-file": Export("Answers of candidates", "AJM"),
    # Interviewing somebody is not taking them along.
    "hiring:interviews-file": Export("Interviews that one holds", "", "I"),
    "assessments:tests-file": Export("Tests", "", "AJMIRQNO"),
    "outbox:colleagues-file": Export("Colleagues", "", "AJR"),
    "outbox:api-keys-file": Export("API keys", "", "AJRN"),
    "questions:banks-file": Export("Question banks", "", "AJRQ"),
    "assessments:regrades-file": Export("Mended keys, without people", "", "AJRQ"),
    "questions:bank-exposure-file": Export("Exposure of the questions of a bank", "", "AJRQ"),
    "hiring:tracking-file": Export("Tracking links of a job", "", "AJ"),
    "hiring:all-tracking-file": Export("Tracking links to all open jobs", "", "AJR"),
    "hiring:open-links-file": Export("Open links of a job", "", "AJ"),
    "assessments:open-links-file": Export("Open links of a test", "", "AJR"),
    "outbox:mail-file": Export("Mail, without its texts", "AJM"),
    "outbox:history-file": Export("The history", "A"),
    "hiring:history-file": Export("The history of a job", "AJ"),
    "hiring:report-file": Export("Numbers of a report", "", "AJMN"),
    "hiring:report-people-file": Export("People behind a number of a report", "AJM", "N"),
}
