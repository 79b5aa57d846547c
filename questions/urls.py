"""Staff pages of question banks inside the shell."""

from django.urls import path

from questions.views import bulk, exposure, history, listing, reviewing

app_name = "questions"

urlpatterns = [
    # In the place of the admin's own list, so that whatever leads to that one leads here.
    path("questions/question/", listing.QuestionListView.as_view(), name="questions"),
    path("questions/many/<slug:action>/", bulk.BulkView.as_view(), name="many"),
    path("questions/question/<int:pk>/exposure/", exposure.ExposureView.as_view(), name="exposure"),
    path("questions/reviews/", reviewing.ReviewsView.as_view(), name="reviews"),
    path("questions/question/<int:pk>/send-back/", reviewing.SendBackView.as_view(), name="send-back"),
    path("questions/question/<int:pk>/versions/", history.HistoryView.as_view(), name="history"),
    path("questions/question/<int:pk>/differences/", history.DifferenceView.as_view(), name="differences"),
]
