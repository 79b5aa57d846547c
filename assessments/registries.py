"""What assessments registers with the floors below: the words of its mail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from outbox.enums import Audience
from outbox.registries import MessageKind, register_kind

TEST_INVITATION = "test_invitation"


def register() -> None:
    """Register the kinds of mail. Called once, when the app is ready."""
    register_kind(
        MessageKind(
            kind=TEST_INVITATION,
            title=_("Invitation to a test"),
            audience=Audience.CANDIDATE,
            fields={
                "candidate_name": _("The candidate's name"),
                "test_name": _("The name of the test"),
                "organisation": _("The name of your organisation"),
                "minutes": _("The time limit in minutes, with the person's extra time"),
                "questions": _("How many questions the test has"),
                "expires_at": _("Until when the test can be started"),
                "contact": _("Whom to ask"),
                "extra_time": _("A sentence about extra time, or nothing"),
            },
            own_fields=frozenset({"organisation", "contact", "expires_at", "test_name"}),
            subject=_("Your test for {{ organisation }}: {{ test_name }}"),
            body=_(
                "Hello {{ candidate_name }},\n\n"
                "{{ organisation }} invites you to take the test “{{ test_name }}”. It has {{ questions }} questions "
                "and a time limit of {{ minutes }} minutes. {{ extra_time }}\n\n"
                "{{ link }}\n\n"
                "You can start at any time until {{ expires_at }}. Opening the page does not start the clock: you read "
                "first what to expect, and the time begins when you press Start. Choose a quiet moment; if your "
                "connection drops, open the same link again and you go on where you were.\n\n"
                "The link is yours alone, please do not pass it on. If you need more time, another format or have a "
                "question, write to {{ contact }}."
            ),
            button=_("Open the test"),
            why=_("You were invited to take this test as part of an application or a selection."),
        )
    )
