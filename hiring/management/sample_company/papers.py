"""What three of the people sent along: résumés and a letter in our own words, so that there is something to read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from django.core.files.base import ContentFile

from accounts.models import Actor, User
from candidates.enums import DocumentKind
from hiring.enums import ApplicationStatus
from hiring.models import Application, Job
from hiring.operations import add_to_application
from rendering.pdf import write_pdf

_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES: Final = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS: Final = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="word/document.xml"/></Relationships>'
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading of a résumé and what stands below it."""

    heading: str
    lines: tuple[str, ...]


LONG: Final = (
    Chapter(
        "What I do",
        (
            "Backend engineer for seven years. I like services that are dull at night and easy to change by day.",
        ),
    ),
    Chapter(
        "Work",
        (
            "Since 2021: senior engineer at a ferry company. Moved its booking service from one large program to four"
            " small ones without a day off the water. Python, Flask, PostgreSQL, RabbitMQ.",
            "2018 to 2021: engineer at a maker of weather stations. Wrote what receives a million measurements an"
            " hour, and the alarm that calls people when none come.",
            "2016 to 2018: junior developer at an agency for museums. Ticket shops, opening hours, many Mondays.",
        ),
    ),
    Chapter(
        "Things I am glad of",
        (
            "Cut the slowest page of the booking service from nine seconds to a third of one by reading a query plan.",
            "Wrote the runbook that three colleagues have used at night without calling me.",
            "Taught the evening course “SQL for people who know spreadsheets” four winters in a row.",
        ),
    ),
    Chapter("School", ("Bachelor of computer science, with a thesis about clocks that do not agree.",)),
    Chapter("Languages", ("English and Dutch at work, Spanish with my grandmother.",)),
)
SHORT: Final = (
    Chapter("Summary", ("Developer with four years of Python, most of it in Flask and SQLAlchemy.",)),
    Chapter(
        "Work",
        (
            "Since 2022: developer at a library service. Search, loans, and the interface that forty libraries call.",
            "2020 to 2022: trainee, then developer at a hospital. Rotas, and a lot of testing.",
        ),
    ),
    Chapter("Tools", ("Python, Flask, PostgreSQL, Redis, Docker, pytest, Git.",)),
)
LETTER: Final = (
    "Dear people of Brightwater,",
    "I grew up two streets from a dike, so I have looked at your maps more often than at the weather. I would like to"
    " help that they are there on the night when everybody looks at once.",
    "What I would bring is in my résumé. What is not in it: I write short messages and I answer the phone.",
    "Kind regards",
)


def hand_in(*, job: Job, recruiter: User) -> None:
    """Let the three who came furthest hand in what they wrote, on the days on which they applied."""
    live = Application.objects.filter(job=job, status=ApplicationStatus.ACTIVE).select_related("candidate")
    furthest = live.order_by("-stage__position", "applied_at", "pk")
    papers = (
        (DocumentKind.RESUME, "resume.pdf", lambda name: _pdf(name, LONG)),
        (DocumentKind.RESUME, "cv.docx", lambda name: _docx(name, SHORT)),
        (DocumentKind.RESUME, "curriculum-vitae.pdf", lambda name: _pdf(name, SHORT)),
    )
    by = Actor.of_user(recruiter)
    for number, (application, (kind, filename, write)) in enumerate(
        zip(furthest[: len(papers)], papers, strict=False)
    ):
        moment = application.applied_at
        content = write(application.candidate.full_name)
        upload = ContentFile(content, name=filename)
        add_to_application(application=application, kind=kind, upload=upload, by=by, now=moment)
        if number == 0:
            letter = ContentFile("\n\n".join(LETTER).encode(), name="letter.txt")
            add_to_application(
                application=application, kind=DocumentKind.LETTER, upload=letter, by=by, now=moment
            )


def _pdf(name: str, chapters: Sequence[Chapter]) -> bytes:
    blocks: list[dict[str, Any]] = []
    for chapter in chapters:
        blocks.append({"kind": "heading", "level": 2, "text": chapter.heading})
        blocks += [{"kind": "paragraph", "runs": [{"text": line}]} for line in chapter.lines]
    return write_pdf(title=name, author=name, footer=name, blocks=blocks)


def _docx(name: str, chapters: Sequence[Chapter]) -> bytes:
    lines = [name, *(line for chapter in chapters for line in (chapter.heading, *chapter.lines))]
    text = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{_WORD}"><w:body>{text}</w:body></w:document>'
        )
    return made.getvalue()
