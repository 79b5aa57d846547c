"""The first day, colleagues who leave, keys of programs."""

from django.urls import path

from hiring.views import first_day, handing_over, keys, sample

urlpatterns = [
    path("first-day/<slug:code>/", first_day.SetStepAsideView.as_view(), name="first-day"),
    path("start-for-real/", sample.StartForRealView.as_view(), name="start-for-real"),
    path("colleagues/<int:pk>/hand-over/", handing_over.HandOverView.as_view(), name="hand-over"),
    path("api-keys/new/", keys.NewApiKeyView.as_view(), name="new-api-key"),
]
