"""The words of hiring's mail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.registries import ACCOMMODATION_ANSWER, SIGN_UP, TEST_INVITATION, TEST_REMINDER
from outbox.enums import Audience
from outbox.registries import MessageKind, register_kind, register_trial

REJECTION = "rejection"
# What colleagues write themselves, to one person or many, or to be sent by stages.
LETTER = "letter"
APPLICATION_RECEIVED = "application_received"
APPLICATION_KNOWN = "application_known"
APPLICATION_TOO_EARLY = "application_too_early"
APPLICATION_WITHDRAWN = "application_withdrawn"

# Mail about a test, whose words a job can have of its own as well.
MAIL_OF_TESTS = (TEST_INVITATION, TEST_REMINDER, ACCOMMODATION_ANSWER, SIGN_UP)
# Mail whose words a job can have of its own.
MAIL_OF_JOBS = (
    LETTER,
    REJECTION,
    APPLICATION_RECEIVED,
    APPLICATION_WITHDRAWN,
    APPLICATION_KNOWN,
    APPLICATION_TOO_EARLY,
    *MAIL_OF_TESTS,
)

_FIELDS = {
    "candidate_name": _("The candidate's name"),
    "job_title": _("The title of the job"),
    "organisation": _("The name of your organisation"),
    "contact": _("Whom to ask"),
}


def register() -> None:
    """Register the kinds of mail."""
    _register_letter()
    _register_applying()
    register_trial("hiring:try-words", *MAIL_OF_JOBS)
    register_kind(
        MessageKind(
            kind=REJECTION,
            title=_("Rejection"),
            audience=Audience.CANDIDATE,
            fields=_FIELDS,
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


def _register_letter() -> None:
    """What colleagues write: as many as they like, each by its name."""
    register_kind(
        MessageKind(
            kind=LETTER,
            title=_("Letter"),
            audience=Audience.CANDIDATE,
            named=True,
            fields={
                **_FIELDS,
                "stage_name": _("The stage, by its name for candidates"),
                "sender_name": _("Who writes: you, or your organisation where a stage does"),
            },
            own_fields=frozenset({"contact", "sender_name"}),
            # To the page that says where they stand.
            link_by_choice=True,
            button=_("See where it stands"),
            subject=_("Your application to {{ organisation }}: {{ job_title }}"),
            body=_(
                "Hello {{ candidate_name }},\n\n"
                "thank you for your application for {{ job_title }}. It has gone one step further, and we will write "
                "to you again about what comes next.\n\n"
                "If you have a question, write to {{ contact }}.\n\n"
                "{{ organisation }}"
            ),
            why=_("You get this mail because you applied for a job."),
        )
    )


def _register_applying() -> None:
    """What answers somebody who applies by the form of a job, and who withdraws."""
    why = _("You get this mail because somebody applied for a job with this address.")
    register_kind(
        MessageKind(
            kind=APPLICATION_RECEIVED,
            title=_("Application received"),
            audience=Audience.CANDIDATE,
            fields=_FIELDS,
            own_fields=frozenset({"contact"}),
            subject=_("Your application to {{ organisation }}: {{ job_title }}"),
            body=_(
                "Hello {{ candidate_name }},\n\n"
                "thank you for your application for {{ job_title }}. It has arrived, and a person will read it.\n\n"
                "Here you see at any time where it stands, and can add documents or withdraw it:\n\n"
                "{{ link }}\n\n"
                "The link is yours alone: whoever has it sees your application.\n\n"
                "If it was not you who applied, write to {{ contact }}, and we delete it.\n\n"
                "{{ organisation }}"
            ),
            button=_("See where it stands"),
            why=why,
        )
    )
    register_kind(
        MessageKind(
            kind=APPLICATION_KNOWN,
            title=_("Applied already"),
            audience=Audience.CANDIDATE,
            fields=_FIELDS,
            own_fields=frozenset({"contact"}),
            subject=_("You have applied already: {{ job_title }}"),
            body=_(
                "Hello {{ candidate_name }},\n\n"
                "somebody has just applied for {{ job_title }} with this address. There is an application of yours for "
                "it already, and we go on with that one. Nothing of it has changed.\n\n"
                "Here you see where it stands:\n\n"
                "{{ link }}\n\n"
                "There you can add documents, too. What was sent now was not kept. For anything else write to "
                "{{ contact }}. If it was not you, there is nothing to do.\n\n"
                "{{ organisation }}"
            ),
            button=_("See where it stands"),
            why=why,
        )
    )
    register_kind(
        MessageKind(
            kind=APPLICATION_TOO_EARLY,
            title=_("Applied again too early"),
            audience=Audience.CANDIDATE,
            fields={**_FIELDS, "allowed_on": _("The day from which they may apply again")},
            own_fields=frozenset({"contact", "allowed_on"}),
            subject=_("About applying again: {{ job_title }}"),
            body=_(
                "Hello {{ candidate_name }},\n\n"
                "somebody has just applied for {{ job_title }} with this address. An earlier application of yours for "
                "it is over, and applying again is possible from {{ allowed_on }} on. What was sent now was not "
                "kept.\n\n"
                "If you think that this is wrong, write to {{ contact }}. If it was not you, there is nothing to "
                "do.\n\n"
                "{{ organisation }}"
            ),
            why=why,
        )
    )
    register_kind(
        MessageKind(
            kind=APPLICATION_WITHDRAWN,
            title=_("Application withdrawn"),
            audience=Audience.CANDIDATE,
            fields=_FIELDS,
            own_fields=frozenset({"contact"}),
            subject=_("You have withdrawn your application: {{ job_title }}"),
            body=_(
                "Hello {{ candidate_name }},\n\n"
                "your application for {{ job_title }} is withdrawn, as you asked. We do not go on with it.\n\n"
                "If you would like us to delete your data as well, or if it was not you, write to {{ contact }}.\n\n"
                "{{ organisation }}"
            ),
            why=_("You get this mail because you withdrew an application."),
        )
    )
