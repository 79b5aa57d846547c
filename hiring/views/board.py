"""The board of a job: its stages side by side, and moving a card from one to another."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.template.backends.utils import csrf_input
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from hiring import operations, queries
from hiring.enums import ApplicationStatus, Capability
from hiring.forms import BoardFilterForm, StageMoveForm
from hiring.models import Application, Stage
from hiring.templatetags.board import CardFaces
from hiring.views.approvals import ask_address
from hiring.views.bases import REFUSALS, JobPage, rights_context
from hiring.views.choosing import found
from hiring.views.turning import list_query


class _Board(JobPage):
    """The people that the address asks for, as a board."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # Interviewers and analysts see the job, but none of its people.
        if self.test_func() and Capability.SEE not in self.rights:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def form(self) -> BoardFilterForm:
        """What the board is narrowed down by."""
        return BoardFilterForm(self.request.GET, job=self.job, actor=self.actor)

    @cached_property
    def people(self) -> QuerySet[Application]:
        """Who is on it."""
        return queries.live_people(self.job, self.actor, found(self.form, self.actor, now=self.now))

    @cached_property
    def stages(self) -> list[Stage]:
        """Where a card can go."""
        return queries.current_stages(self.job.pk)

    def undo_of(self, application: Application) -> queries.Undoable | None:
        """What the actor did last with a card and can take back. One query."""
        return queries.undoable(application, str(application.version), actor=self.actor, now=self.now)

    def card_context(self) -> dict[str, Any]:
        """What the parts with cards need beside the cards."""
        return {
            "job": self.job,
            **rights_context(self.rights),
            "faces": CardFaces(
                self.job,
                self.stages,
                actor=self.actor,
                now=self.now,
                query=self.form.query(),
                list_query=list_query(self.form, sort="waiting"),
            ),
            "csrf_field": csrf_input(self.request),
            "query": self.form.query(),
        }


class BoardView(_Board, TemplateView):
    """Everybody who is still in it, by stage: how long here, which result, what comes next and who is waited for."""

    template_name = "hiring/board.html"

    def get_title(self) -> str:
        return _("Board")

    def get_menu_path(self) -> str:
        return self.job_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        columns = queries.job_board(self.job, self.actor, people=self.people, now=self.now)
        self.stages = [column.stage for column in columns]
        return super().get_context_data(
            **self.card_context(),
            form=self.form,
            is_filtered=bool(self.form.used),
            saved_filters=queries.saved_filters(self.job, self.actor),
            kept_query=self.form.query(without=("q",)),
            columns=columns,
            count=sum(column.count for column in columns),
            **self._just_moved(),
            **kwargs,
        )

    def _just_moved(self) -> dict[str, Any]:
        """Who was moved without scripts and can be moved back for some seconds, as the address names them."""
        code = self.request.GET.get("moved", "")
        mine = Application.objects.filter(job=self.job).visible_to(self.actor)
        moved = mine.select_related("candidate").filter(public_id=code).first() if code else None
        return {"moved": moved, "undo": self.undo_of(moved)} if moved else {}


class BoardColumnView(_Board, View):
    """The next cards of a stage, as a part of the board that is open."""

    def get(self, request: HttpRequest, slug: str, stage: int) -> HttpResponse:
        column = get_object_or_404(Stage, job=self.job, pk=stage, retired_at=None)
        try:
            part = queries.board_part(
                column, self.actor, self.people, after=request.GET.get("after", ""), now=self.now
            )
        except ValueError as error:
            raise Http404 from error
        return render(request, "hiring/parts/board_cards.html", {**self.card_context(), "column": part})


class CardMoveView(_Board, View):
    """Move a card. The open board is told how it went, with the card and the numbers as they are now; a page without
    scripts is shown anew.
    """

    needs = Capability.MOVE
    # Where one asks for the approval without which the move is refused.
    ask_address = ""
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
        mine = Application.objects.filter(job=self.job).visible_to(self.actor)
        application = get_object_or_404(mine.select_related("candidate", "stage"), public_id=public_id)
        words = self._move(application)
        if self.ask_address and not getattr(request, "htmx", False):
            return HttpResponseRedirect(self.ask_address)
        if getattr(request, "htmx", False):
            return self._part(application, words)
        if words:
            messages.error(request, words)
        else:
            messages.success(request, self._done(self._as_it_is(application)))
        address = reverse("hiring:board", args=[self.job.slug])
        parameters = QueryDict(self.form.query(), mutable=True)
        if not words:
            parameters["moved"] = application.public_id
        query = parameters.urlencode()
        return HttpResponseRedirect(f"{address}?{query}" if query else address)

    def _move(self, application: Application) -> str:
        """Move it and return "", or why it was not moved."""
        form = StageMoveForm(self.request.POST, stages=Stage.objects.filter(job=self.job, retired_at=None))
        if not form.is_valid():
            return _("Choose a stage of this job that is in use.")
        try:
            operations.move_to_stage(
                application=application,
                to_stage=form.cleaned_data["stage"],
                seen_version=form.cleaned_data["version"],
                by=self.actor,
                now=self.now,
            )
        except REFUSALS as refusal:
            if getattr(refusal, "code", "") == "needs_approval":
                data = form.cleaned_data
                self.ask_address = ask_address(application, data["stage"], data["version"])
            return str(refusal)
        except ValidationError as error:
            return " ".join(error.messages)
        return ""

    def _done(self, application: Application) -> str:
        words = _("%(person)s is at “%(stage)s” now.")
        return words % {"person": application.candidate, "stage": application.stage.name}

    def ahead_of(self, application: Application) -> str | None:
        """Behind which card it is to be shown, "" for the first place of its column; None for where one looks for it
        after moving it.
        """
        return None

    def _as_it_is(self, application: Application) -> Application:
        return Application.objects.select_related("candidate", "stage").get(pk=application.pk)

    def _part(self, before: Application, words: str) -> HttpResponse:
        """The card where it is now, whoever put it there, and the numbers of the stages that it left and reached."""
        now = self._as_it_is(before)
        cards = queries.cards_of([now], self.actor, now=self.now)
        touched = {before.stage_id, now.stage_id}
        heads = queries.board_heads(
            [stage for stage in self.stages if stage.pk in touched], self.people, now=self.now
        )
        context = {
            **self.card_context(),
            "words": words or self._done(now),
            "is_refused": bool(words),
            "ask_address": self.ask_address,
            "heads": heads,
            "card": cards[0] if now.status in ApplicationStatus.live else None,
            "ahead": None if words else self.ahead_of(now),
            "moved": now,
            "undo": None if words else self.undo_of(now),
        }
        return render(self.request, "hiring/parts/board_moved.html", context, status=409 if words else 200)


class CardUndoView(CardMoveView):
    """Take back the move of a card that one has just made; the open board is told as it is of a move, and the card
    stands in the order of its column again.
    """

    def ahead_of(self, application: Application) -> str | None:
        return queries.ahead_of(application, self.people)

    def _move(self, application: Application) -> str:
        number = self.request.POST.get("number", "")
        if not number.isdecimal() or len(number) > 9:
            raise Http404
        try:
            operations.undo_last(application=application, number=int(number), by=self.actor, now=self.now)
        except REFUSALS as refusal:
            return str(refusal)
        return ""
