"""Mail that came to us about applications."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Left

from accounts.models import Actor
from hiring.models import Application
from hiring.queries.application_tests import ApplicationTest
from outbox.models import InboundMessage

# Of a text that can be long; the page of the message has all of it.
BEGINNING = 600


def replies_of(
    application: Application, tests: Iterable[ApplicationTest], actor: Actor
) -> list[InboundMessage]:
    """Return what came back to mail about an application or about its tests, as far as the actor sees it, oldest first:
    `beginning` is the beginning of each text. One query.
    """
    invitations = [test.invitation.pk for test in tests if test.link.reused_attempt is None]
    about = Q(about="hiring.application", about_id=application.pk) | Q(
        about="assessments.invitation", about_id__in=invitations
    )
    replies = InboundMessage.objects.filter(about, answers__isnull=False).visible_to(actor)
    shown = replies.annotate(beginning=Left("body", BEGINNING)).select_related("answers")
    return list(shown.defer("body", "answers__body").order_by("received_at", "pk"))
