"""Applications, one by one and many at once."""

from django.urls import path, re_path

from hiring.views import (
    applications,
    approvals,
    bulk,
    deciding,
    documents,
    exports,
    interviewing,
    letters,
    source,
)

urlpatterns = [
    path("jobs/<slug:slug>/invite/", bulk.InviteView.as_view(), name="invite"),
    path("jobs/<slug:slug>/move/", bulk.MoveView.as_view(), name="move"),
    path("tests/<slug:slug>/move/", bulk.MoveOfTestView.as_view(), name="move-of-test"),
    path("jobs/<slug:slug>/reject/", bulk.RejectView.as_view(), name="reject"),
    path("jobs/<slug:slug>/hire/", bulk.HireManyView.as_view(), name="hire-many"),
    path("jobs/<slug:slug>/hold/", bulk.HoldView.as_view(), name="hold"),
    path("jobs/<slug:slug>/withdraw/", bulk.WithdrawView.as_view(), name="withdraw"),
    path("jobs/<slug:slug>/restore/", bulk.RestoreView.as_view(), name="restore"),
    path("jobs/<slug:slug>/tags/", bulk.TagView.as_view(), name="bulk-tags"),
    path("jobs/<slug:slug>/write/", bulk.WriteView.as_view(), name="write-many"),
    path("work/<slug:public_id>/undo/", bulk.UndoWorkView.as_view(), name="undo-work"),
    path("letters/write/", letters.WriteAnywhereView.as_view(), name="write-anywhere"),
    path("letters/<slug:public_id>/", letters.LettersSentView.as_view(), name="letters-sent"),
    path("letters/<slug:public_id>/take-back/", letters.TakeBackView.as_view(), name="take-back-letters"),
    re_path(
        r"^applications\.(?P<format>csv|xlsx)$",
        exports.ApplicationsFileView.as_view(),
        name="applications-file",
    ),
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
    path(
        "applications/<slug:public_id>/approval/",
        approvals.AskApprovalView.as_view(),
        name="ask-approval",
    ),
    path(
        "applications/<slug:public_id>/approval/<int:pk>/withdraw/",
        approvals.WithdrawApprovalView.as_view(),
        name="withdraw-approval",
    ),
    path("applications/<slug:public_id>/undo/", deciding.UndoView.as_view(), name="undo"),
    path("applications/<slug:public_id>/hire/", deciding.HireView.as_view(), name="hire"),
    path(
        "applications/<slug:public_id>/mail/<slug:message_id>/cancel/",
        deciding.CancelMailView.as_view(),
        name="cancel-mail",
    ),
    path("applications/<slug:public_id>/write/", letters.WriteView.as_view(), name="write"),
    path(
        "applications/<slug:public_id>/documents/",
        documents.AddDocumentView.as_view(),
        name="add-document",
    ),
    path("applications/<slug:public_id>/source/", source.CorrectSourceView.as_view(), name="correct-source"),
    path("applications/<slug:public_id>/note/", applications.NoteView.as_view(), name="note"),
    path("applications/<slug:public_id>/recommend/", interviewing.RecommendView.as_view(), name="recommend"),
    path(
        "applications/<slug:public_id>/interviewers/",
        interviewing.InterviewersView.as_view(),
        name="interviewers",
    ),
    path("interviews/", interviewing.InterviewsView.as_view(), name="interviews"),
    re_path(
        r"^interviews\.(?P<format>csv|xlsx)$", exports.InterviewsFileView.as_view(), name="interviews-file"
    ),
    path("interviews/<slug:public_id>/", interviewing.InterviewView.as_view(), name="interview"),
    path("applications/<slug:public_id>/tags/", applications.TagsView.as_view(), name="tags"),
]
