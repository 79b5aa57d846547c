"""What the scripts of a running test ask and send: answers, marks, reports, which window goes on."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from assessments.enums import SaveOutcome
from assessments.models import AttemptQuestion
from assessments.operations import AttemptClosed, go_on_here, save_answer, set_flag
from assessments.taking import problems
from assessments.taking.forms import BodyTooLargeError, read_json, read_tab
from assessments.taking.own_order import codes_at, places_of
from assessments.taking.pieces import clock_of
from assessments.taking.views import PlaceView, RunningView


def closed() -> HttpResponse:
    """Answer a script for a test that is not in progress."""
    text = _("The test is not running. Nothing was saved.")
    return JsonResponse({"outcome": SaveOutcome.CLOSED.value, "message": text}, status=409)


class SaveView(PlaceView):
    """Where scripts send a choice the moment it is made."""

    shows_moments = False
    http_method_names = ["post", "options"]

    def refuse(self) -> HttpResponse:
        return closed()

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
                tab_id=sent.tab_id,
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
        } | clock_of(reply.attempt, now=self.now)
        return JsonResponse(body, status=200 if reply.outcome == SaveOutcome.SAVED else 409)


class FlagView(SaveView):
    """Where scripts set a person's own mark on a question."""

    def post(self, request: HttpRequest, position: int) -> HttpResponse:
        flagged = request.POST.get("flagged") == "yes"
        if not set_flag(attempt_id=self.attempt.pk, position=position, flagged=flagged, now=self.now):
            return self.refuse()
        return JsonResponse({"flagged": flagged})


class HereView(RunningView):
    """Where scripts say that the test goes on in their window."""

    shows_moments = False
    http_method_names = ["post", "options"]

    def refuse(self) -> HttpResponse:
        return closed()

    def post(self, request: HttpRequest) -> HttpResponse:
        tab_id = read_tab(request.POST.get("tab_id"))
        if tab_id is None:
            return JsonResponse({"message": _("The page is out of date. Reload it.")}, status=400)
        if not go_on_here(attempt_id=self.attempt.pk, tab_id=tab_id):
            return self.refuse()
        return JsonResponse({"tab_id": str(tab_id)})


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
