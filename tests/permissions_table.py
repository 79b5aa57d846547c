"""The published table of permissions: `python -m tests.permissions_table` writes docs/permissions.md.

It is made of what the tests walk, and of what roles may do by default, so that it says what is true.
`tests/config/test_permissions_table.py` fails when the file is old.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.servers import environment

PATH = Path(__file__).resolve().parents[1] / "docs" / "permissions.md"

_WHO = {
    "A": "administrator",
    "J": "recruiter of the job",
    "M": "hiring manager of the job",
    "I": "interviewer of the job",
    "R": "recruiter of another job",
    "Q": "question author",
    "N": "analyst",
    "O": "colleague without any role",
    "x": "nobody signed in",
}
_INTRODUCTION = """\
# Permissions

Who may do and see what: objects, fields and roles, in one table. It is written by `python -m tests.permissions_table`
from what the tests walk: every address, list, form, action, file and call of the API, asked by every kind of person,
about a job that is theirs and about one that is not. An address that stands in no line fails the build.

Administrators may everything. Within a job the role on that job alone decides, and nobody carries sight from one job
to another: whoever recruits for another job (R) is a stranger to this one. What somebody may not see is in no list,
search, number, file or call, and its address answers as if it were not there. A key of the API sees what its owner
sees, does what its scopes say, and stays within its jobs.
"""


def table() -> str:
    """Return the file as it should be. The apps have to be loaded."""
    return "\n".join([_INTRODUCTION, *_roles(), *_fields(), *_exports(), *_lists(), *_addresses(), ""])


def _rows(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
    yield ""


def _roles() -> Iterator[str]:
    from accounts.registries import capabilities, role_titles

    yield "## What roles may do\n"
    yield "By default; where it says *may be changed*, administrators decide otherwise under *Settings, Roles*.\n"
    titles = role_titles()
    rows = []
    for capability in capabilities():
        cells = []
        for role in titles:
            word = "yes" if role in capability.defaults else "no"
            cells.append(f"{word}, may be changed" if role in capability.changeable else word)
        rows.append([str(capability.title), *cells, str(capability.why_fixed)])
    yield from _rows(["may", *map(str, titles.values()), "fixed, because"], rows)
    yield (
        "Hiring managers also move people of a job whose settings say so. Interviewers see those whom they "
        "interview on pages of their own: name, answers, stage, documents to read. A result that is used for another "
        "job is read by those who see the application that it counts for.\n"
    )


def _letters() -> str:
    return "; ".join(f"**{letter}** {who}" for letter, who in _WHO.items())


def _words(letters: str) -> str:
    return " ".join(letters) or "nobody"


def _fields() -> Iterator[str]:
    from tests.architecture.permissions import FIELDS

    yield "## Who finds which field\n"
    yield f"{_letters()}.\n"
    rows = [[field.title, _words(field.own), _words(field.other)] for field in FIELDS.values()]
    yield from _rows(["field", "of the job", "of another job, for which R recruits"], rows)


def _exports() -> Iterator[str]:
    from tests.architecture.permissions import EXPORTS, PAGES

    there = {line.name for line in PAGES}

    yield "## Who takes what along as a file\n"
    yield "The history says who took it. Whoever is not named gets none, or one without people of the job.\n"
    rows = [
        [each.title, _words(each.named), _words(each.nameless)]
        for name, each in EXPORTS.items()
        if name in there
    ]
    yield from _rows(["file", "with names", "without names"], rows)


def _lists() -> Iterator[str]:
    from django.apps import apps

    from tests.architecture.permissions import ACTIONS, TABLES

    yield "## Lists of the admin\n"
    yield "Their rows are those that the person sees. Nothing is deleted from them, by nobody.\n"
    rows = []
    for label, line in TABLES.items():
        name = str(apps.get_model(label)._meta.verbose_name_plural)
        done = "; ".join(f"{action}: {_words(who)}" for action, who in ACTIONS.get(label, {}).items())
        rows.append([name, _words(line.view), _words(line.add), _words(line.change), done])
    yield from _rows(["list", "look", "add", "change", "with rows that are ticked"], rows)


def _addresses() -> Iterator[str]:
    from tests.architecture.permissions import API, LINK_ONLY, PAGES

    yield "## Every address\n"
    yield "Asked about the job of J, M and I, and about what belongs to it.\n"
    rows = [[f"`{line.name}`", line.method.upper(), _words(line.who)] for line in PAGES]
    yield from _rows(["address", "", "who gets through"], sorted(rows))
    yield (
        f"These {len(LINK_ONLY)} ask for the link of a mail, whoever is signed in: "
        + ", ".join(f"`{name}`" for name in sorted(LINK_ONLY))
        + ".\n"
    )
    yield (
        f"The {len(API)} calls of the API see with the same eyes: "
        + ", ".join(f"`{name}`" for name in sorted(API))
        + "."
    )


def main() -> None:
    PATH.write_text(table())
    print(f"{PATH.name} is written.")


if __name__ == "__main__":
    os.environ.setdefault("TEST_DATABASE", "sqlite")
    environment.prepare()
    import django

    django.setup()
    main()
