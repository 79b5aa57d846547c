"""Opening zip files of strangers (XLSX, DOCX, …): sizes first, then XML that declares nothing.

zipfile never unpacks more of an entry than its declared size, so checking what is declared bounds what is read.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from xml.parsers import expat

from django.utils.translation import gettext as _

MAX_ENTRIES = 1_000
MAX_UNPACKED = 60 * 1024 * 1024
# Readers build an object for each element, which weighs up to a thousand times what the element weighs on disk.
MAX_ELEMENTS = 100_000
MAX_ELEMENTS_LONG = 1_200_000
MAX_DEPTH = 200
_XML_NAMES = (".xml", ".rels", ".vml")
_CHUNK = 65_536


class ArchiveError(ValueError):
    """The archive is unsafe or broken; the message is for people."""


def open_archive(
    data: bytes,
    *,
    long_parts: tuple[str, ...] = (),
    max_entries: int = MAX_ENTRIES,
    is_xml_checked: bool = True,
) -> zipfile.ZipFile:
    """Return the zip file in `data`, ready to read.

    Arguments: `long_parts`, beginnings of the names of parts that may hold 1,200,000 elements of XML, not 100,000;
    `is_xml_checked` is False for whoever checks each part when it is read, and goes on where one is broken.
    Raises: `ArchiveError` when it is broken, locked by a password, packed in an unusual way, unpacks to more than
    60 MB or more than `max_entries`, or when an XML part is malformed, too deep, too long, or declares a document type
    (the door to entities that read files or grow without end).
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
        _check_entries(entries, packed_size=len(data), max_entries=max_entries)
        for entry in entries if is_xml_checked else ():
            limit = MAX_ELEMENTS_LONG if entry.filename.startswith(long_parts) else MAX_ELEMENTS
            _check_xml(archive, entry, limit)
    except ArchiveError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
        struct.error,
    ) as error:
        # RuntimeError covers what zipfile raises for entries it cannot decrypt or unpack.
        raise _damaged() from error
    return archive


def _check_entries(entries: list[zipfile.ZipInfo], *, packed_size: int, max_entries: int) -> None:
    if len(entries) > max_entries or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise _too_large()
    # Entries that share bytes would count once on disk and many times when read.
    if sum(entry.compress_size for entry in entries) > packed_size:
        raise _too_large()
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise ArchiveError(
                _("The file is locked with a password. Save it without one and upload it again.")
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _damaged()
    names = [entry.filename.replace("\\", "/") for entry in entries]
    # Nothing is unpacked to disk here; whoever opens the file next may do so.
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise _damaged()
    if len(set(names)) != len(names):
        raise _damaged()


def _check_xml(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> None:
    watch = _Watch(limit)
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = watch.declared
    parser.StartElementHandler = watch.opened
    parser.EndElementHandler = watch.closed
    with archive.open(entry) as source:
        try:
            while chunk := source.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            # Pictures and printer settings are no XML; what calls itself XML must be.
            if entry.filename.casefold().endswith(_XML_NAMES):
                raise _damaged() from error


class _Watch:
    """Counts what one XML part holds and stops the parser at the first thing that must not be there."""

    def __init__(self, limit: int) -> None:
        self.left = limit
        self.depth = 0

    def declared(self, *_details: object) -> None:
        raise ArchiveError(
            _(
                "The file holds XML declarations that are not allowed. Save it again from a spreadsheet or word"
                " processor and upload the new copy."
            )
        )

    def opened(self, _name: str, _attributes: object) -> None:
        self.left -= 1
        self.depth += 1
        if self.left < 0 or self.depth > MAX_DEPTH:
            raise _too_large()

    def closed(self, _name: str) -> None:
        self.depth -= 1


def _too_large() -> ArchiveError:
    return ArchiveError(
        _("The file unpacks to far more than it should. Copy its contents into a new file and upload that.")
    )


def _damaged() -> ArchiveError:
    return ArchiveError(_("The file is damaged. Save it again and upload the new copy."))
