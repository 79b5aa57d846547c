"""What a sample company consists of, and whether one was here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, User
from assessments.models import Assessment, Attempt, Invitation
from candidates.models import Candidate, Note
from hiring.models import Application, Job, RejectionReason
from outbox.models import Event, Message, MessageTemplate
from questions.models import Question, QuestionBank

STARTED = "organisation.started_for_real"

_GOES = (
    ("people", _("People"), Candidate),
    ("applications", _("Applications with every move"), Application),
    ("jobs", _("Jobs"), Job),
    ("invitations", _("Invitations to tests"), Invitation),
    ("attempts", _("Attempts with answers and scores"), Attempt),
    ("notes", _("Notes"), Note),
    ("messages", _("Messages"), Message),
    ("colleagues", _("Colleagues who sign in"), User),
    ("api_keys", _("API keys"), ApiKey),
    ("events", _("Lines of the history"), Event),
)
_STAYS = (
    ("banks", _("Question banks"), QuestionBank),
    ("questions", _("Questions"), Question),
    ("tests", _("Tests"), Assessment),
    ("templates", _("Message templates"), MessageTemplate),
    ("reasons", _("Rejection reasons"), RejectionReason),
)


@dataclass(frozen=True)
class Count:
    """How many of something there are; `code` is for programs."""

    code: str
    label: str | Promise
    number: int


def sample_parts() -> list[Count]:
    """Return what starting for real removes. A query each."""
    return [Count(code, label, model._default_manager.count()) for code, label, model in _GOES]


def kept_parts() -> list[Count]:
    """Return what starting for real leaves as it is. A query each."""
    return [Count(code, label, model._default_manager.count()) for code, label, model in _STAYS]


def was_started_for_real() -> bool:
    """Whether a sample company was here and is cleared away, so that none may be founded again. One query."""
    return Event.objects.filter(kind=STARTED).exists()


def when_started_for_real() -> datetime | None:
    """Return when the sample company was cleared away, None where none was. One query."""
    events = Event.objects.filter(kind=STARTED).order_by("at", "pk")
    return events.values_list("at", flat=True).first()
