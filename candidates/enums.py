"""Choices of candidates."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConsentPurpose(models.TextChoices):
    """What a candidate agrees to."""

    TEST = "test", _("Taking a test")
    SIGN_UP = "sign_up", _("Asking for an invitation")
    APPLY = "apply", _("Applying for a job")


class NoteAudience(models.TextChoices):
    """Who may read a note."""

    TEAM = "team", _("Everyone on the job")
    RECRUITERS = "recruiters", _("Recruiters only")


class DocumentKind(models.TextChoices):
    """What a document is for."""

    RESUME = "resume", _("Résumé")
    LETTER = "letter", _("Letter")
    ANSWER = "answer", _("Answer to a question")
    OTHER = "other", _("Other")


class DocumentState(models.TextChoices):
    """How far a document has been read."""

    WAITING = "waiting", _("Waiting to be read")
    READING = "reading", _("Being read")
    READABLE = "readable", _("Readable")
    UNREADABLE = "unreadable", _("Cannot be read here")

    open_states = nonmember(("waiting", "reading"))


class DocumentTrouble(models.TextChoices):
    """Why a document could not be read."""

    TOO_LARGE = "too_large", _("It is too large.")
    TOO_MANY_PAGES = "too_many_pages", _("It has too many pages.")
    DAMAGED = "damaged", _("It is damaged.")
    LOCKED = "locked", _("It is locked with a password.")
    NO_TEXT = "no_text", _("It holds no text.")
    TOO_SLOW = "too_slow", _("Reading it took too long.")
    MISSING = "missing", _("Its file is not there any more.")
    FAILED = "failed", _("Reading it failed several times.")


class SearchKind(models.TextChoices):
    """What words that are searched come from."""

    PERSON = "person", _("Person")
    NOTE = "note", _("Note")
    DOCUMENT = "document", _("Document")


class DuplicateSign(models.TextChoices):
    """What two people have in common, the strongest first."""

    EMAIL = "email", _("the same mail box")
    LINK = "link", _("the same profile")
    PHONE = "phone", _("the same phone number")
    NAME = "name", _("the same name")
