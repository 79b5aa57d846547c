"""What an uploaded file is: its content decides, and its name must agree. Everything else is refused in words."""

from __future__ import annotations

import codecs
import os
import re
import zipfile
from collections.abc import Iterable
from enum import Enum
from pathlib import PurePosixPath
from typing import IO, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rendering.archives import ArchiveError, open_archive
from rendering.characters import clean_line
from rendering.documents.docx import has_macros, main_part

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_BYTES_A_FORM: Final = 20 * 1024 * 1024
NAME_LENGTH: Final = 200
# As much of a file as browsers and readers look through for what it begins with.
_HEAD = 1024
_CHUNK = 65_536
# In front of the last ending these say that the last one is there to mislead.
_RUNNABLE = frozenset(
    {"asp", "aspx", "bat", "cgi", "cmd", "com", "dll", "exe", "hta", "htm", "html", "jar", "js", "jsp", "mjs"}
    | {"msi", "php", "phar", "phtml", "pl", "ps1", "py", "rb", "scr", "sh", "svg", "vbs", "wsf", "xhtml"}
)
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|script|iframe|svg|\?php|\?xml)|^#!", re.IGNORECASE)


class Kind(Enum):
    """Kinds of files that are taken. The value is the ending under which we keep one."""

    PDF = "pdf"
    DOCX = "docx"
    TXT = "txt"
    JPEG = "jpg"
    PNG = "png"

    @property
    def media_type(self) -> str:
        """What its content is, for whoever it is sent to."""
        return _MEDIA_TYPES[self]

    @property
    def is_picture(self) -> bool:
        """Whether it is made anew before it is kept, so that nothing hidden in it is kept."""
        return self in (Kind.JPEG, Kind.PNG)

    @classmethod
    def of(cls, media_type: str) -> Kind:
        """Return the kind that is kept as `media_type`. Raises `ValueError`."""
        for kind, known in _MEDIA_TYPES.items():
            if known == media_type:
                return kind
        raise ValueError(media_type)


_MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.TXT: "text/plain",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
}
_ENDINGS = {".pdf": Kind.PDF, ".docx": Kind.DOCX, ".txt": Kind.TXT, ".jpg": Kind.JPEG, ".jpeg": Kind.JPEG}
_ENDINGS[".png"] = Kind.PNG
_WORDS = {
    Kind.PDF: gettext_lazy("a PDF"),
    Kind.DOCX: gettext_lazy("a Word document"),
    Kind.TXT: gettext_lazy("plain text"),
    Kind.JPEG: gettext_lazy("a JPEG picture"),
    Kind.PNG: gettext_lazy("a PNG picture"),
}
# What people write.
TEXTS: Final = frozenset({Kind.PDF, Kind.DOCX, Kind.TXT})
# What they may answer a question with: a certificate is often a photo.
ANSWERS: Final = TEXTS | {Kind.JPEG, Kind.PNG}


