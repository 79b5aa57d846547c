"""The pages of a PDF as pictures, with their words, by PDFium. Only for a process that may die of it: see `reading`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from rendering.documents.frames import MOST_PAGES

# All pages together 40 million dots.
MOST_PIXELS_A_PAGE: Final = 4_000_000
# A tiny page is not blown up beyond this many dots a point.
LARGEST_SCALE: Final = 4.0


class Unusable(Exception):  # noqa: N818 -- an answer about the file
    """No page of it can be read."""


class Locked(Unusable):
    """It asks for a password."""


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page: how it looks and what stands on it."""

    picture: Image.Image
    text: str


class PdfReader:
    """The first pages of a PDF; a page that cannot be read is left out."""

    def __init__(self, data: bytes, *, widest: int) -> None:
        self._widest = widest
        try:
            self._document = pypdfium2.PdfDocument(data)
            # What is filled in in a form is drawn too; there is no engine for its scripts.
            self._document.init_forms()
        except pypdfium2.PdfiumError as error:
            raise Locked if _is_locked(error) else Unusable from error
        self.page_count = len(self._document)

    def __enter__(self) -> PdfReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._document.close()

    def __iter__(self) -> Iterator[PdfPage]:
        for number in range(min(self.page_count, MOST_PAGES)):
            try:
                page = self._document[number]
                picture = page.render(scale=self._scale(*page.get_size())).to_pil().convert("RGB")
                text = page.get_textpage().get_text_range()
            except pypdfium2.PdfiumError:
                continue
            yield PdfPage(picture, text)
            page.close()

    def _scale(self, width: float, height: float) -> float:
        width, height = max(width, 1.0), max(height, 1.0)
        return min(self._widest / width, math.sqrt(MOST_PIXELS_A_PAGE / (width * height)), LARGEST_SCALE)


def _is_locked(error: pypdfium2.PdfiumError) -> bool:
    return bool(error.err_code == pdfium.FPDF_ERR_PASSWORD)
