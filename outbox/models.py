"""What must happen and what has happened. The database is the truth; the broker only says "look now"."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from accounts.rules import random_code
from outbox.enums import Audience, LinkPurpose, MessageState, SignName, WorkState


class AccessLink(models.Model):
    """A link that a candidate or a colleague holds. Nothing stored opens it: its token is derived from `LINK_KEYS`."""

    purpose = models.CharField(max_length=20, choices=LinkPurpose)
    public_id = models.CharField(max_length=16, unique=True, default=random_code)
    # A resend keeps the generation, a re-issue raises it and so kills the older link.
    generation = models.PositiveIntegerField(default=1)
    person_ref = models.CharField(
        max_length=16, blank=True, db_index=True, help_text="Public id of the candidate."
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="access_links"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=LinkPurpose.values), name="%(app_label)s_%(class)s_purpose_known"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=LinkPurpose.of_colleagues, user__isnull=False, person_ref="")
                | (~Q(purpose__in=LinkPurpose.of_colleagues) & Q(user__isnull=True) & ~Q(person_ref="")),
                name="%(app_label)s_%(class)s_one_holder",
            ),
            models.UniqueConstraint(
                fields=["user", "purpose"], name="%(app_label)s_%(class)s_once_per_colleague"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} link {self.public_id}"

    def is_open(self, *, now: datetime) -> bool:
        """Whether the link opens anything at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now <= self.expires_at)


class MessageTemplate(models.Model):
    """Words of a kind of mail. Merge fields are checked when it is saved; unknown ones are an error there."""

    kind = models.CharField(_("kind"), max_length=60)
    language = models.CharField(_("language"), max_length=10, default="en")
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=10_000)
    button = models.CharField(_("button"), max_length=60, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language"],
                name="%(app_label)s_%(class)s_one_per_kind_and_language",
                violation_error_message=_("There is a template of this kind in this language already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"


class Message(models.Model):
    """One mail for one intent. Written in the transaction of what caused it, delivered by a worker."""

    public_id = models.CharField(max_length=16, unique=True, default=random_code)
    # "invite:12:1" for example: the same intent asked for twice is one message.
    intent = models.CharField(max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=60)
    audience = models.CharField(_("for"), max_length=20, choices=Audience)
    to_name = models.CharField(_("name"), max_length=200, blank=True)
    to_address = models.CharField(_("address"), max_length=320)
    language = models.CharField(max_length=10, default="en")
    subject = models.CharField(_("subject"), max_length=300)
    # Plain paragraphs; the link is filled in when it is delivered, so no stored text opens anything.
    body = models.TextField(_("text"))
    link = models.ForeignKey(
        AccessLink, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    link_label = models.CharField(max_length=60, blank=True)
    person_ref = models.CharField(max_length=16, blank=True, db_index=True)
    about = models.CharField(max_length=60, blank=True, help_text="Label of the model it is about.")
    about_id = models.PositiveBigIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))

    state = models.CharField(_("state"), max_length=20, choices=MessageState, default=MessageState.QUEUED)
    due_at = models.DateTimeField(_("due at"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    # What the mail server said; may repeat the address, so erasure blanks it.
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="queued"), name="outbox_message_due"
            ),  # outbox.deliver_messages
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="outbox_message_sending"),
            models.Index(fields=["about", "about_id"], name="outbox_message_about"),
            models.Index(fields=["created_at"], name="outbox_message_created"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MessageState.values), name="%(app_label)s_%(class)s_state_known"
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="%(app_label)s_%(class)s_audience_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def shown_state(self) -> MessageState:
        """The state with its label and colour."""
        return MessageState(self.state)


class Event(models.Model):
    """What happened, append-only: ids and codes, never a name. Names are looked up when it is read."""

    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    # Most of what happens is done by nobody who signs in: its index leaves these out.
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    actor_key_id = models.PositiveBigIntegerField(null=True, blank=True)
    person_ref = models.CharField(max_length=16, blank=True)
    about = models.CharField(max_length=60, blank=True)
    about_id = models.PositiveBigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["person_ref", "at"], name="outbox_event_person"),
            models.Index(fields=["about", "about_id", "at"], name="outbox_event_about"),
            models.Index(
                fields=["actor_user"], condition=Q(actor_user__isnull=False), name="outbox_event_actor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}:{self.about_id}"


class Work(models.Model):
    """Long work that somebody asked for: its frozen ids, its progress, its result."""

    public_id = models.CharField(max_length=16, unique=True, default=random_code)
    kind = models.CharField(_("kind"), max_length=60)
    # The same intent asked for twice (a double click) is one piece of work.
    intent = models.CharField(max_length=120, unique=True)
    arguments = models.JSONField(default=dict)
    # What was uploaded for it, or what it made.
    file = models.FileField(upload_to="work/", null=True, blank=True)
    # Whose rights the work has; without the kind, a user's work would become the system's when the user goes.
    actor_kind = models.CharField(max_length=10)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    api_key_id = models.PositiveBigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    state = models.CharField(_("state"), max_length=20, choices=WorkState, default=WorkState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    # When a worker has to look again: at the next try, or when the lease of the one that runs it is over.
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("work")
        verbose_name_plural = _("work")
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["queued", "running"]), name="outbox_work_open"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=WorkState.values), name="%(app_label)s_%(class)s_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def shown_state(self) -> WorkState:
        """The state with its label and colour."""
        return WorkState(self.state)

    @property
    def file_name(self) -> str:
        """What the file is called that it made for whoever asked, kept or not; "" when it made none."""
        return str(self.result.get("file", ""))

    @property
    def is_open(self) -> bool:
        """Whether there is still something to wait for."""
        return self.state in WorkState.open_states


class Sign(models.Model):
    """What a part of the installation last said of itself: a worker that it lives, a person that mail is held."""

    name = models.CharField(max_length=30, unique=True, choices=SignName)
    at = models.DateTimeField()
    # Codes and numbers, never a name.
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(name__in=SignName.values), name="%(app_label)s_%(class)s_name_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Lease(models.Model):
    """Who may do something that only one may do at a time."""

    name = models.CharField(max_length=60, unique=True)
    holder = models.CharField(max_length=60, blank=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
