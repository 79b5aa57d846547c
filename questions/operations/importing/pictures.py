"""Pictures that lie in a file of questions: looked through, and known again by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from accounts.models import Actor
from questions.models import QuestionBank, QuestionPicture
from questions.rules import PICTURES, picture_code
from rendering.pictures import Picture, PictureRefusedError, read_picture

# So much is written in one go: whoever saves an answer meanwhile waits for it.
_MOST_BYTES: Final = 4 * 1024 * 1024


@dataclass(slots=True)
class FilePictures:
    """The pictures of a file: their addresses by name ("" for one that cannot be shown), and those to be written."""

    addresses: dict[str, str] = field(default_factory=dict)
    new: dict[str, Picture] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def file_pictures(bank: QuestionBank | None, pictures: Mapping[str, bytes]) -> FilePictures:
    """Return what the pictures of a file are called in `bank`. Writes nothing. Two queries, if there are any."""
    found = FilePictures()
    read: dict[str, Picture] = {}
    # What was taken out of here comes back as it is: made anew once more it might be another one.
    whole = {name: hashlib.sha256(content).hexdigest()[:32] for name, content in pictures.items()}
    here = _known(bank, list(whole.values()))
    for number, (name, content) in enumerate(pictures.items(), start=1):
        if whole[name] in here:
            found.addresses[name] = f"{PICTURES}{here[whole[name]]}"
            continue
        try:
            read[name] = read_picture(content)
        except PictureRefusedError as refusal:
            found.addresses[name] = ""
            words = _("Picture %(number)d of the file is left out; its description stands there. %(why)s")
            found.warnings.append(words % {"number": number, "why": refusal})
    known = _known(bank, [picture.digest for picture in read.values()])
    for name, picture in read.items():
        public_id = known.get(picture.digest)
        if public_id is None:
            public_id = known[picture.digest] = picture_code()
            found.new[public_id] = picture
        found.addresses[name] = f"{PICTURES}{public_id}"
    return found


def write_pictures(
    *, bank: QuestionBank, pictures: Mapping[str, Picture], by: Actor, now: datetime
) -> Iterator[int]:
    """Write pictures of `bank` under their names, part by part, and yield how many after each."""
    for part in _parts(pictures):
        QuestionPicture.objects.bulk_create(
            QuestionPicture(
                bank=bank,
                public_id=public_id,
                content=pictures[public_id].content,
                media_type=pictures[public_id].media_type,
                width=pictures[public_id].width,
                height=pictures[public_id].height,
                size=len(pictures[public_id].content),
                digest=pictures[public_id].digest,
                created_by=by.user,
                created_at=now,
            )
            for public_id in part
        )
        yield len(part)


def _known(bank: QuestionBank | None, digests: Sequence[str]) -> dict[str, str]:
    if bank is None or not digests:
        return {}
    rows = QuestionPicture.objects.filter(bank=bank, digest__in=digests)
    return dict(rows.values_list("digest", "public_id"))


def _parts(pictures: Mapping[str, Picture]) -> Iterator[list[str]]:
    part: list[str] = []
    size = 0
    for public_id, picture in pictures.items():
        if part and size + len(picture.content) > _MOST_BYTES:
            yield part
            part, size = [], 0
        part.append(public_id)
        size += len(picture.content)
    if part:
        yield part
