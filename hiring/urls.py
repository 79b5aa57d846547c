"""Staff pages of hiring inside the shell."""

from django.urls import path, re_path

from hiring.views import (
    applications,
    bulk,
    dashboard,
    first_day,
    handing_over,
    imports,
    job,
    jobs,
    keys,
    open_links,
    people,
    results,
    sample,
)

app_name = "hiring"

urlpatterns = [
    path("dashboard/", dashboard.DashboardView.as_view(), name="dashboard"),
    path("dashboard/reached/<slug:step>/", dashboard.FunnelRowsView.as_view(), name="funnel"),
    re_path(
        r"^waiting/(?P<code>active|ageing|expired|results|below|borderline|void)/$",
        dashboard.WaitingView.as_view(),
        name="waiting",
    ),
    path("first-day/<slug:code>/", first_day.SetStepAsideView.as_view(), name="first-day"),
    path("new-job/", jobs.NewJobView.as_view(), name="new-job"),
    path("jobs/<slug:slug>/", job.JobView.as_view(), name="job"),
    path("jobs/<slug:slug>/status/", jobs.JobStatusView.as_view(), name="job-status"),
    path("jobs/<slug:slug>/settings/", jobs.JobSettingsView.as_view(), name="job-settings"),
    path("jobs/<slug:slug>/stages/", jobs.StagesView.as_view(), name="stages"),
    path("jobs/<slug:slug>/add/", jobs.NewApplicationView.as_view(), name="add"),
    path("jobs/<slug:slug>/import/", imports.ImportView.as_view(), name="import"),
    path("jobs/<slug:slug>/import/sample.csv", imports.ImportSampleView.as_view(), name="import-sample"),
    path("jobs/<slug:slug>/open-links/", open_links.OpenLinksView.as_view(), name="open-links"),
    path("jobs/<slug:slug>/invite/", bulk.InviteView.as_view(), name="invite"),
    path("jobs/<slug:slug>/move/", bulk.MoveView.as_view(), name="move"),
    path("jobs/<slug:slug>/reject/", bulk.RejectView.as_view(), name="reject"),
    path("jobs/<slug:slug>/results/", results.ResultsView.as_view(), name="results"),
    re_path(
        r"^jobs/(?P<slug>[-\w]+)/results\.(?P<format>csv|xlsx)$",
        results.ResultsFileView.as_view(),
        name="results-file",
    ),
    path("applications/<slug:public_id>/", applications.ApplicationView.as_view(), name="application"),
    path(
        "applications/<slug:public_id>/move/", applications.MoveStageView.as_view(), name="application-move"
    ),
    path(
        "applications/<slug:public_id>/status/", applications.StatusView.as_view(), name="application-status"
    ),
    path("applications/<slug:public_id>/note/", applications.NoteView.as_view(), name="note"),
    path("applications/<slug:public_id>/tags/", applications.TagsView.as_view(), name="tags"),
    path("people/<slug:public_id>/", people.PersonView.as_view(), name="person"),
    path("start-for-real/", sample.StartForRealView.as_view(), name="start-for-real"),
    path("colleagues/<int:pk>/hand-over/", handing_over.HandOverView.as_view(), name="hand-over"),
    path("api-keys/new/", keys.NewApiKeyView.as_view(), name="new-api-key"),
]
