"""Choices of questions."""

from enum import StrEnum, nonmember

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


class Exposure(models.TextChoices):
    """How often a question was shown, as lists ask for it."""

    NEVER = "never", _("Never shown")
    SELDOM = "seldom", _("Shown 1 to 20 times")
    OFTEN = "often", _("Shown more than 20 times")
    NEAR_CAP = "near_cap", _("Near its limit")
    AT_CAP = "at_cap", _("At its limit")


class QuestionFlag(models.TextChoices):
    """What of a question asks for somebody to look at it."""

    FINDINGS = "findings", _("Open findings")
    REPORTS = "reports", _("Open reports of candidates")
    LEAKED = "leaked", _("Leaked")
    RESTING = "resting", _("Resting")
    TOO_EASY = "too_easy", _("Too easy: nearly everybody is right")
    TOO_HARD = "too_hard", _("Too hard: hardly anybody is right")
    NEWER_WAITS = "newer", _("A newer version waits")


class SaveOutcome(StrEnum):
    """What saving a question came to."""

    CREATED = "created"
    DRAFT_BEGUN = "draft_begun"
    DRAFT_CHANGED = "draft_changed"
    KEY_MENDED = "key_mended"
    FACTS = "facts"
    UNCHANGED = "unchanged"


class Weight(models.TextChoices):
    """How much something that was found matters: an error asks or marks wrongly, the rest could be better."""

    ERROR = "error", _("Error")
    ATTENTION = "attention", _("Worth a look")


class FindingState(models.TextChoices):
    """What became of something that was found."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    GONE = "gone", _("Mended")


class QueueReason(models.TextChoices):
    """Why a question is in the review queue, as the queue is narrowed down by it."""

    FOR_ME = "for_me", _("Waits for your review")
    FOR_OTHERS = "for_others", _("Yours, waits for a colleague")
    IN_REVIEW = "in_review", _("In review, whoever it waits for")
    SENT_BACK = "sent_back", _("Sent back to you")
    REPORTED = "reported", _("Reported by candidates")
    SPARED = "spared", _("Leaked or resting")
    FOUND = "found", _("Something was found")

    reviews = nonmember(("for_me", "for_others", "in_review", "sent_back"))


class FindingKind(models.TextChoices):
    """What is looked for in questions."""

    NO_KEY = "no_key", _("No option is right")
    SEVERAL_KEYS = "several_keys", _("Several options earn the whole mark where one is chosen")
    SHARES_SUM = "shares_sum", _("Shares do not add up to the whole mark")
    EMPTY_OPTION = "empty_option", _("An option is empty")
    DUPLICATE_OPTIONS = "duplicate_options", _("Two options read the same")
    ALL_NONE_UNPINNED = "all_none_unpinned", _("“All of the above” is shuffled")
    REFERS_TO_LETTERS = "refers_to_letters", _("An option names others by letter")
    NEGATIVE_PLAIN = "negative_plain", _("A negative is not emphasised")
    ABSOLUTE_WORD = "absolute_word", _("An absolute word gives a wrong option away")
    NO_EXPLANATION = "no_explanation", _("No explanation")
    NO_SKILL = "no_skill", _("No skill")
    FENCE_OPEN = "fence_open", _("A code block is not closed")
    CODE_BROKEN = "code_broken", _("Code does not parse in its language")
    UNKNOWN_LANGUAGE = "unknown_language", _("A code block has no known language")
    PICTURE_REMOTE = "picture_remote", _("A picture lies elsewhere and is not shown")
    PICTURE_MISSING = "picture_missing", _("A picture is missing")
    PICTURE_UNDESCRIBED = "picture_undescribed", _("A picture has no description")
    TOO_LONG = "too_long", _("Too long")
    NEAR_DUPLICATE = "near_duplicate", _("Nearly the same as another question")
    LENGTH_TELLS = "length_tells", _("The longest option is right more often than by chance")
    POSITION_TELLS = "position_tells", _("The same place is right more often than by chance")


class BulkAction(models.TextChoices):
    """What is done with many questions at once."""

    TAG = "tag", _("Change tags")
    LEVEL = "level", _("Set the level")
    DIFFICULTY = "difficulty", _("Set the intended difficulty")
    REVIEW = "review", _("Send to review")
    MOVE = "move", _("Move to another bank")
    ASK = "ask", _("Add to a test")
    EXPORT = "export", _("Export as a file")
    RETIRE = "retire", _("Retire")
    REST = "rest", _("Let them rest")
    WAKE = "wake", _("Let them be drawn again")
    LEAKED = "leaked", _("Mark as leaked")
    CLEAR = "clear", _("Take the mark of a leak away")


class Found(models.TextChoices):
    """What the check of a file says of one of its questions, or of a place in it."""

    REFUSED = "refused", _("Errors")
    WARNING = "warning", _("Warnings")
    SKIPPED = "skipped", _("Skipped")
    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")


class ImportState(models.TextChoices):
    """Where a file is on its way into a bank, as programs are told. Derived from its work, stored nowhere."""

    CHECKING = "checking", _("Being read and compared")
    CHECKED = "checked", _("Checked; nothing is imported yet")
    IMPORTING = "importing", _("Being imported")
    IMPORTED = "imported", _("Imported")
    FAILED = "failed", _("Could not be read or imported")
    DISCARDED = "discarded", _("Thrown away")
