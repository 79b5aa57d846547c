"""The pages of a test. Every write is an operation of `assessments.operations`; a GET writes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from assessments import queries
from assessments.enums import InvitationState, SaveOutcome, SubmittedBy
from assessments.models import Attempt, AttemptQuestion
from assessments.operations import (
    AttemptClosed,
    AttemptRefused,
    SaveReply,
    is_new_origin,
    note_origin,
    save_answer,
    set_flag,
    start_attempt,
    submit_attempt,
)
from assessments.taking import languages, problems, words
from assessments.taking.access import TakingView
from assessments.taking.asking import BEFORE_THE_START, decision
from assessments.taking.facts import facts
from assessments.taking.forms import BodyTooLargeError, ConsentForm, SentAnswer, read_form, read_json
from assessments.taking.own_order import codes_at, places_of
from candidates.enums import ConsentPurpose
from candidates.queries import current_consent_text
from questions.enums import Kind


class BriefingView(TakingView):
    """What the link of a test opens: the briefing, or where the person stands."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.state == InvitationState.INVITED:
            return self.show_briefing(ConsentForm())
        if self.is_running and self.sitting.attempt is not None:
            return self.go("question", queries.last_answered(self.sitting.attempt) or 1)
        if self.state in (InvitationState.STARTED, InvitationState.FINISHED):
            return self.go("finished")
        text = words.for_state(self.state, self.sitting.invitation)
        if self.state in BEFORE_THE_START:
            text = replace(
                text, way_on=self.url("more-time"), way_on_label=_("I need more time or another format")
            )
        return self.say(text)

    def show_briefing(self, form: ConsentForm, *, refusal: str = "") -> HttpResponse:
        invitation = self.sitting.invitation
        asked = queries.latest_accommodation(invitation.pk)
        context = {
            "asked": asked,
            "decision": decision(asked, invitation),
            "facts": facts(
                invitation,
                queries.briefed_parts(invitation.version_id),
                organisation=self.organisation.name,
            ),
            "introduction": invitation.version.introduction,
            "recorded": words.recorded(),
            "recorded_for": words.recorded_for(self.organisation.name),
            "consent_text": current_consent_text(ConsentPurpose.TEST).body,
            "form": form,
            "refusal": refusal,
        }
        return self.show("taking/briefing.html", context)


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
                invitation=self.sitting.invitation, consented=True, now=self.now, origin=self.origin
            )
        except AttemptRefused as refused:
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
        return super().respond(request, *args, **kwargs)

    def refuse(self) -> HttpResponse:
        """Answer for an attempt that is not in progress."""
        return self.go("test")

    def note_origin(self, position: int) -> None:
        """Note a device, network or browser that this attempt was never met from."""
        if is_new_origin(attempt=self.attempt, origin=self.origin):
            note_origin(attempt=self.attempt, origin=self.origin, position=position, now=self.now)

    def frame(self) -> dict[str, Any]:
        """What the frame of every page of a running test needs."""
        total = self.attempt.deadline_at - self.attempt.started_at
        return {
            "attempt": self.attempt,
            "server_now": self.now.isoformat(),
            "deadline_at": self.attempt.deadline_at.isoformat(),
            "total_seconds": int(total / timedelta(seconds=1)),
            "ends_at": words.ends_at(self.attempt.deadline_at),
            "words": words.for_scripts(total),
        }


