import io

import pytest
from PIL import Image, PngImagePlugin

from rendering.pictures import HIGHEST, MOST_BYTES, WIDEST, PictureRefusedError, read_logo, read_picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(form="PNG", size=(300, 120), mode="RGB", **saved):
    written = io.BytesIO()
    Image.new(mode, size, (13, 116, 110) if mode == "RGB" else 0).save(written, form, **saved)
    return written.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_every_kind_becomes_a_small_png(form):
    made = read_logo(picture(form, size=(1600, 800)))

    with Image.open(io.BytesIO(made.content)) as opened:
        assert opened.format == "PNG"
        assert opened.size[0] <= WIDEST
        assert opened.size[1] <= HIGHEST
    assert made.media_type == "image/png"


def test_what_a_camera_wrote_beside_the_picture_is_gone():
    exif = Image.Exif()
    exif[0x010E] = "taken at the house of Ada"
    exif[0x0112] = 6

    made = read_logo(picture("JPEG", size=(80, 40), exif=exif))

    assert b"house of Ada" not in made.content
    with Image.open(io.BytesIO(made.content)) as opened:
        # Turned as the camera said, since nothing says so any more.
        assert opened.size == (40, 80)
        assert (dict(opened.getexif()), opened.info) == ({}, {})


def test_words_inside_a_png_are_gone():
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Ada Berg")

    assert b"Ada Berg" not in read_logo(picture(pnginfo=words)).content


@pytest.mark.parametrize(
    "upload",
    [b"", b"GIF89a", SVG, b"%PDF-1.7", picture("GIF", mode="L"), picture("BMP"), picture()[:60]],
    ids=["empty", "stub", "svg", "pdf", "gif", "bmp", "cut off"],
)
def test_what_is_none_of_the_three_kinds_is_refused_whatever_it_is_called(upload):
    with pytest.raises(PictureRefusedError, match="no PNG, JPEG or WebP"):
        read_logo(upload)


def test_more_dots_than_anybody_needs_are_refused_before_they_are_unpacked():
    with pytest.raises(PictureRefusedError, match="3000 × 3000"):
        read_logo(picture(size=(3000, 3000), mode="L"))


def test_large_file_is_refused():
    with pytest.raises(PictureRefusedError, match="2 MB"):
        read_logo(picture() + b"\0" * MOST_BYTES)


def test_same_picture_has_the_same_digest():
    assert read_logo(picture()).digest == read_logo(picture()).digest


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_of_a_text_keeps_its_kind_and_is_made_small_enough(kind: str) -> None:
    upload = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (1900, 950), "white").save(upload, kind, exif=exif)

    picture = read_picture(upload.getvalue())

    assert (picture.media_type, picture.width, picture.height) == (f"image/{kind.lower()}", 1600, 800)
    assert b"taken at home" in upload.getvalue()
    assert b"taken at home" not in picture.content


@pytest.mark.parametrize("upload", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + bytes(40)])
def test_picture_of_a_text_is_refused_when_it_is_none_of_the_three(upload: bytes) -> None:
    with pytest.raises(PictureRefusedError, match="no PNG, JPEG or WebP"):
        read_picture(upload)
