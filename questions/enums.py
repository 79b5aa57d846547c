"""Choices of questions."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """How a question is answered. Open ones are for interviews and never drawn into a test."""

    SINGLE = "single", _("Choose one")
    MULTIPLE = "multiple", _("Choose all that apply")
    OPEN = "open", _("Open, for interviews")

    choice_kinds = nonmember(("single", "multiple"))


class Level(models.TextChoices):
    """The experience a question is meant for."""

    FRESHER = "fresher", _("Fresher")
    JUNIOR = "junior", _("Junior")
    INTERMEDIATE = "intermediate", _("Intermediate")
    EXPERIENCED = "experienced", _("Experienced")


class Status(models.TextChoices):
    """Where a question is on its way. Only ready ones can be drawn."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    READY = "ready", _("Ready")
    RETIRED = "retired", _("Retired")


class Marking(models.TextChoices):
    """How shares become the mark of a multiple-answer question."""

    ALL_OR_NOTHING = "all_or_nothing", _("All or nothing")
    PARTIAL = "partial", _("Partial: right ones minus wrong ones, never below nothing")
