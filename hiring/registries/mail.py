"""The words of hiring's mail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from outbox.enums import Audience
from outbox.registries import MessageKind, register_kind

REJECTION = "rejection"


def register() -> None:
    """Register the kinds of mail."""
    register_kind(
        MessageKind(
            kind=REJECTION,
            title=_("Rejection"),
            audience=Audience.CANDIDATE,
            fields={
                "candidate_name": _("The candidate's name"),
                "job_title": _("The title of the job"),
                "organisation": _("The name of your organisation"),
                "contact": _("Whom to ask"),
            },
            own_fields=frozenset({"contact"}),
            subject=_("Your application to {{ organisation }}: {{ job_title }}"),
            body=_(
                "Hello {{ candidate_name }},\n\n"
                "thank you for your application for {{ job_title }} and for the time you gave to it.\n\n"
                "We have decided not to go on with your application. A person made this decision, not a program.\n\n"
                "If you would like to know more, or would like us to delete your data, write to {{ contact }}.\n\n"
                "We wish you well for what comes next.\n\n"
                "{{ organisation }}"
            ),
            why=_("You get this mail because you applied for a job."),
        )
    )
