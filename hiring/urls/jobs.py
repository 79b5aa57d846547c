"""Jobs and their settings."""

from django.urls import path, re_path

from hiring.views import (
    application_form,
    closing,
    exports,
    following,
    history,
    job,
    job_mail,
    jobs,
    open_links,
    openings,
    pipelines,
    tracking,
)

urlpatterns = [
    path("new-job/", jobs.NewJobView.as_view(), name="new-job"),
    re_path(r"^jobs\.(?P<format>csv|xlsx)$", exports.JobsFileView.as_view(), name="jobs-file"),
    path("jobs/<slug:slug>/", job.JobView.as_view(), name="job"),
    path("jobs/<slug:slug>/follow/", following.FollowJobView.as_view(), name="follow-job"),
    path("jobs/<slug:slug>/status/", jobs.JobStatusView.as_view(), name="job-status"),
    path("jobs/<slug:slug>/close/", closing.CloseView.as_view(), name="close"),
    path("jobs/<slug:slug>/settings/", jobs.JobSettingsView.as_view(), name="job-settings"),
    path("jobs/<slug:slug>/stages/", jobs.StagesView.as_view(), name="stages"),
    path("jobs/<slug:slug>/stages/pipeline/", pipelines.SaveAsPipelineView.as_view(), name="save-pipeline"),
    path("jobs/<slug:slug>/copy/", pipelines.CopyJobView.as_view(), name="copy-job"),
    path("pipelines/new/", pipelines.PipelineView.as_view(), name="new-pipeline"),
    path("pipelines/<int:pk>/", pipelines.PipelineView.as_view(), name="pipeline"),
    path("jobs/<slug:slug>/history/", history.JobHistoryView.as_view(), name="history"),
    re_path(
        r"^jobs/(?P<slug>[-\w]+)/history\.(?P<format>csv|xlsx)$",
        history.JobHistoryFileView.as_view(),
        name="history-file",
    ),
    path("jobs/<slug:slug>/openings/", openings.OpeningsView.as_view(), name="openings"),
    path("jobs/<slug:slug>/open-links/", open_links.OpenLinksView.as_view(), name="open-links"),
    re_path(
        r"^jobs/(?P<slug>[-\w]+)/open-links\.(?P<format>csv|xlsx)$",
        open_links.OpenLinksFileView.as_view(),
        name="open-links-file",
    ),
    path("jobs/<slug:slug>/mail/", job_mail.JobMailView.as_view(), name="job-mail"),
    path("words/<int:pk>/", job_mail.TryWordsView.as_view(), name="try-words"),
    path("jobs/<slug:slug>/mail/words/", job_mail.JobWordsView.as_view(), name="job-words"),
    path("jobs/<slug:slug>/form/", application_form.ApplicationFormView.as_view(), name="application-form"),
    path("tracking/", tracking.AllJobsTrackingView.as_view(), name="all-tracking"),
    path("tracking/<slug:code>/close/", tracking.CloseAllJobsLinkView.as_view(), name="all-tracking-close"),
    re_path(
        r"^tracking\.(?P<format>csv|xlsx)$",
        tracking.AllJobsTrackingFileView.as_view(),
        name="all-tracking-file",
    ),
    re_path(
        r"^jobs/(?P<slug>[-\w]+)/tracking\.(?P<format>csv|xlsx)$",
        tracking.TrackingFileView.as_view(),
        name="tracking-file",
    ),
    path("jobs/<slug:slug>/tracking/", tracking.TrackingView.as_view(), name="tracking"),
    path(
        "jobs/<slug:slug>/tracking/<slug:code>/close/",
        tracking.CloseTrackingLinkView.as_view(),
        name="tracking-close",
    ),
]
