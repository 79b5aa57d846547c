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


class JobKind(models.TextChoices):
    """What kind of work a job is."""

    FULL_TIME = "full_time", _("Full time")
    PART_TIME = "part_time", _("Part time")
    CONTRACT = "contract", _("Contract")
    TEMPORARY = "temporary", _("Temporary")
    INTERNSHIP = "internship", _("Internship")
    APPRENTICESHIP = "apprenticeship", _("Apprenticeship")
    VOLUNTEER = "volunteer", _("Volunteer work")
    OTHER = "other", _("Other")


class SalaryPeriod(models.TextChoices):
    """For how long a salary is paid."""

    HOUR = "hour", _("an hour")
    DAY = "day", _("a day")
    MONTH = "month", _("a month")
    YEAR = "year", _("a year")


class ClosingReason(models.TextChoices):
    """Why a job or one of its openings was closed."""

    FILLED = "filled", _("Filled")
    CANCELLED = "cancelled", _("Cancelled")
    POSTPONED = "postponed", _("Postponed")
    OTHER = "other", _("Other")


class FieldRule(models.TextChoices):
    """Whether the form of a job asks for something."""

    REQUIRED = "required", _("Required")
    OPTIONAL = "optional", _("Optional")
    HIDDEN = "hidden", _("Not asked for")


class JobRole(models.TextChoices):
    """What a colleague does on one job. Alone decides what they see and do within it."""

    RECRUITER = "recruiter", _("Recruiter")
    HIRING_MANAGER = "hiring_manager", _("Hiring manager")
    INTERVIEWER = "interviewer", _("Interviewer")


class Capability(models.TextChoices):
    """What somebody may do or see on a job, by their role there. `hiring.registries.capabilities` says which role may
    what; `hiring.queries.may` decides.
    """

    SEE = "people.see", _("See the people of the job, with what they sent")
    CONTACT = "people.contact", _("See their email addresses, phone numbers and links")
    SCORES = "people.scores", _("See the results of their tests")
    CONFIDENTIAL_NOTES = "people.confidential_notes", _("Read notes that are for recruiters only")
    ACCOMMODATION = "people.accommodation", _("Read why somebody asked for more time")
    COMMENT = "people.comment", _("Write notes")
    RECOMMEND = "people.recommend", _("Recommend whom to go on with")
    ADD = "people.add", _("Add, import and tag people")
    MOVE = "people.move", _("Move people to another stage")
    APPROVE = "people.approve", _("Approve who comes to a stage that needs an approval")
    INVITE = "people.invite", _("Invite people to tests")
    MAIL = "people.mail", _("Write mail to people")
    DECIDE = "people.decide", _("Reject, hold, withdraw, restore and hire")
    DOWNLOAD = "people.download", _("Download résumés as they were sent")
    EXPORT = "people.export", _("Take lists of people along as files")
    NUMBERS = "numbers.see", _("See the numbers of every job")
    EXPORT_NUMBERS = "numbers.export", _("Take lists along as files, without names")
    CHANGE_JOB = "job.change", _("Change the job, its stages, its form and who is on it")
    SALARY = "job.salary", _("See what the job pays")


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


class ApprovalState(models.TextChoices):
    """Where an approval is that somebody was asked for."""

    WAITING = "waiting", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Request withdrawn")


class StageActionKind(models.TextChoices):
    """What entering a stage asks for."""

    TEST = "test", _("Test")
    MAIL = "mail", _("Mail")
    INTERVIEW = "interview", _("Interview")


class StageActionState(models.TextChoices):
    """Where that is."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class AnswerKind(models.TextChoices):
    """How a question of a job's form is answered."""

    TEXT = "text", _("One line")
    LONG_TEXT = "long_text", _("Text")
    CHOICE = "choice", _("One of several")
    CHOICES = "choices", _("Some of several")
    YES_NO = "yes_no", _("Yes or no")
    NUMBER = "number", _("Number")
    FILE = "file", _("File")


