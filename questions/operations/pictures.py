"""Pictures of a bank, for the texts of its questions."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Actor
from questions.models import QuestionBank, QuestionPicture
from rendering.pictures import Picture


def add_picture(*, bank: QuestionBank, picture: Picture, by: Actor, now: datetime) -> QuestionPicture:
    """Let texts of a bank show a picture, and return it; the same one again is the one that is there.

    Texts name it with `rules.picture_markdown`.
    """
    return QuestionPicture.objects.get_or_create(
        bank=bank,
        digest=picture.digest,
        defaults={
            "content": picture.content,
            "media_type": picture.media_type,
            "width": picture.width,
            "height": picture.height,
            "size": len(picture.content),
            "created_by": by.user,
            "created_at": now,
        },
    )[0]
