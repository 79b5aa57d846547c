"""Who reads what of a row: fields, beside the rows themselves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """Something that stands on rows: what it is called, the text of it in the world, and who finds it on any page, in
    any list, file or call. `other` are those who find that of another job, which the recruiter R recruits for.

    `text` may name something of the world: "/admin/attempts/{attempt.pk}/".
    """

    title: str
    text: str
    own: str
    other: str = "AR"

    def of_other(self) -> str:
        """The same text of the other job."""
        return self.text.replace("own", "foreign").replace("7171", "8282")


FIELDS = {
    "name": Field("Name of the applicant", "Ada own Quark", "AJMI"),
    "address": Field("Email address", "own.quark@example.net", "AJM"),
    "phone": Field("Phone", "+49 30 7171001", "AJM"),
    "answer": Field("Answers to the form of the job", "own answer about quarks", "AJMI"),
    "result": Field("Attempt at a test, with its result", "/admin/attempts/{attempt.pk}/", "AJM"),
    "salary": Field("Salary that is not public", "7171000", "AJ"),
    "note": Field("Note for the team of the job", "own note for the team", "AJM"),
    "confidential_note": Field("Note for recruiters", "own note for recruiters", "AJ"),
    "mail": Field("Mail to the applicant", "own mail about quarks", "AJM"),
    "recommendation": Field("What colleagues recommend", "own recommendation", "AJM"),
    "request": Field("Why somebody asks for more time", "own quiet room", "AJ"),
    "extra_reason": Field("Why somebody was given extra time", "own reason for extra time", "A", other="A"),
    "key": Field("Keys of questions: shares, explanations", "own explanation of the key", "AJRQ", other=""),
}
