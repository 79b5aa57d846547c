"""The cells of one sheet of a workbook, as texts.

Ten thousand rows are read while somebody waits, so that the parser tells of each cell as it meets it and no tree is
built; whatever else stands in the sheet costs no memory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import IO, Any, Final
from xml.parsers import expat

from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel, from_ISO8601

from rendering.raw_rows import LAST_COLUMN, LAST_ROW, tidy_cell

# Beyond that a number has lost digits already.
_EXACT: Final = 2**53
_CHUNK: Final = 65_536
_NAMESPACE: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
_ROW, _CELL, _VALUE, _TEXT, _STRING, _SOUND = (
    f"{_NAMESPACE}{tag}" for tag in ("row", "c", "v", "t", "si", "rPh")
)
_DATE_THAT_IS_NONE: Final = "#VALUE!"
_DIGITS: Final = "0123456789"


@dataclass(frozen=True, slots=True)
class Styles:
    """What formats say of numbers: which are dates, which of these are spans of time, and since when days count."""

    dates: Collection[int] = ()
    spans: Collection[int] = ()
    epoch: datetime = WINDOWS_EPOCH


@dataclass(slots=True)
class SheetRow:
    """A row: its number, and the texts and errors of its cells by their columns, from 0. Empty cells are not there."""

    number: int
    texts: dict[int, str] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)


def read_strings(source: IO[bytes]) -> list[str]:
    """Return the texts that cells name by their number. What says how a text sounds is no part of it."""
    strings: list[str] = []
    parts: list[str] = []
    texts = _Texts(parts)

    def closed(name: str) -> None:
        texts.closed(name)
        if name == _STRING:
            # How Excel writes what would otherwise read as a sign it spells out.
            strings.append(tidy_cell("".join(parts).replace("x005F_", "")))
            parts.clear()

    texts.parser.StartElementHandler = texts.opened
    texts.parser.EndElementHandler = closed
    for _chunk in texts.chunks(source):
        pass
    return strings


def read_cells(source: IO[bytes], strings: Sequence[str], styles: Styles) -> Iterator[SheetRow]:
    """Yield the rows of a sheet that hold something, in the order of the file, and any beyond the last that may be.

    Raises: `ValueError`, `LookupError` and `expat.ExpatError` where the sheet says what cannot be.
    """
    reader = _Reader(strings, styles)
    for _chunk in reader.chunks(source):
        yield from reader.rows
        reader.rows.clear()


class _Texts:
    """Gathers what stands in the elements of texts and values. Nothing else is looked at."""

    def __init__(self, parts: list[str]) -> None:
        self.parts = parts
        self.sounds = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True

    def chunks(self, source: IO[bytes]) -> Iterator[int]:
        while chunk := source.read(_CHUNK):
            self.parser.Parse(chunk, False)
            yield len(chunk)
        self.parser.Parse(b"", True)
        yield 0

    def opened(self, name: str, _attributes: Mapping[str, str]) -> None:
        if name in (_TEXT, _VALUE) and not self.sounds:
            self.parser.CharacterDataHandler = self.parts.append
        elif name == _SOUND:
            self.sounds += 1

    def closed(self, name: str) -> None:
        if name in (_TEXT, _VALUE):
            self.parser.CharacterDataHandler = None
        elif name == _SOUND:
            self.sounds -= 1


class _Reader(_Texts):
    """Makes rows of what the parser meets. `rows` are those that are whole."""

    def __init__(self, strings: Sequence[str], styles: Styles) -> None:
        super().__init__([])
        self.rows: list[SheetRow] = []
        self._strings, self._styles = strings, styles
        self._row = SheetRow(0)
        self._column = -1
        self._kind = self._style = ""
        self.parser.StartElementHandler = self.opened
        self.parser.EndElementHandler = self.closed

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == _CELL:
            place = attributes.get("r")
            if place:
                self._column = column_index_from_string(place.rstrip(_DIGITS)) - 1
            else:
                self._column += 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self.parts.clear()
        elif name == _ROW:
            said = attributes.get("r")
            number = _whole(said) if said else self._row.number + 1
            if self._row.texts:
                self._row = SheetRow(number)
            else:
                self._row.number = number
            self._column = -1
        else:
            super().opened(name, attributes)

    def closed(self, name: str) -> None:
        if name == _CELL:
            if self.parts:
                self._keep("".join(self.parts))
        elif name == _ROW:
            # Formatting alone makes very many rows with nothing in them.
            if self._row.texts or self._row.number > LAST_ROW:
                self.rows.append(self._row)
        else:
            super().closed(name)

    def _keep(self, said: str) -> None:
        if self._column >= LAST_COLUMN:
            raise ValueError(self._column)
        read = _KINDS.get(self._kind)
        if read is None:
            text = self._number(said) if self._kind == "n" else said
        else:
            text = read(said, self._strings)
        if self._kind == "e":
            self._row.errors[self._column] = text
        self._row.texts[self._column] = text

    def _number(self, said: str) -> str:
        number = float(said) if "." in said or "e" in said or "E" in said else int(said)
        style = int(self._style) if self._style else 0
        if style not in self._styles.dates:
            return _written(number)
        try:
            moment = from_excel(number, self._styles.epoch, timedelta=style in self._styles.spans)
        except (OverflowError, ValueError):
            self._row.errors[self._column] = _DATE_THAT_IS_NONE
            return _DATE_THAT_IS_NONE
        return _written(moment)


def _text_of(said: str, _strings: Sequence[str]) -> str:
    return tidy_cell(said)


_KINDS: Final[Mapping[str, Callable[[str, Sequence[str]], str]]] = {
    "s": lambda said, strings: strings[int(said)],
    "b": lambda said, _strings: "true" if int(said) else "false",
    "d": lambda said, _strings: _written(from_ISO8601(said)),
    "str": _text_of,
    "inlineStr": _text_of,
    "e": lambda said, _strings: said,
}


def _written(value: Any) -> str:
    """Return a number, or a moment, as the product writes it."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, datetime):
        # Excel has no dates without a time: midnight is how it stores a day.
        return value.date().isoformat() if value.time() == time.min else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def _whole(said: str) -> int:
    """Return the number of a row; some programs write it as "3.0"."""
    return int(said) if said.isdigit() else int(float(said))
