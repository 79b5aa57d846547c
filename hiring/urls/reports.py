"""Reports, their files and the people behind their counts."""

from django.urls import path, re_path

from hiring.views import reports

urlpatterns = [
    path("reports/", reports.ReportsView.as_view(), name="reports"),
    path("reports/<slug:name>/", reports.ReportView.as_view(), name="report"),
    path(
        "reports/<slug:name>/<slug:row>/<slug:column>/",
        reports.ReportPeopleView.as_view(),
        name="report-people",
    ),
    re_path(
        r"^reports/(?P<name>[-\w]+)\.(?P<format>csv|xlsx)$",
        reports.ReportFileView.as_view(),
        name="report-file",
    ),
    re_path(
        r"^reports/(?P<name>[-\w]+)/(?P<row>[-\w]+)/(?P<column>[-\w]+)\.(?P<format>csv|xlsx)$",
        reports.ReportPeopleFileView.as_view(),
        name="report-people-file",
    ),
]
