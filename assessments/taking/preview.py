"""Trying a test out: a candidate's pages for a colleague. Nothing of it is kept: no invitation, no attempt, no usage.

Every address of a candidate's test stands here once more, in the namespace "preview" of the application "taking": the
same templates lead from one page to the next without knowing. What was drawn and chosen travels in the session.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.models import Organisation
from accounts.queries import organisation
from assessments import queries
from assessments.enums import Navigation
from assessments.models import Assessment, AssessmentVersion
from assessments.queries import PREVIEW_KEY, Preview
from assessments.taking import pieces, problems, urls, words
from assessments.taking.addresses import Addresses
from assessments.taking.asked import question_context
from assessments.taking.closing import closing
from assessments.taking.forms import ConsentForm, read_form
from assessments.taking.own_order import codes_at
from assessments.taking.practice import practised
from assessments.taking.views import briefing_of
from shell.candidate_pages import private
from shell.views import ShellPage

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


class PreviewView(ShellPage, View):
    """A page of a preview; other addresses of a candidate's test lead to where the preview is."""

    code: str
    # Under which its pages stand, and how the strip above them leads back.
    namespace = "preview"
    back_label: StrOrPromise = gettext_lazy("Back to the test")

    def dispatch(self, request: HttpRequest, *args: Any, code: str, **kwargs: Any) -> HttpResponseBase:
        self.code, self.now = code, timezone.now()
        if self.test_func() and not request.user.has_perm("assessments.change_assessment"):
            raise PermissionDenied
        response = super().dispatch(request, *args, **kwargs)
        return private(response)

    @cached_property
    def version(self) -> AssessmentVersion:
        """The version that is tried out; 404 when its test may not be seen."""
        if not self.code.isascii() or not self.code.isdigit() or len(self.code) > 18:
            raise Http404
        tests: Any = Assessment.objects.all().visible_to(self.actor)
        versions = AssessmentVersion.objects.select_related("assessment").filter(assessment__in=tests)
        return get_object_or_404(versions, pk=int(self.code))

    @cached_property
    def organisation(self) -> Organisation:
        return organisation()

    @cached_property
    def preview(self) -> Preview | None:
        """What was drawn and chosen so far."""
        return Preview.of(self.request.session.get(PREVIEW_KEY), self.version)

    @cached_property
    def part(self) -> queries.PartReading | None:
        """The part that is open, or waits to be started."""
        preview = self.preview
        parts = queries.preview_parts(preview, self.version) if preview else []
        return next(
            (part for part in parts if preview and part.first <= preview.open_from <= part.last), None
        )

    def keep(self, preview: Preview) -> None:
        """Let the session carry it to the next page."""
        self.request.session[PREVIEW_KEY] = preview.stored()

    def url(self, name: str, *args: object) -> str:
        return reverse(f"{self.namespace}:{name}", args=[self.code, *args])

    def go(self, name: str, *args: object) -> HttpResponse:
        return redirect(self.url(name, *args))

    def go_on(self) -> HttpResponse:
        """Lead to what is open."""
        if self.preview is None:
            return self.go("test")
        if self.preview.open_from > self.preview.total:
            return self.go("overview")
        if self.preview.open_from > self.preview.open_to:
            return self.go("part")
        return self.go("question", self.preview.open_from)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Lead to where the preview is."""
        self.version  # noqa: B018 -- what may not be seen is not there
        return self.go_on()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Lead to where the preview is."""
        return self.get(request, **kwargs)

    def strip(self) -> str:
        """What is tried out, in words."""
        number = {"number": self.version.number}
        if self.version.published_at:
            return _("Preview of version %(number)d: nothing is kept.") % number
        return _("Preview of version %(number)d, being written: nothing is kept.") % number

    def marks(self) -> str:
        """Where it is said how the answers would be marked."""
        return reverse("assessments:preview-marks", args=[self.version.assessment.slug])

    def back(self) -> str:
        """Where the colleague came from."""
        return reverse("admin:assessments_assessment_change", args=[self.version.assessment_id])

    def show(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        attempt = queries.preview_attempt(self.preview, self.version, now=self.now)
        common = {
            "previewed": template,
            "version": self.version,
            "code": self.code,
            "at": Addresses(self.code, namespace=self.namespace),
            "anywhere": Addresses(self.code, 0, namespace=self.namespace),
            "test_name": self.version.assessment.name,
            "organisation": self.organisation,
            "attempt": attempt,
            "part_name": pieces.part_name(self.part),
            "limit": pieces.limit_of(attempt, self.part),
            "is_forward": self.version.navigation == Navigation.FORWARD,
            "ends_at": words.ends_at(attempt.deadline_at),
            "server_now": self.now.isoformat(),
            "deadline_at": attempt.deadline_at.isoformat(),
            "total_seconds": self.version.minutes * 60,
            "words": {},
            "words_of": "preview",
            "strip": self.strip(),
            "another": self.url("another-form"),
            "marks": self.marks(),
            "back": self.back(),
            "back_label": self.back_label,
        }
        return render(self.request, "taking/preview.html", common | context, status=status)


class BriefingPreview(PreviewView):
    """What candidates read before they start."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show_briefing(ConsentForm())

    def show_briefing(self, form: ConsentForm, refusal: str = "") -> HttpResponse:
        invitation = queries.preview_attempt(None, self.version, now=self.now).invitation
        context = briefing_of(invitation, self.organisation) | {"form": form, "refusal": refusal}
        return self.show("taking/briefing.html", context)


class PracticePreview(PreviewView):
    """The practice question."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.GET.get("go") == "done":
            return self.go("test")
        return self.show("taking/practice.html", practised(request.GET))


class StartPreview(BriefingPreview):
    """Pressing Start: draws a form."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.go("test")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ConsentForm(request.POST)
        return self.start() if form.is_valid() else self.show_briefing(form)

    def start(self) -> HttpResponse:
        preview = queries.draw_preview(self.version, seed=secrets.randbits(62), now=self.now)
        if not preview.total:
            return self.show_briefing(
                ConsentForm(), _("This test has no questions yet. Write its blueprint first.")
            )
        self.keep(preview)
        return self.go("question", 1)


class AnotherForm(StartPreview):
    """The same test as somebody else would get it."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.start()


class QuestionPreview(PreviewView):
    """One question. Every move is a post of its form, which keeps the choice first."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        page = self.page(kwargs["position"])
        return self.show_question(page) if page is not None else self.go_on()

    def page(self, position: int) -> queries.QuestionPage | None:
        """The question at a place, or None when the place is not open."""
        preview = self.preview
        if preview is None or not preview.open_from <= position <= preview.open_to:
            return None
        rows = queries.preview_rows(preview, self.version)
        if not rows:
            del self.request.session[PREVIEW_KEY]
            return None
        return queries.preview_page(rows[position - 1], preview.total)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        page = self.page(kwargs["position"])
        if page is None or self.preview is None:
            return self.go_on()
        move = request.POST.get("go", "next")
        try:
            sent, _shown = read_form(request.POST)
            answer = [] if move == "clear" else codes_at(sent.answer, page.order)
        except ValidationError as error:
            return self.show_question(page, message=" ".join(error.messages), status=400)
        self.preview.answers[str(page.position)] = answer
        flagged = set(self.preview.flagged)
        if move in ("flag", "unflag"):
            flagged = flagged | {page.position} if move == "flag" else flagged - {page.position}
        self.preview.flagged = sorted(flagged)
        self.keep(self.preview)
        if move == problems.MOVE:
            return self.show_question(page, message=_("In a preview no problem is reported."))
        if move == "buffer":
            queries.take_preview_buffer(self.preview, self.version)
            self.keep(self.preview)
        is_leaving = move == "next" and self.version.navigation == Navigation.FORWARD
        if is_leaving and not answer and request.POST.get("confirmed") != "yes":
            return self.show_question(page, asks=True)
        response = self.move_on(page, move)
        self.keep(self.preview)
        return response

    def move_on(self, page: queries.QuestionPage, move: str) -> HttpResponse:
        preview = self.preview
        assert preview is not None
        if move == "next" and self.version.navigation == Navigation.FORWARD:
            queries.leave_place(preview, self.version, now=self.now)
            return self.go_on()
        if move == "back":
            return self.go("question", max(preview.open_from, page.position - 1))
        if move == "overview" or (move == "next" and page.position >= preview.open_to):
            return self.go("overview")
        return self.go("question", page.position + 1 if move == "next" else page.position)

    def show_question(
        self, page: queries.QuestionPage, *, message: str = "", asks: bool = False, status: int = 200
    ) -> HttpResponse:
        preview = self.preview
        assert preview is not None
        context = question_context(
            page, open_from=preview.open_from, open_to=preview.open_to, message=message, asks=asks
        ) | {
            "here": Addresses(self.code, page.position, namespace=self.namespace),
            "page_id": "00000000-0000-4000-8000-000000000000",
        }
        return self.show("taking/question.html", context, status=status)


class OverviewPreview(PreviewView):
    """The places that are open, and handing in."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        preview = self.preview
        if preview is None or (preview.open_from <= preview.total and preview.open_from > preview.open_to):
            return self.go_on()
        if self.version.navigation == Navigation.FORWARD and preview.open_from <= preview.total:
            return self.go_on()
        return self.show_overview()

    def show_overview(self, *, asks: str = "") -> HttpResponse:
        preview = self.preview
        assert preview is not None
        rows = queries.preview_overview(preview)
        places = [row for row in rows if preview.open_from <= row.position <= preview.open_to]
        context = {
            "places": places,
            "summary": words.summary(places or rows),
            "asks": asks,
            "return_to": min(preview.open_from, preview.total),
            "is_part": self.part is not None and not self.part.is_last,
        }
        return self.show("taking/overview.html", context)


class OnPreview(PreviewView):
    """Leaving a part for the next one."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        preview = self.preview
        if preview is None:
            return self.go("test")
        if request.POST.get("leaving") == str(preview.open_from) and self.part is not None:
            queries.leave_place(preview, self.version, now=self.now)
            self.keep(preview)
        return self.go_on()


class PartPreview(PreviewView):
    """The short page before a part, and the button that starts it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        preview, part = self.preview, self.part
        if preview is None or part is None or preview.open_from <= preview.open_to:
            return self.go_on()
        context = {
            "part": part,
            "name": pieces.part_name(part),
            "part_name": "",
            "time": words.duration(part.limit) if part.limit is not None else "",
        }
        return self.show("taking/part.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.preview is not None:
            queries.start_preview_part(self.preview, self.version, now=self.now)
            self.keep(self.preview)
        return self.go_on()


class SubmitPreview(OverviewPreview):
    """Handing in, which asks once where a question is open."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.go_on()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.preview is None:
            return self.go("test")
        rows = queries.preview_overview(self.preview)
        asks = words.before_submit([row for row in rows if row.position >= self.preview.open_from])
        if asks and request.POST.get("confirmed") != "yes":
            return self.show_overview(asks=asks)
        return self.go("finished")


class FinishedPreview(PreviewView):
    """What candidates read at the end, and the way to how it would be marked."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        attempt = queries.preview_attempt(self.preview, self.version, now=self.now)
        context = closing(attempt.invitation, attempt, came_late=False, now=self.now)
        return self.show("taking/finished.html", context)


PAGES: dict[str, type[PreviewView]] = {
    "test": BriefingPreview,
    "practice": PracticePreview,
    "start": StartPreview,
    "question": QuestionPreview,
    "overview": OverviewPreview,
    "on": OnPreview,
    "part": PartPreview,
    "submit": SubmitPreview,
    "finished": FinishedPreview,
}


def addresses_of(pages: Mapping[str, Any], other: type[View], another_form: type[View]) -> list[URLPattern]:
    """Return every address of a candidate's test once more, answered by `pages` and by `other` where they have none."""
    return [
        path("<str:code>/another-form/", another_form.as_view(), name="another-form"),
        *(
            path(
                str(pattern.pattern).removeprefix("test/"),
                pages.get(pattern.name or "", other).as_view(),
                name=pattern.name,
            )
            for pattern in urls.urlpatterns
            if str(pattern.pattern).startswith("test/")
        ),
    ]


urlpatterns = addresses_of(PAGES, PreviewView, AnotherForm)
