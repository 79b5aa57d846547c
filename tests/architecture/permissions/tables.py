"""The lists of the admin."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A list in the admin: who may look at the list, add a row, look at or change this one. Deleting is nobody's."""

    row: str
    view: str
    add: str = ""
    change: str = ""
    # Whose own rows this one is not among: the list opens, the row does not.
    blind: str = ""


TABLES = {
    "accounts.User": Table("user", view="AJR", add="A", change="A"),
    "accounts.Organisation": Table("organisation", view="A", change="A"),
    "accounts.ApiKey": Table("key", view="AJRN", blind="RN"),
    "outbox.MessageTemplate": Table("template", view="AJR", add="AJR", change="AJR"),
    "outbox.Event": Table("event", view="A"),
    "candidates.Candidate": Table("candidate", view="AJMIRQNO", add="AJR", change="AJ", blind="IRQNO"),
    "candidates.Tag": Table("tag", view="AJR", add="AJR", change="AJR"),
    "questions.QuestionBank": Table("question.bank", view="AJRQ", add="AQ", change="AQ"),
    "questions.Skill": Table("skill", view="AJRQ", add="AQ", change="AQ"),
    "questions.QuestionTag": Table("question_tag", view="AJRQ"),
    "questions.Question": Table("question", view="AJRQ", add="AQ", change="AQ"),
    "assessments.Assessment": Table("assessment", view="AJMIRQNO", add="AJRQ", change="AJRQ"),
    "assessments.Invitation": Table("invitation", view="AJMIRQNO"),
    # The form of a new job is a page of its own, which the address of the admin leads to.
    "hiring.Job": Table("job", view="AJMIRQNO", add="AJMIRQNO"),
    "hiring.Application": Table("application", view="AJMIRQNO"),
    # Its addresses in the admin lead to its own page, as those of a job do.
    "hiring.PipelineTemplate": Table("pipeline", view="AJR", add="AJMIRQNO"),
    "hiring.RejectionReason": Table("reason", view="AJR", add="AJR", change="AJR"),
}
