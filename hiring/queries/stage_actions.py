"""Reads of what stages do with whoever enters them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from accounts.registries import unveiled
from hiring.enums import ApplicationStatus, InterviewState, StageActionKind, StageActionState
from hiring.models import Application, Stage, StageAction
from hiring.registries import LETTER
from hiring.rules import action_text, job_scope
from outbox.models import MessageTemplate

# Of an application that went back and forth the latest are enough; the others stand in the history.
SHOWN = 20


def letters() -> QuerySet[MessageTemplate]:
    """Return the mails that a stage can send, one of each name, by name. Lazy."""
    rows = MessageTemplate.objects.filter(kind=LETTER, scope="", is_active=True).exclude(name="")
    return rows.order_by("name", "language", "pk")


def entry_words(stage: Stage) -> list[str]:
    """Return in words what a stage, with its test and its letter loaded, does with whoever enters; nothing is empty."""
    words = []
    if stage.sends_test and stage.assessment is not None:
        words.append(_("the test “%s” is sent") % stage.assessment.name)
    if stage.entry_mail is not None:
        sent = ngettext(
            "the letter “%(letter)s” is sent after %(days)d day",
            "the letter “%(letter)s” is sent after %(days)d days",
            stage.entry_mail_days,
        )
        said = sent if stage.entry_mail_days else _("the letter “%(letter)s” is sent")
        words.append(said % {"letter": stage.entry_mail.name, "days": stage.entry_mail_days})
    words += [_("the interview “%s” is asked for") % title for title in stage.entry_interviews]
    return words


def template_in(template: MessageTemplate, language: str, *, job_id: int) -> MessageTemplate | None:
    """Return a letter in the language wished for, else as it was chosen; None when it is not in use. One query.

    Where the job has words of its own under this name, in the language, it is those.
    """
    rows = MessageTemplate.objects.filter(
        kind=template.kind, scope__in={template.scope, job_scope(job_id)}, name=template.name, is_active=True
    )
    # No scope comes first, so that the job's own takes its place.
    found = {row.language: row for row in rows.order_by("scope")}
    return found.get(language) or found.get(template.language)


@dataclass(frozen=True, slots=True)
class StageActionLine:
    """One thing that a stage asked for, as the page of an application shows it."""

    action: StageAction

    @property
    def kind(self) -> StageActionKind:
        return StageActionKind(self.action.kind)

    @property
    def state(self) -> StageActionState:
        """For the pill."""
        return StageActionState(self.action.state)

    @property
    def interview_state(self) -> InterviewState | None:
        """Where the interview is that was asked for."""
        interview = self.action.interview
        return InterviewState(interview.state) if interview else None

    @property
    def words(self) -> str:
        """Why, in words; empty where the state says it all."""
        return action_text(self.action.code)

    @property
    def is_open(self) -> bool:
        """Whether it can be tried again, as long as the application is where it was."""
        here = self.action.application
        tried = self.action.state in (StageActionState.FAILED, StageActionState.CANCELLED)
        return tried and here.status == ApplicationStatus.ACTIVE and here.stage_id == self.action.stage_id

    @property
    def waits_for_colleague(self) -> bool:
        """Whether an interview is still to be marked as done."""
        return self.interview_state == InterviewState.ASKED


def stage_actions_of(application: Application, actor: Actor) -> list[StageActionLine]:
    """Return what stages did, do and failed to do for an application, which the actor sees, the latest first. One
    query.
    """
    rows = (
        unveiled(StageAction.objects.filter(application=application), actor)
        .select_related(
            "application", "stage__assessment", "stage__entry_mail", "invitation", "message", "interview"
        )
        .order_by("-transition_number", "pk")
    )
    return [StageActionLine(action) for action in rows[:SHOWN]]
