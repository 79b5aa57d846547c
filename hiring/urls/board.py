"""The board of a job, its people as a file, and what they are narrowed down to."""

from django.urls import path, re_path

from hiring.views import board, exports, saved_filters

urlpatterns = [
    path("jobs/<slug:slug>/board/", board.BoardView.as_view(), name="board"),
    path("jobs/<slug:slug>/board/<int:stage>/", board.BoardColumnView.as_view(), name="board-column"),
    path("jobs/<slug:slug>/board/move/<slug:public_id>/", board.CardMoveView.as_view(), name="card-move"),
    path("jobs/<slug:slug>/board/undo/<slug:public_id>/", board.CardUndoView.as_view(), name="card-undo"),
    re_path(
        r"^jobs/(?P<slug>[-\w]+)/people\.(?P<format>csv|xlsx)$",
        exports.PeopleFileView.as_view(),
        name="people-file",
    ),
    path("jobs/<slug:slug>/filters/", saved_filters.SaveFilterView.as_view(), name="save-filter"),
    path(
        "jobs/<slug:slug>/filters/<int:pk>/forget/",
        saved_filters.ForgetFilterView.as_view(),
        name="forget-filter",
    ),
]
