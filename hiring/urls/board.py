"""The board of a job, and what they are narrowed down to."""

from django.urls import path

from hiring.views import board, saved_filters

urlpatterns = [
    path("jobs/<slug:slug>/board/", board.BoardView.as_view(), name="board"),
    path("jobs/<slug:slug>/board/<int:stage>/", board.BoardColumnView.as_view(), name="board-column"),
    path("jobs/<slug:slug>/board/move/<slug:public_id>/", board.CardMoveView.as_view(), name="card-move"),
    path("jobs/<slug:slug>/filters/", saved_filters.SaveFilterView.as_view(), name="save-filter"),
    path(
        "jobs/<slug:slug>/filters/<int:pk>/forget/",
        saved_filters.ForgetFilterView.as_view(),
        name="forget-filter",
    ),
]