class DocumentRefused(Exception):  # noqa: N818 -- nothing broke, the answer is no
    """A file is not taken. `words` say to its person which file, why, and what to do; `code` is for programs."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


def sniff(file: IO[bytes], filename: str, *, accepts: frozenset[Kind] = TEXTS) -> Kind:
    """Return what `file`, called `filename`, is. It is read from its beginning and left there.

    Raises: `DocumentRefused` when it is empty or too large, when name and content do not agree, when it is two things
    at once, holds programs, or is of a kind that is not in `accepts`.
    """
    name = clean_filename(filename)
    claimed = _claimed(filename, name, accepts)
    size = _size(file)
    if not size:
        raise DocumentRefused(
            "empty",
            _("“%(name)s” is empty. Look whether it is the right file and choose it again.") % {"name": name},
        )
    if size > MOST_BYTES:
        raise DocumentRefused(
            "too_large",
            _("“%(name)s” is larger than 10 MB. Save it with smaller pictures and choose it again.")
            % {"name": name},
        )
    file.seek(0)
    head = file.read(_HEAD)
    found = _found(head)
    if found is not claimed:
        raise _mismatch(name, claimed, found)
    if claimed is Kind.PDF:
        _check_pdf(file, head, name)
    elif claimed is Kind.DOCX:
        _check_docx(file, head, name)
    elif claimed is Kind.TXT:
        _check_text(file, name)
    file.seek(0)
    return claimed


def check_together(sizes: Iterable[int]) -> None:
    """Raise `DocumentRefused` when the files of one form are too much together."""
    if sum(sizes) > MOST_BYTES_A_FORM:
        raise DocumentRefused(
            "too_large_together",
            _(
                "Your files are larger than 20 MB together. Leave one out or save them smaller, and choose them again."
            ),
        )


def clean_filename(filename: str) -> str:
    """Return the last part of `filename` in one line of at most 200 characters; its ending stays."""
    name = clean_line(re.split(r"[/\\]", filename)[-1]).strip(". ")
    if len(name) <= NAME_LENGTH:
        return name
    ending = PurePosixPath(name).suffix[:10]
    return name[: NAME_LENGTH - len(ending)] + ending


def _claimed(filename: str, name: str, accepts: frozenset[Kind]) -> Kind:
    parts = name.casefold().split(".")
    # Some systems leave out a last dot or blank, and then the ending is another one.
    misleads = filename != filename.rstrip(". ") or (len(parts) > 2 and parts[-2] in _RUNNABLE)
    kind = _ENDINGS.get(f".{parts[-1]}") if len(parts) > 1 else None
    if kind in accepts and not misleads:
        return kind
    if kind in accepts:
        raise DocumentRefused(
            "name",
            _(
                "“%(name)s” has a name that misleads. Rename it, for example to “%(better)s”, and choose it again."
            )
            % {"name": name, "better": f"{parts[0] or 'document'}.{parts[-1]}"},
        )
    raise DocumentRefused(
        "kind",
        _("“%(name)s” is of a kind that is not taken here. Save it as %(kinds)s and choose that file.")
        % {"name": name, "kinds": _kinds(accepts)},
    )


def _kinds(accepts: frozenset[Kind]) -> str:
    if Kind.JPEG in accepts:
        return _("PDF, Word (.docx), plain text (.txt), JPEG or PNG")
    return _("PDF, Word (.docx) or plain text (.txt)")


def _size(file: IO[bytes]) -> int:
    file.seek(0, os.SEEK_END)
    return file.tell()


def _found(head: bytes) -> Kind | None:
    """Return what a file is that begins with `head`, None for what is none of these."""
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head.startswith(b"PK\x03\x04"):
        return Kind.DOCX
    if start.startswith(b"%PDF-"):
        return Kind.PDF
    # A reader of PDFs would open it although it begins as something else.
    if b"%PDF-" in head or b"\0" in head or _MARKUP.match(start):
        return None
    return Kind.TXT


def _mismatch(name: str, claimed: Kind, found: Kind | None) -> DocumentRefused:
    values = {"name": name, "claimed": _WORDS[claimed]}
    if found is None:
        words = _(
            "“%(name)s” is called %(claimed)s, but holds something else. Save it as one and choose it again."
        )
        return DocumentRefused("mismatch", words % values)
    words = _(
        "“%(name)s” is called %(claimed)s, but is %(found)s. Save it as one of the two and choose it again."
    )
    return DocumentRefused("mismatch", words % {**values, "found": _WORDS[found]})


def _check_pdf(file: IO[bytes], head: bytes, name: str) -> None:
    """Refuse what is also a page or an archive: whatever opened it next might take it for that."""
    file.seek(0)
    if _MARKUP.search(head.replace(b"<?xml", b"")) or zipfile.is_zipfile(file):
        raise _mismatch(name, Kind.PDF, None)


def _check_docx(file: IO[bytes], head: bytes, name: str) -> None:
    file.seek(0)
    data = file.read()
    if b"%PDF-" in head:
        raise _mismatch(name, Kind.DOCX, None)
    try:
        with open_archive(data) as archive:
            if has_macros(archive):
                raise DocumentRefused(
                    "program",
                    _(
                        "“%(name)s” holds macros, which are small programs. Save it as PDF and choose that file."
                    )
                    % {"name": name},
                )
            part = main_part(archive)
    except ArchiveError as error:
        words = _("“%(name)s” cannot be opened. %(why)s") % {"name": name, "why": error}
        raise DocumentRefused("damaged", words) from error
    if part is None:
        raise _mismatch(name, Kind.DOCX, None)


def _check_text(file: IO[bytes], name: str) -> None:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    refusal = DocumentRefused(
        "encoding",
        _(
            "“%(name)s” is not plain text in UTF-8. Save it with the encoding UTF-8, or as PDF, and choose it again."
        )
        % {"name": name},
    )
    try:
        while chunk := file.read(_CHUNK):
            if "\0" in decoder.decode(chunk):
                raise refusal
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise refusal from error
