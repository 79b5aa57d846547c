"""Choices of assessments."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class InvitationState(models.TextChoices):
    """Where an invitation is; derived from its facts and its attempt, stored nowhere."""

    WAITING = "waiting", _("Not open yet")
    INVITED = "invited", _("Invited")
    STARTED = "started", _("Started")
    FINISHED = "finished", _("Finished")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Withdrawn")
    VOID = "void", _("Void")


class AttemptState(models.TextChoices):
    """Where an attempt is. Scored is not a state: `current_score` says it."""

    IN_PROGRESS = "in_progress", _("In progress")
    SUBMITTED = "submitted", _("Submitted")
    VOID = "void", _("Void")

    finished = nonmember(("submitted", "void"))


class SubmittedBy(models.TextChoices):
    """Who ended an attempt."""

    CANDIDATE = "candidate", _("The candidate")
    DEADLINE = "deadline", _("Time was over")
    STAFF = "staff", _("A colleague")


class Band(models.TextChoices):
    """Where a score stands against the pass mark."""

    PASSED = "passed", _("Passed")
    BORDERLINE = "borderline", _("Borderline")
    BELOW = "below", _("Below the line")


class ScoreCause(models.TextChoices):
    """Why a score was written."""

    SUBMITTED = "submitted", _("The attempt was submitted")
    REGRADE = "regrade", _("A key was mended")


class AttemptEventKind(models.TextChoices):
    """What happened in an attempt."""

    STARTED = "started", _("Started")
    SUBMITTED = "submitted", _("Submitted")
    TIME_ADDED = "time_added", _("Time added")
    VOIDED = "voided", _("Declared void")
    LATE_SAVE = "late_save", _("An answer came too late")


class SaveOutcome(models.TextChoices):
    """What became of a save."""

    SAVED = "saved", _("Saved")
    CONFLICT = "conflict", _("Changed somewhere else")
    CLOSED = "closed", _("The test is over")


class StartRefusal(models.TextChoices):
    """Why a test cannot be started; the words are for the candidate."""

    NOT_OPEN_YET = "not_open_yet", _("This test is not open yet.")
    EXPIRED = "expired", _("The time to start this test is over.")
    REVOKED = "revoked", _("This invitation was withdrawn.")
    FINISHED = "finished", _("This test is finished already.")
    VOID = "void", _("This attempt was declared void.")
    NO_CONSENT = "no_consent", _("Please agree to the conditions before you start.")
