"""Staff pages of assessments inside the shell."""

from django.urls import path, re_path

from assessments.taking.one_question import OneQuestion
from assessments.views import (
    accommodations,
    attempt_steps,
    attempts,
    authoring,
    invitations,
    lists,
    open_links,
    previews,
    problems,
    regrades,
    results,
    running,
)

app_name = "assessments"

urlpatterns = [
    path("attempts/<int:pk>/", attempts.AttemptView.as_view(), name="attempt"),
    path("attempts/<int:pk>/pdf/", attempts.AttemptFileView.as_view(), name="attempt-pdf"),
    path("attempts/<int:pk>/time/", attempt_steps.AddTimeView.as_view(), name="add-time"),
    path("attempts/<int:pk>/pause/", attempt_steps.PauseView.as_view(), name="pause"),
    path("attempts/<int:pk>/resume/", attempt_steps.ResumeView.as_view(), name="resume"),
    path("attempts/<int:pk>/reopen/", attempt_steps.ReopenView.as_view(), name="reopen"),
    path("attempts/<int:pk>/void/", attempt_steps.VoidView.as_view(), name="void"),
    path("tests/<slug:slug>/open-links/", open_links.OpenLinksView.as_view(), name="open-links"),
    re_path(
        r"^tests/(?P<slug>[-\w]+)/open-links\.(?P<format>csv|xlsx)$",
        open_links.OpenLinksFile.as_view(),
        name="open-links-file",
    ),
    path("open-links/<int:pk>/close/", open_links.CloseOpenLinkView.as_view(), name="close-open-link"),
    path("requests/", accommodations.RequestsView.as_view(), name="requests"),
    path("requests/<int:pk>/", accommodations.RequestView.as_view(), name="request"),
    path("invitations/<int:pk>/link/", invitations.ShowLinkView.as_view(), name="show-link"),
    path(
        "invitations/<slug:change>/",
        invitations.ChangeInvitationsView.as_view(),
        name="change-invitations",
    ),
    re_path(r"^tests\.(?P<format>csv|xlsx)$", lists.TestsFileView.as_view(), name="tests-file"),
    path("tests/<slug:slug>/results/", results.ResultsView.as_view(), name="results"),
    re_path(
        r"^tests/(?P<slug>[-\w]+)/results\.(?P<format>csv|xlsx)$",
        results.ResultsFileView.as_view(),
        name="results-file",
    ),
    path("tests/<slug:slug>/running/", running.RunningNowView.as_view(), name="running"),
    path("tests/<slug:slug>/running/<slug:what>/", running.EveryoneView.as_view(), name="everyone"),
    # Not below "questions/": there the admin looks for whatever it does not know.
    path("one-question/", OneQuestion.as_view(), name="one-question"),
    path("mended-keys/", regrades.RegradesView.as_view(), name="regrades"),
    re_path(r"^mended-keys\.(?P<format>csv|xlsx)$", regrades.RegradesFile.as_view(), name="regrades-file"),
    path("mended-keys/<int:pk>/", regrades.RegradeView.as_view(), name="regrade"),
    path("mended-keys/<int:pk>/look/", regrades.LookView.as_view(), name="look-at-regrade"),
    path("mended-keys/<int:pk>/mark-again/", regrades.MarkAgainView.as_view(), name="mark-again"),
    path("mended-keys/<int:pk>/leave/", regrades.LeaveMarksView.as_view(), name="leave-marks"),
    path("problems/", problems.ProblemsView.as_view(), name="problems"),
    re_path(r"^problems\.(?P<format>csv|xlsx)$", problems.ProblemsFileView.as_view(), name="problems-file"),
    path("problems/<int:pk>/settle/", problems.SettleView.as_view(), name="settle-problem"),
    path("tests/<slug:slug>/rules/", authoring.RulesView.as_view(), name="rules"),
    path("tests/<slug:slug>/preview/", previews.PreviewMarksView.as_view(), name="preview-marks"),
    path("tests/<slug:slug>/publish/", authoring.PublishView.as_view(), name="publish"),
    path("tests/<slug:slug>/new-version/", authoring.NewVersionView.as_view(), name="new-version"),
    path("tests/<slug:slug>/retire/", authoring.RetireView.as_view(), name="retire"),
]
