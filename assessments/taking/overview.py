"""The places that are open with whether each is answered, and handing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from assessments import queries
from assessments.enums import SubmittedBy
from assessments.operations import submit_attempt
from assessments.taking import pieces, words
from assessments.taking.views import RunningView


class OverviewView(RunningView):
    """Every question with whether it is answered and flagged, and the way to hand the test in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        attempt = self.attempt
        is_closed = pieces.is_forward(attempt) and not attempt.is_between_parts
        if is_closed or (attempt.is_between_parts and self.part is not None):
            return self.go_where_it_is(late=request.GET.get("late", ""))
        if attempt.is_window_over(now=self.now):
            return self.show_time_over()
        return self.show_overview(queries.overview(attempt))

    def show_overview(self, rows: list[queries.OverviewRow], *, asks: str = "") -> HttpResponse:
        """Show the places that are open. Behind the last part there are none, and only handing in is left."""
        attempt = self.attempt
        places = [row for row in rows if attempt.open_from <= row.position <= attempt.open_to]
        last = queries.last_answered(attempt) if places else None
        context = {
            "places": places,
            "summary": words.summary(places or rows),
            "asks": asks,
            "message": pieces.late_note(self.request.GET.get("late", "")),
            "is_part": self.part is not None and not self.part.is_last,
            "return_to": last if last in [row.position for row in places] else attempt.open_from,
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
            asks = words.before_submit([row for row in rows if row.position >= self.attempt.open_from])
            if asks:
                return self.show_overview(rows, asks=asks)
        submit_attempt(
            attempt_id=self.attempt.pk,
            submitted_by=SubmittedBy.CANDIDATE,
            unasked="unasked" in request.POST,
            now=self.now,
        )
        return self.go("finished")
