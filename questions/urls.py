"""Staff pages of question banks inside the shell."""

from django.urls import path

from questions.views import history

app_name = "questions"

urlpatterns = [
    path("questions/question/<int:pk>/versions/", history.HistoryView.as_view(), name="history"),
    path("questions/question/<int:pk>/differences/", history.DifferenceView.as_view(), name="differences"),
]
