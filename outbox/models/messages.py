from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from accounts.rules import random_code
from outbox.enums import Audience, MessageState
from outbox.models.links import AccessLink


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
    # Where an answer goes, if not to the organisation.
    reply_to = models.CharField(max_length=320, blank=True)
    # What was sent together with one press of a button, and can be taken back together.
    batch = models.CharField(max_length=16, blank=True, db_index=True)
    about = models.CharField(max_length=60, blank=True, help_text="Label of the model it is about.")
    about_id = models.PositiveBigIntegerField(null=True, blank=True)
    # The one thing that it is mail of, by the name that words of mail have for it: whoever sees that sees the mail.
    scope = models.CharField(max_length=60, blank=True)
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
    # Came back for good: as long as it stands here, nothing more goes to the address.
    bounced_at = models.DateTimeField(_("came back at"), null=True, blank=True)
    # What did not arrive waits for a person; then they wrote again, to another address.
    settled_at = models.DateTimeField(null=True, blank=True)

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
            models.Index(fields=["scope", "created_at"], name="outbox_message_scope"),
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["failed", "unknown", "bounced"], settled_at=None),
                name="outbox_message_needs_you",
            ),  # outbox.queries.needs_you
            models.Index(
                Lower("to_address"), condition=Q(bounced_at__isnull=False), name="outbox_message_came_back"
            ),  # asked for each message that is delivered
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MessageState.values), name="%(app_label)s_%(class)s_state_known"
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="%(app_label)s_%(class)s_audience_known"
            ),
            models.CheckConstraint(
                condition=Q(scope="") | (Q(audience=Audience.CANDIDATE) & ~Q(about="")),
                name="%(app_label)s_%(class)s_scope_of_what_is_about_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def shown_state(self) -> MessageState:
        """The state with its label and colour."""
        return MessageState(self.state)


class MessageAttachment(models.Model):
    """A file that goes with a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(upload_to="attachments/")
    filename = models.CharField(_("file name"), max_length=200)
    # What the content was found to be, whatever the name says.
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return f"attachment {self.pk} of message {self.message_id}"
