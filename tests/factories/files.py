"""Files as people send them, made byte by byte."""

from __future__ import annotations

import io
import os
import time
import zipfile
import zlib
from collections.abc import Mapping, Sequence

from django.core.files.storage import default_storage
from PIL import Image

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def make_pdf(pages: Sequence[str] = ("Ada Lovelace",), *, more: Sequence[bytes] = ()) -> bytes:
    """A PDF of pages with one line of text each; `more` are further objects."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        drawn = f"BT /F1 18 Tf 72 720 Td ({text}) Tj ET".encode() if text else b""
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode(),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        ]
    return _pdf([*objects, *more])


def make_pdf_bomb() -> bytes:
    """A PDF of a few thousand bytes, whose one page unpacks to a gigabyte of drawing."""
    packer, block = zlib.compressobj(9), b"0 0 m " * 170_000
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing before is referred to, so the next block can stand there any number of times.
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = zlib.compress(first + again * 1_000, 9)
    drawing = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream"
    made = make_pdf([""], more=[drawing % (len(packed), packed)])
    return made.replace(b"/Contents 5 0 R", b"/Contents 6 0 R")


def _pdf(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    content, places = b"%PDF-1.7\n", []
    for number, thing in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, thing)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        b"%sxref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            content,
            size,
            table,
            size,
            trailer,
            len(content),
        )
    )


def make_locked_pdf() -> bytes:
    """A PDF that opens with a password only."""
    secret = b"<" + b"00" * 32 + b">"
    encrypt = b"<< /Filter /Standard /V 1 /R 2 /O %s /U %s /P -4 >>" % (secret, secret)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        encrypt,
    ]
    return _pdf(objects, b"/Encrypt 3 0 R /ID [<00><00>]")


def make_docx(
    paragraphs: Sequence[str] = ("Ada Lovelace",),
    *,
    part: str = "word/document.xml",
    body: str = "",
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """A Word document; `body` stands in it as it is, `more` are further parts."""
    text = "".join(f"<w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p>" for paragraph in paragraphs)
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{part}"'
        f' ContentType="{_MAIN}"/></Types>'
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        document = f'<w:document xmlns:w="{_WORD}"><w:body>{text}{body}</w:body></w:document>'
        for name, content in {"[Content_Types].xml": types, part: document, **(more or {})}.items():
            # Without the moment of writing, so that the same document is the same bytes.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def make_picture(kind: str = "PNG", *, size: tuple[int, int] = (40, 30), place: str = "") -> bytes:
    """A picture; with `place` its camera wrote that beside it."""
    picture = Image.new("RGB", size, "white")
    details = Image.Exif()
    if place:
        details[0x010E] = place  # the description
        details.get_ifd(0x8825)[1] = "N"  # where it was taken
    made = io.BytesIO()
    picture.save(made, kind, exif=details)
    return made.getvalue()


def let_be_days_old(name: str, days: int) -> None:
    """Let a file of private storage have been written so many days ago."""
    moment = time.time() - days * 86_400
    os.utime(default_storage.path(name), (moment, moment))
