"""Choices of outbox."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    """Where a message is. A message that stayed on this machine is never called sent."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    KEPT_HERE = "kept_here", _("Kept here")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")
    CANCELLED = "cancelled", _("Cancelled")
    BOUNCED = "bounced", _("Came back")

    open_states = nonmember(("queued", "sending"))
    # A person has to look at these.
    needs_you = nonmember(("failed", "unknown", "bounced"))


class MailTrouble(models.TextChoices):
    """What kept a mail from going out, as far as the mail server let us know; `rules.MENDS` has what to do."""

    NO_SUCH_SERVER = "no_such_server", _("No server of this name was found")
    NOBODY_ANSWERS = "nobody_answers", _("Nobody answers at this server and port")
    TIMEOUT = "timeout", _("The mail server did not answer in time")
    CERTIFICATE = "certificate", _("The certificate of the mail server is not good")
    NO_TLS = "no_tls", _("The mail server does not speak TLS in this way on this port")
    NOT_OFFERED = "not_offered", _("The mail server does not offer what is set up")
    PASSWORD_LOST = "password_lost", _("The stored password cannot be read any more")
    SIGN_IN = "sign_in", _("The mail server did not accept the user name or the password")
    SENDER = "sender", _("The mail server did not accept the sender")
    RECIPIENT = "recipient", _("The mail server did not accept the recipient")
    BUSY = "busy", _("The mail server asks to come back later")
    REFUSED = "refused", _("The mail server refused the mail")
    BROKE = "broke", _("The connection broke")


class Audience(models.TextChoices):
    """Whom a message is for."""

    CANDIDATE = "candidate", _("Candidate")
    STAFF = "staff", _("Colleague")


class WorkState(models.TextChoices):
    """Where a piece of long work is."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")

    open_states = nonmember(("queued", "running"))


class SignName(models.TextChoices):
    """Which part of the installation says something of itself."""

    SCHEDULER = "scheduler", _("Scheduler")
    WORKER_MAIL = "worker_mail", _("Worker for mail")
    WORKER_SCORE = "worker_score", _("Worker for scores")
    WORKER_MAINT = "worker_maint", _("Worker for long work")
    MAIL_HOLD = "mail_hold", _("Mail is held")
    BACKUP = "backup", _("Nightly backup")
    VERSION = "version", _("Version that last ran")

    workers = nonmember(("worker_mail", "worker_score", "worker_maint"))


class BackupOutcome(models.TextChoices):
    """How the nightly backup ended, with the mend where it is one."""

    WAITING = "waiting", _("It will be made in the coming night.")
    DONE = "done", _("It is whole.")
    NO_SPACE = (
        "no_space",
        _("There was too little space on the disk. Free some, or set BACKUP_FOLDER to another disk."),
    )
    NO_FOLDER = "no_folder", _("Its folder cannot be written. Set BACKUP_FOLDER to one that can.")
    NO_PROGRAM = "no_program", _("pg_dump is missing or too old. Install it, or set PG_DUMP to its path.")
    DAMAGED = "damaged", _("The database is damaged. Restore the last good backup.")
    TOO_SLOW = "too_slow", _("It took too long for a worker. Let cron run “manage.py backup” instead.")
    FAILED = "failed", _("The log of the worker for long work says why.")

    troubles = nonmember(("no_space", "no_folder", "no_program", "damaged", "too_slow", "failed"))


class Life(models.TextChoices):
    """What the last sign of a part says of it."""

    ALIVE = "alive", _("Alive")
    SILENT = "silent", _("Silent")
    NEVER = "never", _("Never reported")
    # Its sign is from a time that is still to come, so a clock is wrong and the sign proves nothing.
    AHEAD = "ahead", _("Ahead of the clock")


class LinkPurpose(models.TextChoices):
    """What a mailed link opens."""

    TEST = "test", _("Take a test")
    CONFIRM = "confirm", _("Confirm an address")
    JOIN = "join", _("Join as a colleague")
    RESET = "reset", _("Set a new password")
    STATUS = "status", _("See where an application stands")

    # What these open is an account of ours; the others belong to candidates.
    of_colleagues = nonmember(("join", "reset"))


class InboundKind(models.TextChoices):
    """What a mail is that came to us."""

    REPLY = "reply", _("Reply")
    BOUNCE = "bounce", _("Came back")
    AUTOMATIC = "automatic", _("Automatic reply")
    OTHER = "other", _("Other")


class NotifyBy(models.TextChoices):
    """When a colleague is mailed about what happened."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")
    OFF = "off", _("Never")
