from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from accounts.rules import random_code
from outbox.enums import InboundKind
from outbox.models.messages import Message


class InboundMessage(models.Model):
    """A mail that came to us: an answer to one of ours, or word that one came back. What it says is a stranger's."""

    public_id = models.CharField(max_length=16, unique=True, default=random_code)
    kind = models.CharField(_("kind"), max_length=20, choices=InboundKind)
    # A digest of the id that its sender gave it: the same mail delivered twice is one row.
    message_id = models.CharField(max_length=255, unique=True)
    answers = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="replies"
    )
    # What the message was about that it answers.
    person_ref = models.CharField(max_length=16, blank=True, db_index=True)
    about = models.CharField(max_length=60, blank=True)
    about_id = models.PositiveBigIntegerField(null=True, blank=True)
    scope = models.CharField(max_length=60, blank=True)
    from_name = models.CharField(_("name"), max_length=200, blank=True)
    from_address = models.CharField(_("address"), max_length=320, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)
    # Of a mail that came back, as in 5.1.1.
    code = models.CharField(max_length=20, blank=True)
    # How many files came with it. They are not kept.
    attachments = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField(_("received at"))
    # Of an answer: when a colleague said that it is seen to, for all of them.
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("received message")
        verbose_name_plural = _("received messages")
        indexes = [
            models.Index(fields=["about", "about_id"], name="outbox_inbound_about"),
            models.Index(
                fields=["received_at"],
                condition=Q(kind="reply", read_at__isnull=True),
                name="outbox_inbound_unread",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=InboundKind.values), name="%(app_label)s_%(class)s_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def is_from_elsewhere(self) -> bool:
        """Whether it came from another address than the message went to: anybody may have written it."""
        wrote_to = self.answers.to_address if self.answers else ""
        return bool(wrote_to) and self.from_address.casefold() != wrote_to.casefold()

    @property
    def shown_kind(self) -> InboundKind:
        """What it is, with its label."""
        return InboundKind(self.kind)
