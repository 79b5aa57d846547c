"""Applications, one by one and many at once."""

from django.urls import path

from hiring.views import applications, bulk

urlpatterns = [
    path("jobs/<slug:slug>/invite/", bulk.InviteView.as_view(), name="invite"),
    path("jobs/<slug:slug>/move/", bulk.MoveView.as_view(), name="move"),
    path("jobs/<slug:slug>/reject/", bulk.RejectView.as_view(), name="reject"),
    path("applications/<slug:public_id>/", applications.ApplicationView.as_view(), name="application"),
    path(
        "applications/<slug:public_id>/move/", applications.MoveStageView.as_view(), name="application-move"
    ),
    path(
        "applications/<slug:public_id>/status/", applications.StatusView.as_view(), name="application-status"
    ),
    path(
        "applications/<slug:public_id>/actions/<int:pk>/",
        applications.StageActionView.as_view(),
        name="stage-action",
    ),
    path("applications/<slug:public_id>/note/", applications.NoteView.as_view(), name="note"),
    path("applications/<slug:public_id>/tags/", applications.TagsView.as_view(), name="tags"),
]
