"""Pictures in questions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from questions.models.banks import QuestionBank
from questions.rules import picture_code


class QuestionPicture(models.Model):
    """A picture that texts of a bank show. In the database, like the logo: so every machine and every backup has it.

    Whoever takes a test fetches it without signing in: its address tells nothing and cannot be guessed. It stays as
    long as its bank, since versions that people were shown name it.
    """

    public_id = models.CharField(max_length=32, unique=True, default=picture_code, editable=False)
    bank = models.ForeignKey(QuestionBank, on_delete=models.PROTECT, related_name="pictures")
    content = models.BinaryField()
    media_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    # Of the content: the same picture read in twice is one.
    digest = models.CharField(max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.UniqueConstraint(fields=["bank", "digest"], name="%(app_label)s_%(class)s_once_a_bank"),
            models.CheckConstraint(
                condition=Q(media_type__in=["image/png", "image/jpeg", "image/webp"]),
                name="%(app_label)s_%(class)s_media_type_known",
            ),
        ]

    def __str__(self) -> str:
        return f"picture {self.public_id}"
