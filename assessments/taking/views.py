"""The pages of a test. Every write is an operation of `assessments.operations`; a GET writes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Organisation
from assessments import queries
from assessments.enums import InvitationState, SaveOutcome, StartRefusal
from assessments.models import Attempt, AttemptQuestion, Invitation
from assessments.operations import (
    AttemptClosed,
    AttemptRefused,
    SaveReply,
    is_new_origin,
    move_on,
    note_origin,
    save_answer,
    set_flag,
    start_attempt,
    take_buffer,
)
from assessments.rules import NotAgain
from assessments.taking import languages, pieces, problems, words
from assessments.taking.access import TakingView
from assessments.taking.addresses import Addresses
from assessments.taking.asked import question_context
from assessments.taking.asking import BEFORE_THE_START, decision
from assessments.taking.closing import closing
from assessments.taking.facts import facts
from assessments.taking.forms import (
    ConsentForm,
    SentAnswer,
    read_form,
)
from assessments.taking.own_order import codes_at
from assessments.taking.pieces import way_in
from assessments.taking.plain import is_plain, plain_page
from candidates.enums import ConsentPurpose
from candidates.queries import current_consent_text
from shell.candidate_pages import language_of


def briefing_of(invitation: Invitation, home: Organisation) -> dict[str, Any]:
    """What a candidate reads before the start, in a preview of the test, too. Two queries."""
    return {
        "facts": facts(invitation, queries.briefed_parts(invitation.version_id), organisation=home.name),
        "introduction": invitation.version.introduction,
        "recorded": tuple(words.recorded()),
        "recorded_for": tuple(words.recorded_for(home.name)),
        "consent_text": current_consent_text(ConsentPurpose.TEST, get_language()).body,
        "consent_language": get_language(),
    }


class BriefingView(TakingView):
    """What the link of a test opens: the briefing, or where the person stands."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.state == InvitationState.INVITED:
            kept = self.kept_from_starting()
            if kept is not None:
                return self.say(words.not_again(kept, self.sitting.invitation))
            return self.show_briefing(ConsentForm())
        if self.is_running and self.sitting.attempt is not None:
            name, arguments = way_in(self.sitting.attempt)
            return self.go(name, *arguments)
        if self.state in (InvitationState.STARTED, InvitationState.FINISHED):
            return self.go("finished")
        text = words.for_state(self.state, self.sitting.invitation)
        if self.state in BEFORE_THE_START:
            text = replace(
                text, way_on=self.url("more-time"), way_on_label=_("I need more time or another format")
            )
        return self.say(text)

    def kept_from_starting(self) -> NotAgain | None:
        if not self.sitting.has_others:
            return None
        return queries.kept_from_starting(self.sitting.invitation, now=self.now)

    def show_briefing(self, form: ConsentForm, *, refusal: str = "") -> HttpResponse:
        invitation = self.sitting.invitation
        asked = queries.latest_accommodation(invitation.pk)
        context = {
            "asked": asked,
            "decision": decision(asked, invitation),
            "form": form,
            "refusal": refusal,
        }
        return self.show("taking/briefing.html", briefing_of(invitation, self.organisation) | context)


class StartView(BriefingView):
    """Pressing Start: the only door to a running test."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.go("test")

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.state != InvitationState.INVITED:
            return self.go("test")
        form = ConsentForm(request.POST)
        if not form.is_valid():
            return self.show_briefing(form)
        try:
            start_attempt(
                invitation=self.sitting.invitation,
                consented=True,
                now=self.now,
                origin=self.origin,
                # What was read, should the page have learned another language in another window since.
                language=language_of(request.POST.get("consent_language", ""), get_language()),
            )
        except AttemptRefused as refused:
            if refused.reason == StartRefusal.NOT_AGAIN:
                return self.go("test")
            return self.show_briefing(form, refusal=str(refused))
        return self.go("question", 1)


class LanguageView(TakingView):
    """Where every page of a test is asked to speak another language."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.go("test")

    def post(self, request: HttpRequest) -> HttpResponse:
        languages.speak(self.sitting.invitation, request.POST.get("language", ""))
        return languages.back_to(request, self.url("test"))


