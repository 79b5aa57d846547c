"""Dashboards, who waits, results."""

from django.urls import path, re_path

from hiring.views import answers, approvals, correcting, dashboard, exports, needs_you, results

urlpatterns = [
    path("needs-you/", needs_you.NeedsYouView.as_view(), name="needs-you"),
    path("needs-you/<int:pk>/", needs_you.ActOnExpiredView.as_view(), name="needs-you-act"),
    re_path(r"^needs-you\.(?P<format>csv|xlsx)$", exports.ExpiredFileView.as_view(), name="expired-file"),
    path("approvals/", approvals.ApprovalsView.as_view(), name="approvals"),
    path("approvals/decide/", approvals.DecideApprovalsView.as_view(), name="decide-approvals"),
    path("approvals/undo/", approvals.UndoApprovalsView.as_view(), name="undo-approvals"),
    re_path(r"^approvals\.(?P<format>csv|xlsx)$", exports.ApprovalsFileView.as_view(), name="approvals-file"),
    path("needs-you/mail/", correcting.UndeliveredView.as_view(), name="undelivered"),
    path("mail/<slug:public_id>/correct/", correcting.CorrectMailView.as_view(), name="correct-mail"),
    path("answers/", answers.AnswersView.as_view(), name="answers"),
    re_path(r"^answers\.(?P<format>csv|xlsx)$", exports.AnswersFileView.as_view(), name="answers-file"),
    path("answers/read/", answers.ReadAnswersView.as_view(), name="read-answers"),
    path("answers/unread/", answers.UnreadAnswersView.as_view(), name="unread-answers"),
    path("dashboard/", dashboard.DashboardView.as_view(), name="dashboard"),
    path("dashboard/reached/<slug:step>/", dashboard.FunnelRowsView.as_view(), name="funnel"),
    re_path(
        r"^waiting/(?P<code>active|ageing|expired|results|below|borderline|void)/$",
        dashboard.WaitingView.as_view(),
        name="waiting",
    ),
    re_path(
        r"^dashboard/reached/(?P<step>[-\w]+)\.(?P<format>csv|xlsx)$",
        exports.FunnelFileView.as_view(),
        name="funnel-file",
    ),
    re_path(
        r"^waiting/(?P<code>active|ageing|expired|results|below|borderline|void)\.(?P<format>csv|xlsx)$",
        exports.WaitingFileView.as_view(),
        name="waiting-file",
    ),
    re_path(
        r"^invitations\.(?P<format>csv|xlsx)$",
        exports.InvitationsFileView.as_view(),
        name="invitations-file",
    ),
    path("jobs/<slug:slug>/results/", results.ResultsView.as_view(), name="results"),
    re_path(
        r"^jobs/(?P<slug>[-\w]+)/results\.(?P<format>csv|xlsx)$",
        results.ResultsFileView.as_view(),
        name="results-file",
    ),
]
