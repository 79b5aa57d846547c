"""Careers pages, for everybody."""

from django.urls import path

from hiring.careers import applying, feeds, pages, status, tracking

app_name = "careers"

urlpatterns = [
    path("jobs/", pages.JobsView.as_view(), name="jobs"),
    path("jobs.rss", feeds.RssView.as_view(), name="rss"),
    path("jobs.json", feeds.JsonView.as_view(), name="json"),
    path("jobs/<slug:slug>/", pages.JobView.as_view(), name="job"),
    path("jobs/<slug:slug>/apply/", applying.ApplyView.as_view(), name="apply"),
    path("jobs/<slug:slug>/sent/", applying.SentView.as_view(), name="sent"),
    path("go/<slug:code>/", tracking.GoView.as_view(), name="go"),
    path("status/<str:token>/", status.StatusEnterView.as_view(), name="status-enter"),
    path("applied/<slug:code>/", status.StatusView.as_view(), name="status"),
    path("applied/<slug:code>/documents/", status.SendDocumentView.as_view(), name="send"),
    path("applied/<slug:code>/documents/<slug:document>/", status.SendDocumentView.as_view(), name="replace"),
    path("applied/<slug:code>/withdraw/", status.WithdrawView.as_view(), name="withdraw"),
]
