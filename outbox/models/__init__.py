"""What must happen and what has happened. The database is the truth; the broker only says "look now"."""

from outbox.models.events import Event
from outbox.models.inbound import InboundMessage
from outbox.models.links import AccessLink
from outbox.models.messages import Message, MessageAttachment
from outbox.models.notifications import Notification, NotificationChoice
from outbox.models.signs import Lease, Sign
from outbox.models.templates import MessageTemplate
from outbox.models.work import Work

__all__ = [
    "AccessLink",
    "Event",
    "InboundMessage",
    "Lease",
    "Message",
    "MessageAttachment",
    "MessageTemplate",
    "Notification",
    "NotificationChoice",
    "Sign",
    "Work",
]
