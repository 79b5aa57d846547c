"""The API's addresses, gathered from the rooms that answer them."""

from __future__ import annotations

from django.urls import path, re_path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import SimpleRouter

from assessments.api.regrades import RegradeViewSet
from assessments.api.tests import AssessmentViewSet
from hiring.api.applications import ApplicationViewSet
from hiring.api.approvals import ApprovalViewSet
from hiring.api.candidates import CandidateViewSet
from hiring.api.jobs import JobViewSet
from hiring.api.reports import AssessmentReportView, NamedReportView, PipelineReportView
from hiring.api.requests import AccommodationViewSet
from hiring.api.tests import AttemptViewSet, InvitationViewSet, ScoreViewSet
from hiring.queries.reports import REPORTS
from questions.api.banks import BankViewSet
from questions.api.exports import ExportViewSet
from questions.api.imports import ImportViewSet
from questions.api.questions import QuestionViewSet
from shell.api import ApiView, NothingHere

router = SimpleRouter()
router.register("jobs", JobViewSet)
router.register("candidates", CandidateViewSet)
router.register("applications", ApplicationViewSet)
router.register("approvals", ApprovalViewSet)
router.register("assessments", AssessmentViewSet)
router.register("invitations", InvitationViewSet)
router.register("accommodations", AccommodationViewSet)
router.register("attempts", AttemptViewSet)
router.register("scores", ScoreViewSet)
router.register("banks", BankViewSet, basename="bank")
router.register("questions", QuestionViewSet)
router.register("regrades", RegradeViewSet, basename="regrade")
router.register("imports", ImportViewSet, basename="import")
router.register("exports", ExportViewSet, basename="export")


@extend_schema(exclude=True)
class Root(ApiView):
    """Where everything is."""

    def get(self, request: Request) -> Response:
        lists = {prefix: f"v1:{basename}-list" for prefix, _viewset, basename in router.registry}
        names = lists | {"reports/pipeline": "v1:report-pipeline"}
        addresses = {name: reverse(target, request=request) for name, target in names.items()}
        for name in REPORTS:
            addresses[f"reports/{name}"] = reverse("v1:report", args=[name], request=request)
        return Response(addresses)


urlpatterns = [
    path("", Root.as_view(), name="root"),
    *router.urls,
    path("reports/pipeline/", PipelineReportView.as_view(), name="report-pipeline"),
    path("reports/assessments/<slug:slug>/", AssessmentReportView.as_view(), name="report-assessment"),
    path("reports/<slug:name>/", NamedReportView.as_view(), name="report"),
    re_path("", NothingHere.as_view()),
]