class RunningView(TakingView):
    """A page that exists while an attempt is in progress; before and after, it leads to where the person stands."""

    attempt: Attempt

    def respond(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.state != InvitationState.STARTED or self.sitting.attempt is None:
            return self.refuse()
        self.attempt = self.sitting.attempt
        # What is sent in the last moments is judged by the operations, which know the allowance for slow networks.
        if request.method in ("GET", "HEAD") and not self.is_running:
            return self.go("finished")
        if request.method in ("GET", "HEAD") and self.attempt.paused_at is not None and self.shows_moments:
            return self.show("taking/paused.html", self.frame())
        return super().respond(request, *args, **kwargs)

    def refuse(self) -> HttpResponse:
        """Answer for an attempt that is not in progress."""
        return self.go("test")

    def note_origin(self, position: int) -> None:
        """Note a device, network or browser that this attempt was never met from."""
        if is_new_origin(attempt=self.attempt, origin=self.origin):
            note_origin(attempt=self.attempt, origin=self.origin, position=position, now=self.now)

    @cached_property
    def part(self) -> queries.PartReading | None:
        """The part that is open, or waits to be started."""
        return queries.part_here(self.attempt)

    def go_where_it_is(self, *, late: str = "") -> HttpResponse:
        """Lead to what is open now; `late` is the place whose last choice came too late."""
        name, arguments = pieces.way_in(self.attempt)
        mark = f"?late={late}" if pieces.late_note(late) else ""
        return redirect(self.url(name, *arguments) + mark)

    def show_time_over(self) -> HttpResponse:
        """Show that the time of what is open is over. Going on is a press: nobody starts the next one unseen."""
        names = {"number": self.attempt.open_from}
        is_one = self.attempt.open_from == self.attempt.open_to
        context = {
            "is_question": is_one,
            "name": _("Question %(number)d") % names if is_one else pieces.part_name(self.part),
            "leaving": self.attempt.open_from,
            "late_note": pieces.late_note(self.request.GET.get("late", "")),
        }
        return self.show("taking/time_over.html", self.frame() | {"limit": None} | context)

    def frame(self) -> dict[str, Any]:
        """What the frame of every page of a running test needs."""
        total = self.attempt.deadline_at - self.attempt.started_at
        limit = pieces.limit_of(self.attempt, self.part)
        return {
            "limit": limit,
            "part_name": pieces.part_name(self.part),
            "paused": pieces.paused_since(self.attempt),
            "attempt": self.attempt,
            "server_now": self.now.isoformat(),
            "deadline_at": self.attempt.deadline_at.isoformat(),
            "total_seconds": int(total / timedelta(seconds=1)),
            "ends_at": words.ends_at(self.attempt.deadline_at),
            # Asked for where they are not kept yet.
            "words": lambda: words.for_scripts(total) | pieces.words_for_scripts(self.attempt, limit),
            # All that the words depend on, but for the language.
            "words_of": (total, limit and limit.seconds, self.attempt.invitation.version.question_seconds),
        }


class PlaceView(RunningView):
    """What is at one place of a test: read with the sitting in one query."""

    # None for a place that the test does not have.
    row: AttemptQuestion | None = None

    def open(self, token: str, **kwargs: Any) -> queries.Sitting | None:
        found = queries.place_behind(token, kwargs["position"])
        if found is None:
            return super().open(token)
        sitting, self.row = found
        return sitting


class QuestionView(PlaceView):
    """One question. Without scripts, every move is a post of its form, which saves first."""

    def get(self, request: HttpRequest, position: int) -> HttpResponse:
        instead = self.instead_of(position)
        if instead is not None:
            return instead
        thanks = problems.thanks() if "reported" in request.GET else ""
        return self.show_question(
            self.read(), message=thanks or pieces.late_note(request.GET.get("late", ""))
        )

    def post(self, request: HttpRequest, position: int) -> HttpResponse:
        page = self.read()
        move = request.POST.get("go", "next")
        if move == "take":
            return self.go("question", position)
        typed = request.POST if move == problems.MOVE else None
        try:
            sent, shown = read_form(request.POST)
            reply = self.save(page, sent, shown, move)
        except ValidationError as error:
            text = " ".join(error.messages)
            return self.show_question(page, message=text, problem=typed, status=400)
        if reply is not None and reply.outcome == SaveOutcome.CLOSED:
            return self.go("finished")
        if reply is not None and reply.outcome == SaveOutcome.CONFLICT:
            mine = codes_at(sent.answer, page.order)
            return self.show_question(page, mine=mine, stored=reply, problem=typed, status=409)
        if reply is not None and reply.outcome == SaveOutcome.LOCKED:
            return self.go_where_it_is(late=str(position))
        return self.go_on(page, move, sent)

    def instead_of(self, position: int) -> HttpResponse | None:
        """Return what stands in the place of a question that is not to be seen now; None for one that is."""
        attempt = self.attempt
        if not self.is_running:
            return self.go("finished")
        if attempt.has_parts and not attempt.open_from <= position <= attempt.open_to:
            return self.go_where_it_is(late=self.request.GET.get("late", ""))
        if attempt.paused_at is not None:
            return self.show("taking/paused.html", self.frame())
        if attempt.is_window_over(now=self.now):
            return self.show_time_over()
        return None

    def go_on(self, page: queries.QuestionPage, move: str, sent: SentAnswer) -> HttpResponse:
        """Do what was pressed, now that the answer is saved."""
        attempt, position = self.attempt, page.position
        if move in ("flag", "unflag"):
            set_flag(attempt_id=attempt.pk, position=position, flagged=move == "flag", now=self.now)
        if move == problems.MOVE:
            return self.report(page)
        if move.startswith(languages.MOVE):
            languages.speak(self.sitting.invitation, move.removeprefix(languages.MOVE))
        if move == "buffer":
            take_buffer(attempt_id=attempt.pk, place=position, now=self.now)
        if move == "next" and pieces.is_forward(attempt):
            return self.leave(page, sent)
        if move == "back":
            return self.go("question", max(attempt.open_from, position - 1))
        if move == "overview" or (move == "next" and position >= attempt.open_to):
            return self.go("overview")
        return self.go("question", position + 1 if move == "next" else position)

    def report(self, page: queries.QuestionPage) -> HttpResponse:
        """Store a problem with the question that its form told, and stay on its page."""
        data = self.request.POST
        try:
            problems.report(data, attempt_id=self.attempt.pk, position=page.position, now=self.now)
        except ValidationError as error:
            return self.show_question(
                self.load(page.position), message=" ".join(error.messages), problem=data, status=400
            )
        except AttemptClosed:
            return self.go("finished")
        return redirect(self.url("question", page.position) + "?reported")

    def read(self) -> queries.QuestionPage:
        """Return the question as the request found it."""
        if self.row is None:
            raise Http404
        return queries.shown_place(self.row, self.total)

    @property
    def total(self) -> int:
        """How many questions the test has. What was read for the page says it."""
        if not self.attempt.has_parts:
            return self.attempt.open_to
        return self.part.test_total if self.part else queries.question_total(self.attempt.pk)

    def load(self, position: int) -> queries.QuestionPage:
        """Return the question as it is now, after what the request has changed."""
        page = queries.question_page(self.attempt, position)
        if page is None:
            raise Http404
        return page

    def save(
        self, page: queries.QuestionPage, sent: SentAnswer, shown: list[str], move: str
    ) -> SaveReply | None:
        """Save what the form says, unless nothing on it was changed: an old page must not undo a newer choice."""
        answer = [] if move == "clear" else sent.answer
        if set(answer) == set(shown) and move != "keep":
            return None
        reply = save_answer(
            attempt_id=self.attempt.pk,
            position=page.position,
            answer=codes_at(answer, page.order),
            base_version=sent.base_version,
            save_id=sent.save_id,
            page_id=sent.page_id,
            now=self.now,
        )
        self.note_origin(page.position)
        return reply

    def leave(self, page: queries.QuestionPage, sent: SentAnswer) -> HttpResponse:
        """Close this question for good, after asking once where it has no answer."""
        is_over = self.attempt.is_window_over(now=self.now)
        if not sent.answer and not is_over and self.request.POST.get("confirmed") != "yes":
            return self.show_question(self.load(page.position), asks=True)
        self.attempt = move_on(attempt_id=self.attempt.pk, leaving=page.position, now=self.now)
        return self.go_where_it_is()

    def show_question(
        self,
        page: queries.QuestionPage,
        *,
        mine: list[str] | None = None,
        stored: SaveReply | None = None,
        message: str = "",
        problem: QueryDict | None = None,
        asks: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        """Show a question; in a conflict with the person's own choice ticked and the `stored` one marked.

        Whatever was posted, a question that is not to be seen now is not shown. A conflict is one of an open place, and
        is always told.
        """
        instead = self.instead_of(page.position) if stored is None else None
        if instead is not None:
            return instead
        context = self.frame() | question_context(
            page,
            open_from=self.attempt.open_from,
            open_to=self.attempt.open_to,
            chosen=mine,
            stored=stored,
            message=message,
            problem=problem,
            asks=asks,
        )
        context |= {
            "here": Addresses(self.code, page.position),
            "is_forward": pieces.is_forward(self.attempt),
            "page_id": str(uuid4()),
        }
        if is_plain(context):
            return HttpResponse(plain_page(self.request, self.common() | context))
        return self.show("taking/question.html", context, status=status)


class FinishedView(TakingView):
    """What happens next, and the result where the test shows one. Never a question, never a key."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        attempt = self.sitting.attempt
        if (
            attempt is None
            or self.is_running
            or self.state in (InvitationState.REVOKED, InvitationState.VOID)
        ):
            return self.go("test")
        context = closing(self.sitting.invitation, attempt, came_late="late" in request.GET, now=self.now)
        return self.show("taking/finished.html", context)
