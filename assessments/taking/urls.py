"""Candidates' pages: taking a test from a mailed link."""

from django.urls import path

from assessments.taking import access, asking, moving, notes, overview, posting, practice, scripts, views

app_name = "taking"

urlpatterns = [
    # First what is asked most.
    path("test/<str:code>/question/<int:position>/", views.QuestionView.as_view(), name="question"),
    path("test/<str:code>/question/<int:position>/save/", scripts.SaveView.as_view(), name="save"),
    path("t/<str:token>/", access.EnterView.as_view(), name="enter"),
    path("apply/<slug:code>/", posting.OpenLinkView.as_view(), name="open-link"),
    path("apply/<slug:code>/sent/", posting.OpenLinkSentView.as_view(), name="open-link-sent"),
    path("confirm/<str:token>/", posting.ConfirmEnterView.as_view(), name="confirm-enter"),
    path("confirmed/<str:code>/", posting.ConfirmView.as_view(), name="confirm"),
    path("test/<str:code>/", views.BriefingView.as_view(), name="test"),
    path("test/<str:code>/more-time/", asking.AskView.as_view(), name="more-time"),
    path("test/<str:code>/practice/", practice.PracticeView.as_view(), name="practice"),
    path("test/<str:code>/start/", views.StartView.as_view(), name="start"),
    path("test/<str:code>/language/", views.LanguageView.as_view(), name="language"),
    path("test/<str:code>/here/", scripts.HereView.as_view(), name="here"),
    path("test/<str:code>/clock/", moving.ClockView.as_view(), name="clock"),
    path("test/<str:code>/notes/", notes.NotesView.as_view(), name="notes"),
    path("test/<str:code>/question/<int:position>/flag/", scripts.FlagView.as_view(), name="flag"),
    path("test/<str:code>/question/<int:position>/problem/", scripts.ProblemView.as_view(), name="problem"),
    path("test/<str:code>/question/<int:position>/buffer/", moving.BufferView.as_view(), name="buffer"),
    path("test/<str:code>/on/", moving.MoveOnView.as_view(), name="on"),
    path("test/<str:code>/part/", moving.PartView.as_view(), name="part"),
    path("test/<str:code>/overview/", overview.OverviewView.as_view(), name="overview"),
    path("test/<str:code>/submit/", overview.SubmitView.as_view(), name="submit"),
    path("test/<str:code>/finished/", views.FinishedView.as_view(), name="finished"),
]
