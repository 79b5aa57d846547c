"""What a column of a file of people can be, and what its name lets one guess. Knows no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl.utils import column_index_from_string, get_column_letter

from rendering.characters import clean_line
from rendering.sheets import Problem, Table

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

# Which columns of the file hold a field: the headers by what the field is called here.
Fields = Mapping[str, tuple[str, ...]]

LEFT_OUT: Final = ""
QUESTION: Final = "question-"


@dataclass(frozen=True, slots=True)
class Field:
    """What a column can be. Without a job there is no application, and so nothing that is `of_job`.

    Of those that are `several` a file may have more columns than one.
    """

    code: str
    label: _StrOrPromise
    of_job: bool = False
    several: bool = False


FIELDS: Final[tuple[Field, ...]] = (
    Field("name", gettext_lazy("Name")),
    Field("first_name", gettext_lazy("First name")),
    Field("last_name", gettext_lazy("Last name")),
    Field("email", gettext_lazy("Email address")),
    Field("phone", gettext_lazy("Phone")),
    Field("profile", gettext_lazy("Profile or page of theirs"), several=True),
    Field("language", gettext_lazy("Language")),
    Field("tags", gettext_lazy("Tags"), several=True),
    Field("note", gettext_lazy("Note for everyone who sees them"), several=True),
    Field("private_note", gettext_lazy("Note for recruiters only"), several=True),
    Field("source", gettext_lazy("Source"), of_job=True),
    Field("agency", gettext_lazy("Agency"), of_job=True),
    Field("referred_by", gettext_lazy("Address of the colleague who referred them"), of_job=True),
    Field("external_id", gettext_lazy("What another system calls it (id)"), of_job=True),
    Field("stage", gettext_lazy("Stage"), of_job=True),
    Field("applied_at", gettext_lazy("Applied at"), of_job=True),
    Field("test", gettext_lazy("Test to invite to"), of_job=True),
    Field("opens_at", gettext_lazy("The test opens at"), of_job=True),
    Field("expires_at", gettext_lazy("The test can be started until"), of_job=True),
)
# What every file needs, each by one of these fields or by all of them.
NEEDED: Final[tuple[tuple[str, ...], ...]] = (("name", "first_name", "last_name"), ("email",))
NOTES: Final = ("note", "private_note")
_SEVERAL: Final = frozenset(field.code for field in FIELDS if field.several)
_OF_JOB: Final = frozenset(field.code for field in FIELDS if field.of_job)

# What a column may be called, without case, spaces, hyphens and underscores.
_NAMES: Final[Mapping[str, str]] = {
    "name": "name",
    "fullname": "name",
    "candidate": "name",
    "candidatename": "name",
    "applicant": "name",
    "applicantname": "name",
    "firstname": "first_name",
    "givenname": "first_name",
    "forename": "first_name",
    "lastname": "last_name",
    "surname": "last_name",
    "familyname": "last_name",
    "email": "email",
    "emailaddress": "email",
    "mail": "email",
    "mailaddress": "email",
    "phone": "phone",
    "phonenumber": "phone",
    "telephone": "phone",
    "telephonenumber": "phone",
    "tel": "phone",
    "mobile": "phone",
    "mobilephone": "phone",
    "mobilenumber": "phone",
    "cell": "phone",
    "cellphone": "phone",
    "profile": "profile",
    "profilelink": "profile",
    "link": "profile",
    "links": "profile",
    "linkedin": "profile",
    "linkedinurl": "profile",
    "linkedinprofile": "profile",
    "profileurl": "profile",
    "website": "profile",
    "language": "language",
    "source": "source",
    "agency": "agency",
    "referredby": "referred_by",
    "referrer": "referred_by",
    "externalid": "external_id",
    "id": "external_id",
    "candidateid": "external_id",
    "applicationid": "external_id",
    "stage": "stage",
    "appliedat": "applied_at",
    "applied": "applied_at",
    "applieddate": "applied_at",
    "appliedon": "applied_at",
    "dateapplied": "applied_at",
    "applicationdate": "applied_at",
    "tags": "tags",
    "tag": "tags",
    "test": "test",
    "inviteto": "test",
    "opensat": "opens_at",
    "notbefore": "opens_at",
    "expiresat": "expires_at",
    "startby": "expires_at",
    "note": "note",
    "notes": "private_note",
    "remark": "private_note",
    "remarks": "private_note",
    "privatenote": "private_note",
    "comment": "private_note",
    "comments": "private_note",
}


def columns(*, of_job: bool) -> list[str]:
    """Return what the columns of a sample are called."""
    return [field.code for field in FIELDS if of_job or not field.of_job]


def named(header: str, *, of_job: bool) -> str:
    """Return the field that a header names; "" for none."""
    code = _NAMES.get("".join(header.casefold().replace("_", " ").replace("-", " ").split()), LEFT_OUT)
    return LEFT_OUT if code in _OF_JOB and not of_job else code


def guessed(headers: Mapping[str, str], *, questions: Mapping[str, str], of_job: bool) -> dict[str, str]:
    """Return what each column probably is, by its letter.

    Arguments: `headers` by letter; `questions` of the job's form, their words by code.
    """
    asked = {clean_line(text).casefold(): code for code, text in questions.items()}
    found: dict[str, str] = {}
    for letter, header in headers.items():
        code = named(header, of_job=of_job) or asked.get(clean_line(header).casefold(), LEFT_OUT)
        found[letter] = LEFT_OUT if code in found.values() and code not in _SEVERAL else code
    return found


def twice(mapping: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that say to be what one further left is, with the letter of that one."""
    first: dict[str, str] = {}
    again: dict[str, str] = {}
    for letter, code in mapping.items():
        if code and code in first and code not in _SEVERAL:
            again[letter] = first[code]
        first.setdefault(code, letter)
    return again


