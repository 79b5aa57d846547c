"""Choices of accounts."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do in the organisation. What they may do within a job is on `hiring.JobMember`."""

    ADMINISTRATOR = "administrator", _("Administrator")
    RECRUITER = "recruiter", _("Recruiter")
    QUESTION_AUTHOR = "question_author", _("Question author")
    ANALYST = "analyst", _("Analyst")


class Scope(models.TextChoices):
    """What an API key may do; what it may see follows from its owner."""

    READ = "read", _("Read what its owner may see")
    CANDIDATES_WRITE = "candidates:write", _("Add candidates and applications")
    INVITATIONS_WRITE = "invitations:write", _("Invite candidates to tests")
    APPROVALS_WRITE = "approvals:write", _("Ask for approvals and decide about them")
    REGRADES_WRITE = "regrades:write", _("Mark attempts again by mended keys")
    QUESTIONS_WRITE = "questions:write", _("Take questions in and out as files")


class MailSecurity(models.TextChoices):
    """How the line to the mail server is kept secret."""

    STARTTLS = "starttls", _("STARTTLS (usual on port 587)")
    TLS = "tls", _("TLS from the start (usual on port 465)")
    NONE = "none", _("None (own network only)")


class ActorKind(StrEnum):
    """Who is acting."""

    USER = "user"
    API_KEY = "api_key"
    LINK = "link"
    SYSTEM = "system"