class InterviewState(models.TextChoices):
    """Where an interview is."""

    ASKED = "asked", _("Asked for")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class Verdict(models.TextChoices):
    """What a colleague recommends."""

    STRONG_YES = "strong_yes", _("Strong yes")
    YES = "yes", _("Yes")
    NO = "no", _("No")
    STRONG_NO = "strong_no", _("Strong no")


class DraftState(models.TextChoices):
    """Where a résumé is that a colleague dropped on a job."""

    READING = "reading", _("Being read")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Cannot be read")
    USED = "used", _("Used")
    DROPPED = "dropped", _("Dropped")

    # Waits for somebody to look it over.
    open_states = nonmember(("reading", "ready", "failed"))


class ListName(models.TextChoices):
    """A list whose filters people keep."""

    PEOPLE = "people", _("People of a job")
    BOARD = "board", _("Board")
    APPLICATIONS = "applications", _("Applications")
    CANDIDATES = "candidates", _("Candidates")


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


class TellThem(models.TextChoices):
    """When people who are rejected read it in a mail."""

    NOW = "now", _("Now")
    LATER = "later", _("Later, in as many days as you say")
    NEVER = "never", _("Not by mail")


class LetterReply(models.TextChoices):
    """Where an answer to a letter goes."""

    ME = "me", _("Me")
    JOB = "job", _("The address of the job")
    ORGANISATION = "organisation", _("The organisation")


class TransitionCause(models.TextChoices):
    """What made an application move."""

    APPLIED = "applied", _("Applied")
    PERSON = "person", _("By a colleague")
    SCORE = "score", _("By the stage's rule")
    CANDIDATE = "candidate", _("By the candidate")
    UNDONE = "undone", _("Undone")
    STAGE_RETIRED = "stage_retired", _("The stage was retired")
    JOB_CLOSED = "job_closed", _("The job was closed")


class Source(models.TextChoices):
    """How an application came."""

    ADDED = "added", _("Added by a colleague")
    IMPORT = "import", _("Imported")
    API = "api", _("Through the API")
    CAREERS = "careers", _("Careers page")
    REFERRAL = "referral", _("Referral")
    OPEN_LINK = "open_link", _("Open link")
    LINK = "link", _("Tracking link")
    AGENCY = "agency", _("Agency")


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


class Cohort(models.TextChoices):
    """Which applications a report is about."""

    APPLIED = "applied", _("Applied in the period")
    LEFT = "left", _("Left a stage in the period")
    HIRED = "hired", _("Hired in the period")


class NextStep(models.TextChoices):
    """What comes next for an application."""

    ON_HOLD = "on_hold", _("On hold")
    STAGE_FAILED = "stage_failed", _("Something of this stage failed")
    APPROVAL = "approval", _("Approve or decline")
    MAIL_FAILED = "mail_failed", _("The mail with the test failed")
    TEST_SENT = "test_sent", _("Test sent, not started")
    IN_TEST = "in_test", _("Taking the test")
    BEING_MARKED = "being_marked", _("Test is being marked")
    RESULT = "result", _("Decide about the result")
    TEST_EXPIRED = "test_expired", _("Test ran out unstarted")
    STAGE_AT_WORK = "stage_at_work", _("The stage does its part")
    TEST_TO_SEND = "test_to_send", _("Invite to the test")
    INTERVIEW = "interview", _("Arrange the interview")
    DECIDE = "decide", _("Decide")
    NOTHING = "nothing", _("Nothing")


class WaitsFor(models.TextChoices):
    """Who is waited for until that happens."""

    CANDIDATE = "candidate", _("Waiting for the candidate")
    RECRUITER = "recruiter", _("Waiting for a recruiter")
    APPROVER = "approver", _("Waiting for whoever approves")
    PROGRAM = "program", _("Happens by itself")
    NOBODY = "nobody", _("Waiting for nobody")
