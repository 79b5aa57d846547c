"""A picture that somebody uploaded becomes one of our own: small, plain, and with nothing in it but what is seen."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_PIXELS: Final = 4_000_000
# Twice the size in which it is shown, for screens with fine dots.
WIDEST: Final = 400
HIGHEST: Final = 96
# The widest and highest of one in a text: twice the column that it stands in.
SHOWN: Final = 1600
# By what the bytes say: names and what browsers claim are not believed. SVG can hold scripts and is none of these.
FORMATS: Final = ("PNG", "JPEG", "WEBP")


class PictureRefusedError(Exception):
    """The upload is no picture that can be used; the text says why to a person."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that we made. `digest` names exactly these bytes."""

    content: bytes
    media_type: str
    digest: str
    width: int
    height: int


def read_logo(upload: bytes) -> Picture:
    """Return the uploaded PNG, JPEG or WebP made anew as a PNG of the size that a header needs.

    What a camera or a drawing program wrote beside the picture (places, names, earlier versions) is gone.
    Raises: `PictureRefusedError`.
    """
    drawn, _kind = _drawn(upload)
    return _made(drawn, "PNG", WIDEST, HIGHEST)


def read_picture(upload: bytes) -> Picture:
    """Return the uploaded PNG, JPEG or WebP made anew in its own format, no larger than a page shows it.

    Nothing that the file said of itself comes along. Raises: `PictureRefusedError`.
    """
    drawn, kind = _drawn(upload)
    return _made(drawn, kind, SHOWN, SHOWN)


def _drawn(upload: bytes) -> tuple[Image.Image, str]:
    if len(upload) > MOST_BYTES:
        raise PictureRefusedError(_("This file is larger than 2 MB. Save it smaller and try again."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(upload), formats=FORMATS) as opened:
                _check_size(opened)
                upright = ImageOps.exif_transpose(opened)
                return upright.convert("RGBA"), str(opened.format)
    except PictureRefusedError:
        raise
    # The library raises whatever its decoders meet.
    except Exception as error:
        raise PictureRefusedError(_("This is no PNG, JPEG or WebP picture, or it is damaged.")) from error


def _made(drawn: Image.Image, kind: str, widest: int, highest: int) -> Picture:
    drawn.thumbnail((widest, highest), Image.Resampling.LANCZOS)
    # A fresh canvas: nothing that the file said of itself comes along.
    canvas = Image.new("RGBA", drawn.size)
    canvas.paste(drawn)
    made = io.BytesIO()
    if kind == "JPEG":
        canvas.convert("RGB").save(made, kind, quality=88, optimize=True)
    else:
        canvas.save(made, kind, **({"optimize": True} if kind == "PNG" else {"quality": 90}))
    content = made.getvalue()
    return Picture(
        content=content,
        media_type=f"image/{kind.lower()}",
        digest=hashlib.sha256(content).hexdigest()[:32],
        width=canvas.width,
        height=canvas.height,
    )


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise PictureRefusedError(
            _("This picture has %(width)d × %(height)d dots. Save it with at most 2000 × 2000.")
            % {"width": width, "height": height}
        )
