"""Dashboards, who waits, results."""

from django.urls import path, re_path

from hiring.views import dashboard, results

urlpatterns = [
    path("dashboard/", dashboard.DashboardView.as_view(), name="dashboard"),
    path("dashboard/reached/<slug:step>/", dashboard.FunnelRowsView.as_view(), name="funnel"),
    re_path(
        r"^waiting/(?P<code>active|ageing|expired|results|below|borderline|void)/$",
        dashboard.WaitingView.as_view(),
        name="waiting",
    ),
    path("jobs/<slug:slug>/results/", results.ResultsView.as_view(), name="results"),
    re_path(
        r"^jobs/(?P<slug>[-\w]+)/results\.(?P<format>csv|xlsx)$",
        results.ResultsFileView.as_view(),
        name="results-file",
    ),
]