class QuestionView(RunningView):
    """One question. Without scripts, every move is a post of its form, which saves first."""

    def get(self, request: HttpRequest, position: int) -> HttpResponse:
        message = problems.thanks() if "reported" in request.GET else ""
        return self.show_question(self.load(position), message=message)

    def post(self, request: HttpRequest, position: int) -> HttpResponse:
        page = self.load(position)
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
        if move in ("flag", "unflag"):
            set_flag(attempt_id=self.attempt.pk, position=position, flagged=move == "flag", now=self.now)
        if move == problems.MOVE:
            return self.report(page)
        if move.startswith(languages.MOVE):
            languages.speak(self.sitting.invitation, move.removeprefix(languages.MOVE))
        return self.move_on(page, move)

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

    def load(self, position: int) -> queries.QuestionPage:
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

    def move_on(self, page: queries.QuestionPage, move: str) -> HttpResponse:
        if move == "back":
            return self.go("question", max(1, page.position - 1))
        if move == "overview" or (move == "next" and page.position == page.total):
            return self.go("overview")
        return self.go("question", page.position + 1 if move == "next" else page.position)

    def show_question(
        self,
        page: queries.QuestionPage,
        *,
        mine: list[str] | None = None,
        stored: SaveReply | None = None,
        message: str = "",
        problem: QueryDict | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Show a question; in a conflict with the person's own choice ticked and the `stored` one marked."""
        answer = page.answer if mine is None else mine
        elsewhere = stored.answer if stored else []
        names = {"number": page.position, "total": page.total}
        context = {
            "heading": _("Question %(number)d of %(total)d") % names,
            "position": page.position,
            "is_last": page.position == page.total,
            "back_url": page.position > 1 and self.url("question", page.position - 1),
            "next_url": self.url("question", page.position + 1),
            "stem_html": page.stem_html,
            "how": Kind(page.kind).label,
            "input_type": "radio" if page.kind == Kind.SINGLE else "checkbox",
            "options": [
                {
                    "place": place,
                    "html": html,
                    "is_chosen": code in answer,
                    "is_stored_elsewhere": code in elsewhere,
                }
                for place, (code, html) in enumerate(page.options, start=1)
            ],
            "shown_answer": places_of(elsewhere if stored else page.answer, page.order),
            "base_version": stored.version if stored else page.answer_version,
            "page_id": uuid4(),
            "is_flagged": page.is_flagged,
            "stored_elsewhere": stored,
            "message": message,
            "problem": problems.form_of(problem),
        }
        return self.show("taking/question.html", self.frame() | context, status=status)


class SaveView(RunningView):
    """Where scripts send a choice the moment it is made."""

    shows_moments = False
    http_method_names = ["post", "options"]
    # Read with the sitting in one query; None for a place that the test does not have.
    row: AttemptQuestion | None = None

    def open(self, token: str, **kwargs: Any) -> queries.Sitting | None:
        found = queries.place_to_save(token, kwargs["position"])
        if found is None:
            return super().open(token)
        sitting, self.row = found
        return sitting

    def refuse(self) -> HttpResponse:
        text = _("The test is not running. Nothing was saved.")
        return JsonResponse({"outcome": SaveOutcome.CLOSED.value, "message": text}, status=409)

    def post(self, request: HttpRequest, position: int) -> HttpResponse:
        row = self.row
        if row is None:
            return JsonResponse({"message": _("This test has no such question.")}, status=404)
        try:
            sent = read_json(request, attempt_id=self.attempt.pk)
            reply = save_answer(
                attempt_id=self.attempt.pk,
                position=position,
                answer=codes_at(sent.answer, row.option_order),
                base_version=sent.base_version,
                save_id=sent.save_id,
                page_id=sent.page_id,
                seconds=sent.seconds,
                loaded=row,
                now=self.now,
            )
            self.note_origin(position)
        except BodyTooLargeError:
            return JsonResponse({"message": _("This is larger than an answer can be.")}, status=413)
        except ValidationError as error:
            return JsonResponse({"message": " ".join(error.messages)}, status=400)
        body = {
            "outcome": reply.outcome.value,
            "version": reply.version,
            "answer": places_of(reply.answer, row.option_order),
            "server_now": reply.server_now.isoformat(),
            "deadline_at": reply.deadline_at.isoformat(),
            "state": reply.state.value,
        }
        return JsonResponse(body, status=200 if reply.outcome == SaveOutcome.SAVED else 409)


class FlagView(SaveView):
    """Where scripts set a person's own mark on a question."""

    def post(self, request: HttpRequest, position: int) -> HttpResponse:
        flagged = request.POST.get("flagged") == "yes"
        if not set_flag(attempt_id=self.attempt.pk, position=position, flagged=flagged, now=self.now):
            return self.refuse()
        return JsonResponse({"flagged": flagged})


class ProblemView(SaveView):
    """Where scripts send a report of a problem with a question."""

    def post(self, request: HttpRequest, position: int) -> HttpResponse:
        try:
            problems.report(request.POST, attempt_id=self.attempt.pk, position=position, now=self.now)
        except ValidationError as error:
            return JsonResponse({"message": " ".join(error.messages)}, status=400)
        except AttemptQuestion.DoesNotExist:
            return JsonResponse({"message": _("This test has no such question.")}, status=404)
        except AttemptClosed:
            return self.refuse()
        return JsonResponse({"message": problems.thanks()})


class ClockView(TakingView):
    """The server's time and the deadline, for a page that slept or whose time seems to be over."""

    shows_moments = False
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        attempt = self.sitting.attempt
        if attempt is None or self.is_withdrawn:
            return JsonResponse({"state": ""})
        body = {
            "server_now": self.now.isoformat(),
            "deadline_at": attempt.deadline_at.isoformat(),
            "state": attempt.state,
        }
        return JsonResponse(body)


class OverviewView(RunningView):
    """Every question with whether it is answered and flagged, and the way to hand the test in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_overview(queries.overview(self.attempt))

    def show_overview(self, rows: list[queries.OverviewRow], *, asks: str = "") -> HttpResponse:
        context = {
            "places": rows,
            "summary": words.summary(rows),
            "asks": asks,
            "return_to": queries.last_answered(self.attempt) or 1,
        }
        return self.show("taking/overview.html", self.frame() | context)


class SubmitView(OverviewView):
    """Handing in. Asks once when a question is open; after that, and when the time is over, it is done."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.go("overview")

    def refuse(self) -> HttpResponse:
        return self.go("finished")

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.is_running and request.POST.get("confirmed") != "yes":
            rows = queries.overview(self.attempt)
            asks = words.before_submit(rows)
            if asks:
                return self.show_overview(rows, asks=asks)
        submit_attempt(attempt_id=self.attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=self.now)
        return self.go("finished")


class FinishedView(TakingView):
    """What happens next. Never a score, never a question."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        attempt = self.sitting.attempt
        if (
            attempt is None
            or self.is_running
            or self.state in (InvitationState.REVOKED, InvitationState.VOID)
        ):
            return self.go("test")
        return self.say(words.finished(attempt, came_late="late" in request.GET))