def missing(said: Collection[str]) -> list[str]:
    """Return the fields that every file needs and that are not among what its columns are said to be."""
    return [codes[0] for codes in NEEDED if not set(codes) & set(said)]


def fields_as_mapped(table: Table, mapping: Mapping[str, str]) -> tuple[Fields, list[Problem]]:
    """Return which headers hold which field, as somebody said by `mapping`, letter by letter."""
    fields: dict[str, tuple[str, ...]] = {}
    for header in table.headers:
        code = mapping.get(table.letters.get(header, ""), LEFT_OUT)
        if code and (code in _SEVERAL or code not in fields):
            fields[code] = (*fields.get(code, ()), header)
    return fields, _missing(table, fields)


def fields_by_name(table: Table, *, of_job: bool) -> tuple[Fields, list[Problem]]:
    """Return which headers hold which field, by their names alone, and what is wrong with them."""
    fields: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for header in table.headers:
        code = named(header, of_job=of_job)
        if not code:
            message = _("There is no such column. Rename it to one of these or delete it: %(columns)s.")
            words = message % {"columns": ", ".join(columns(of_job=of_job))}
            problems.append(_at_header(table, header, words))
        elif code in fields and code not in _SEVERAL:
            message = _("This column and “%(other)s” mean the same. Delete one of the two.")
            problems.append(_at_header(table, header, message % {"other": fields[code][0]}))
        else:
            fields[code] = (*fields.get(code, ()), header)
    return fields, [*problems, *_missing(table, fields)]


def _missing(table: Table, fields: Fields) -> list[Problem]:
    message = _("There is no column “%(column)s”. Add it; every row needs one.")
    return [_at_header(table, "", message % {"column": code}) for code in missing(fields)]


def _at_header(table: Table, header: str, message: str) -> Problem:
    row = min((row.number for row in table.rows), default=2) - 1 or 1
    return Problem(row, table.letters.get(header, ""), header, message)


def left_out(table: Table, mapping: Mapping[str, str]) -> set[str]:
    """Return the columns of a file that no one wants, by their letters: also those that share a header or have none.

    What stands beyond the last header is none of them: there a row has slipped.
    """
    last = max(map(column_index_from_string, table.letters.values()), default=0)
    letters = map(get_column_letter, range(1, last + 1))
    return {letter for letter in letters if not mapping.get(letter)}


def label_of(code: str, questions: Mapping[str, str]) -> str:
    """Return what people call what a column is."""
    if code in questions:
        return questions[code]
    return next((str(field.label) for field in FIELDS if field.code == code), code)


def known_codes(questions: Sequence[str], *, of_job: bool) -> set[str]:
    """Return everything that a column can be."""
    return {LEFT_OUT, *columns(of_job=of_job), *questions}
