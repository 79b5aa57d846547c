"""People, and how they come into a job."""

from django.urls import path, re_path

from hiring.views import adding, documents, drafts, exports, following, imports, merging, people

urlpatterns = [
    path("jobs/<slug:slug>/add/", adding.NewApplicationView.as_view(), name="add"),
    path("jobs/<slug:slug>/drafts/", drafts.DraftsView.as_view(), name="drafts"),
    path("jobs/<slug:slug>/drafts/<slug:public_id>/", drafts.DraftView.as_view(), name="draft"),
    path(
        "jobs/<slug:slug>/drafts/<slug:public_id>/download/",
        drafts.DraftFileView.as_view(),
        name="draft-download",
    ),
    path(
        "jobs/<slug:slug>/drafts/<slug:public_id>/discard/",
        drafts.DiscardDraftView.as_view(),
        name="discard-draft",
    ),
    path("jobs/<slug:slug>/import/", imports.ImportView.as_view(), name="import"),
    path("jobs/<slug:slug>/import/sample.csv", imports.ImportSampleView.as_view(), name="import-sample"),
    path(
        "jobs/<slug:slug>/import/<slug:public_id>/",
        imports.ImportColumnsView.as_view(),
        name="import-columns",
    ),
    # Before the page of a person.
    path("people/import/", imports.ImportPeopleView.as_view(), name="import-people"),
    path("people/import/sample.csv", imports.ImportPeopleSampleView.as_view(), name="import-people-sample"),
    path(
        "people/import/<slug:public_id>/",
        imports.ImportPeopleColumnsView.as_view(),
        name="import-people-columns",
    ),
    path(
        "people/<slug:public_id>/documents/<slug:document_id>/pages/<int:number>.png",
        documents.DocumentPageView.as_view(),
        name="document-page",
    ),
    path(
        "people/<slug:public_id>/documents/<slug:document_id>/download/",
        documents.DocumentDownloadView.as_view(),
        name="document-download",
    ),
    re_path(r"^people\.(?P<format>csv|xlsx)$", exports.EverybodyFileView.as_view(), name="everybody-file"),
    path("people-tags/", people.PeopleTagsView.as_view(), name="people-tags"),
    path("people/<slug:public_id>/follow/", following.FollowPersonView.as_view(), name="follow-person"),
    path("people/<slug:public_id>/", people.PersonView.as_view(), name="person"),
    path("people/<slug:public_id>/merge/", merging.MergeView.as_view(), name="merge"),
    path(
        "people/<slug:public_id>/merges/<slug:merged_id>/undo/",
        merging.UndoMergeView.as_view(),
        name="undo-merge",
    ),
]
