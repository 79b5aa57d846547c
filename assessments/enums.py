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

    # Whose link opens something.
    open_states = nonmember(("waiting", "invited", "started"))
    not_started = nonmember(("waiting", "invited", "expired"))


class InvitationChange(models.TextChoices):
    """What is done to chosen invitations."""

    REVOKE = "revoke", _("Withdraw invitations")
    RESEND = "resend", _("Send invitations again")
    REISSUE = "reissue", _("Replace links")
    EXTEND = "extend", _("Extend invitations")
    EXTRA_TIME = "extra-time", _("Give extra time")
    VOID = "void", _("Declare attempts void")
    AGAIN = "again", _("Invite again")


class AccommodationState(models.TextChoices):
    """Where a request for more time or another format is."""

    OPEN = "open", _("Waits for an answer")
    GRANTED = "granted", _("Granted")
    DECLINED = "declined", _("Declined")


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


class Navigation(models.TextChoices):
    """How a candidate moves about in a test."""

    FREE = "free", _("Back and forth")
    FORWARD = "forward", _("Forward only")


class MarkingRule(models.TextChoices):
    """What a question with several right options earns for a part of them."""

    BY_QUESTION = "by_question", _("As each question says")
    ALL_OR_NOTHING = "all_or_nothing", _("All or nothing")
    PARTIAL = "partial", _("A part for a part")


class CandidateSees(models.TextChoices):
    """What a candidate reads about their own test once it is marked."""

    RECEIVED = "received", _("That it arrived")
    RESULT = "result", _("The result")
    SKILLS = "skills", _("The result and each skill")


class AdjustmentKind(models.TextChoices):
    """Why the time of an attempt was changed."""

    GIVEN = "given", _("Time given")
    PAUSE = "pause", _("Paused")
    REOPENED = "reopened", _("Reopened")


class ScoreCause(models.TextChoices):
    """Why a score was written."""

    SUBMITTED = "submitted", _("The attempt was submitted")
    REGRADE = "regrade", _("A key was mended")


class RegradeState(models.TextChoices):
    """What became of the wish to mark attempts again by a mended key."""

    OPEN = "open", _("To decide")
    DONE = "done", _("Marked again")
    DISMISSED = "dismissed", _("Left as they are")


class AttemptEventKind(models.TextChoices):
    """What happened in an attempt beyond its start, its answers and its end, which it says itself."""

    SHORT_OF_QUESTIONS = "short", _("Questions were missing")
    PAUSED = "paused", _("Paused")
    RESUMED = "resumed", _("Went on")
    REOPENED = "reopened", _("Reopened")
    MOVED_ON = "moved_on", _("Next part")
    BUFFER_USED = "buffer_used", _("Took a little more time")
    LATE_SAVE = "late_save", _("An answer came too late")
    # What a browser or a request tells, for the timeline that staff read.
    FOCUS_LOST = "focus_lost", _("Looked away from the page")
    COPIED = "copied", _("Copied")
    PASTED = "pasted", _("Pasted")
    OTHER_DEVICE = "other_device", _("Another device")
    OTHER_ADDRESS = "other_address", _("Another network")
    OTHER_BROWSER = "other_browser", _("Another browser")

    from_pages = nonmember(("focus_lost", "copied", "pasted"))
    from_requests = nonmember(("other_device", "other_address", "other_browser"))
    # What staff read as signals, and what candidates are told of before they start.
    noticed = nonmember(("focus_lost", "copied", "pasted", "other_device", "other_address", "other_browser"))


class ProblemKind(models.TextChoices):
    """What a candidate finds wrong with a question; the words are theirs to choose from."""

    UNCLEAR = "unclear", _("I cannot tell what is asked")
    SEVERAL_RIGHT = "several_right", _("More than one answer is right")
    NONE_RIGHT = "none_right", _("No answer is right")
    DISPLAY = "display", _("Something is not shown as it should be")
    OTHER = "other", _("Something else")


class IntegrityGrade(models.TextChoices):
    """How much there is to look at in how a sitting went. For people; no rule reads it."""

    NOTHING = "nothing", _("Nothing unusual")
    FEW = "few", _("A few things to look at")
    SEVERAL = "several", _("Several things to look at")
    UNKNOWN = "unknown", _("Not measured")


class IntegrityThing(models.TextChoices):
    """What there is to look at."""

    AWAY = "away", _("looked away often or long")
    COPIED = "copied", _("copied from questions")
    DEVICE = "device", _("another device")
    NETWORK = "network", _("another network")
    BROWSER = "browser", _("another browser")
    QUICK = "quick", _("answered faster than one can read")


class SaveOutcome(models.TextChoices):
    """What became of a save."""

    SAVED = "saved", _("Saved")
    CONFLICT = "conflict", _("Changed somewhere else")
    CLOSED = "closed", _("The test is over")
    LOCKED = "locked", _("This question is closed")


class RetakeRefusal(models.TextChoices):
    """Why somebody is not invited to a test again."""

    NO_MORE = "no_more", _("Has taken this test as often as it may be taken")
    TOO_EARLY = "too_early", _("Has taken this test too recently")


class LinkRefusal(models.TextChoices):
    """Why nobody new comes in by an open link; the words are for whoever came."""

    NOT_YET = "not_yet", _("This page is not open yet.")
    FULL = "full", _("As many people as there are places for have come already.")
    OVER = "over", _("This page is closed.")


class StartRefusal(models.TextChoices):
    """Why a test cannot be started; the words are for the candidate."""

    NOT_OPEN_YET = "not_open_yet", _("This test is not open yet.")
    EXPIRED = "expired", _("The time to start this test is over.")
    REVOKED = "revoked", _("This invitation was withdrawn.")
    FINISHED = "finished", _("This test is finished already.")
    VOID = "void", _("This attempt was declared void.")
    NOT_AGAIN = "not_again", _("You may not take this test again now.")
    NO_CONSENT = "no_consent", _("Please agree to the conditions before you start.")
