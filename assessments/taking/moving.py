"""Going on in a test that is taken piece by piece: leaving a place, starting a part, a little more time."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import ngettext

from assessments import queries
from assessments.operations import move_on, start_part, take_buffer
from assessments.taking import pieces, words
from assessments.taking.access import TakingView
from assessments.taking.overview import OverviewView
from assessments.taking.scripts import SaveView
from assessments.taking.views import RunningView


class MoveOnView(OverviewView):
    """Leaving what is open for good: a part that is finished, or a place whose time is over."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.go_where_it_is(late=request.GET.get("late", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        leaving = request.POST.get("leaving", "")
        if not (leaving.isascii() and leaving.isdigit() and len(leaving) < 6):
            return self.go_where_it_is()
        asks = "" if request.POST.get("confirmed") == "yes" else self.question_before(int(leaving))
        if asks and pieces.is_forward(self.attempt):
            # A question is left from its own page, which asks first.
            return self.go_where_it_is()
        if asks:
            return self.show_overview(queries.overview(self.attempt), asks=asks)
        self.attempt = move_on(attempt_id=self.attempt.pk, leaving=int(leaving), now=self.now)
        return self.go_where_it_is(late=request.POST.get("late", ""))

    def question_before(self, leaving: int) -> str:
        """Return what is asked once before a part with open questions is closed; nothing once its time is over."""
        attempt = self.attempt
        if not attempt.open_from <= leaving <= attempt.open_to or attempt.is_window_over(now=self.now):
            return ""
        rows = queries.overview(attempt)
        missing = sum(
            not row.is_answered for row in rows if attempt.open_from <= row.position <= attempt.open_to
        )
        if not missing:
            return ""
        return ngettext(
            "%(count)d question of this part has no answer. Finish it all the same?",
            "%(count)d questions of this part have no answer. Finish it all the same?",
            missing,
        ) % {"count": missing}


class PartView(RunningView):
    """The short page before a part: what it has, and the button that starts its clock."""

    def get(self, request: HttpRequest) -> HttpResponse:
        part = queries.part_here(self.attempt)
        if part is None or not self.attempt.is_between_parts:
            return self.go_where_it_is()
        context = {
            "part": part,
            "name": pieces.part_name(part),
            "part_name": "",
            "late_note": pieces.late_note(request.GET.get("late", "")),
            "is_forward": pieces.is_forward(self.attempt),
            "time": words.duration(part.limit) if part.limit is not None else "",
        }
        return self.show("taking/part.html", self.frame() | context)

    def post(self, request: HttpRequest) -> HttpResponse:
        first = request.POST.get("first", "")
        if first.isascii() and first.isdigit() and len(first) < 6:
            self.attempt = start_part(attempt_id=self.attempt.pk, first=int(first), now=self.now)
        return self.go_where_it_is()


class BufferView(SaveView):
    """Where scripts ask for the little more time that a question has once."""

    def post(self, request: HttpRequest, position: int) -> HttpResponse:
        attempt = take_buffer(attempt_id=self.attempt.pk, place=position, now=self.now)
        return JsonResponse(pieces.clock_of(attempt, now=self.now))


class ClockView(TakingView):
    """The server's time and the deadline, for a page that slept or whose time seems to be over."""

    shows_moments = has_words = False
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        attempt = self.sitting.attempt
        if attempt is None or self.is_withdrawn:
            return JsonResponse({"state": ""})
        window = {"tab_id": attempt.tab_id}
        return JsonResponse(pieces.clock_of(attempt, now=self.now) | window)
