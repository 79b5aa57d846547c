"""What colleagues are told of questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.enums import Role
from accounts.models import Actor, User
from outbox.enums import NotifyBy
from outbox.models import Notification
from outbox.registries.notifications import NotificationKind, Told, register_notification
from questions.models import Question
from questions.queries.finding import with_stem
from questions.queries.words import plain_stem

QUESTION_RESTED: Final = "question_rested"
_LONGEST: Final = 60


def authors() -> QuerySet[User]:
    """Return the colleagues who look after questions: authors and administrators. Lazy."""
    roles = Q(is_superuser=True) | Q(groups__name__in=[Role.QUESTION_AUTHOR, Role.ADMINISTRATOR])
    found: QuerySet[User] = User.objects.filter(
        pk__in=User.objects.filter(roles, is_active=True).values("pk")
    )
    return found


def register() -> None:
    """Make known what is told of questions. Called once, when the app is ready."""
    register_notification(
        NotificationKind(
            kind=QUESTION_RESTED,
            title=gettext_lazy("Questions that rest"),
            counted=lambda n: (
                ngettext("%(count)d question rests now", "%(count)d questions rest now", n) % {"count": n}
            ),
            describe=_rested,
            usual=NotifyBy.DAILY,
        )
    )


def _rested(actor: Actor, rows: Sequence[Notification]) -> Mapping[int, Told]:
    seen = Question.objects.filter(pk__in=[row.about_id for row in rows]).visible_to(actor)
    questions = {question.pk: question for question in with_stem(seen)}
    return {
        row.pk: Told(
            _("“%(question)s” was shown as often as it may be and rests now.")
            % {"question": _named(question)},
            reverse("questions:exposure", args=[question.pk]),
        )
        for row in rows
        if (question := questions.get(row.about_id or 0)) is not None
    }


def _named(question: Question) -> str:
    words = question.name or plain_stem(getattr(question, "stem", "") or "")
    return Truncator(words).chars(_LONGEST) or question.external_id
