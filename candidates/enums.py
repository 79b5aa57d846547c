"""Choices of candidates."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConsentPurpose(models.TextChoices):
    """What a candidate agrees to."""

    TEST = "test", _("Taking a test")
    SIGN_UP = "sign_up", _("Asking for an invitation")


class NoteAudience(models.TextChoices):
    """Who may read a note."""

    TEAM = "team", _("Everyone on the job")
    RECRUITERS = "recruiters", _("Recruiters only")
