"""Choices of hiring."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobStatus(models.TextChoices):
    """Where a job is."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    PAUSED = "paused", _("Paused")
    CLOSED = "closed", _("Closed")


class JobRole(models.TextChoices):
    """What a colleague does on one job. Alone decides what they see and do within it."""

    RECRUITER = "recruiter", _("Recruiter")
    HIRING_MANAGER = "hiring_manager", _("Hiring manager")
    INTERVIEWER = "interviewer", _("Interviewer")


class StageKind(models.TextChoices):
    """What happens at a stage."""

    APPLIED = "applied", _("Applied")
    SCREEN = "screen", _("Screen")
    ASSESSMENT = "assessment", _("Test")
    INTERVIEW = "interview", _("Interview")
    OFFER = "offer", _("Offer")


class ScoreRule(models.TextChoices):
    """What a stage does with a score. Nothing here rejects."""

    NONE = "none", _("Nothing: a person decides")
    ADVANCE_PASSED = "advance_passed", _("Move people who passed to the next stage")


class ApplicationStatus(models.TextChoices):
    """Where an application is. Hired is a status, not a stage."""

    ACTIVE = "active", _("Active")
    ON_HOLD = "on_hold", _("On hold")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    HIRED = "hired", _("Hired")

    # One live application per person and job.
    live = nonmember(("active", "on_hold"))
    final = nonmember(("rejected", "withdrawn", "hired"))


class TransitionCause(models.TextChoices):
    """What made an application move."""

    APPLIED = "applied", _("Applied")
    PERSON = "person", _("By a colleague")
    SCORE = "score", _("By the stage's rule")
    CANDIDATE = "candidate", _("By the candidate")


class Source(models.TextChoices):
    """How an application came."""

    ADDED = "added", _("Added by a colleague")
    IMPORT = "import", _("Imported")
    API = "api", _("Through the API")
    CAREERS = "careers", _("Careers page")
    REFERRAL = "referral", _("Referral")
    OPEN_LINK = "open_link", _("Open link")


class TestOutcome(models.TextChoices):
    """What a test means for an application, as its stage sees it."""

    PENDING = "pending", _("No result yet")
    PASSED = "passed", _("Passed")
    BORDERLINE = "borderline", _("Borderline")
    BELOW = "below", _("Below the line")
    VOID = "void", _("No valid result")
    # Somebody goes on with a test that had a result: it is in force no more, and no other is there yet.
    REOPENED = "reopened", _("Reopened")

    # Stays where it is, before a person.
    needs_person = nonmember(("borderline", "below", "void"))
    # Has a score in force.
    marked = nonmember(("passed", "borderline", "below"))
