"""A picture that somebody sent, made anew: what its camera wrote beside it (places, names, moments) is gone."""

from __future__ import annotations

import io
from typing import IO, Final

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from rendering.documents.sniffing import DocumentRefused, Kind, clean_filename

MOST_PIXELS: Final = 40_000_000
# Enough to read a certificate by.
LONGEST_SIDE: Final = 3_000
_FORMATS = {Kind.JPEG: "JPEG", Kind.PNG: "PNG"}


def made_anew(file: IO[bytes], kind: Kind, filename: str) -> bytes:
    """Return the picture in `file` as one of the same kind with nothing in it but what is seen, upright.

    Raises: `DocumentRefused` when it is damaged or has too many dots.
    """
    name = clean_filename(filename)
    file.seek(0)
    try:
        with Image.open(file, formats=[_FORMATS[kind]]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise DocumentRefused(
                    "too_large",
                    _("“%(name)s” has more than 40 million dots. Save it smaller and choose it again.")
                    % {"name": name},
                )
            # A large photo is unpacked no larger than needed.
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            drawn = ImageOps.exif_transpose(opened).convert("RGB" if kind is Kind.JPEG else "RGBA")
    except DocumentRefused:
        raise
    # The library raises whatever its decoders meet.
    except Exception as error:
        raise DocumentRefused(
            "damaged", _("“%(name)s” is damaged. Save it again and choose the new copy.") % {"name": name}
        ) from error
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    # A fresh canvas: nothing that the file said of itself comes along.
    canvas = Image.new(drawn.mode, drawn.size)
    canvas.paste(drawn)
    made = io.BytesIO()
    canvas.save(made, _FORMATS[kind], **({"quality": 88} if kind is Kind.JPEG else {"optimize": True}))
    return made.getvalue()
