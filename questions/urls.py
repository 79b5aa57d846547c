"""Staff pages of question banks inside the shell."""

from django.urls import path, re_path

from questions.views import bank_exposure, bulk, exposure, files, history, listing, queue, reviewing

app_name = "questions"

urlpatterns = [
    # In the place of the admin's own list, so that whatever leads to that one leads here.
    path("questions/question/", listing.QuestionListView.as_view(), name="questions"),
    path("questions/many/<slug:action>/", bulk.BulkView.as_view(), name="many"),
    path("questions/questionbank/<slug:slug>/import/", files.ImportView.as_view(), name="import"),
    path(
        "questions/questionbank/<slug:slug>/import/<slug:public_id>/columns/",
        files.ColumnsView.as_view(),
        name="import-columns",
    ),
    path("questions/questionbank/<slug:slug>/export/", files.ExportView.as_view(), name="export"),
    path(
        "questions/questionbank/<slug:slug>/exposure/",
        bank_exposure.BankExposureView.as_view(),
        name="bank-exposure",
    ),
    re_path(r"^banks\.(?P<format>csv|xlsx)$", bank_exposure.BanksFile.as_view(), name="banks-file"),
    re_path(
        r"^questions/questionbank/(?P<slug>[-\w]+)/exposure\.(?P<format>csv|xlsx)$",
        bank_exposure.BankExposureFile.as_view(),
        name="bank-exposure-file",
    ),
    path("questions/question/<int:pk>/exposure/", exposure.ExposureView.as_view(), name="exposure"),
    path("questions/question/<int:pk>/send-back/", reviewing.SendBackView.as_view(), name="send-back"),
    path("questions/question/<int:pk>/versions/", history.HistoryView.as_view(), name="history"),
    path("questions/question/<int:pk>/differences/", history.DifferenceView.as_view(), name="differences"),
    path("to-review/", queue.ReviewQueue.as_view(), name="review-queue"),
    path("to-review/accept/", queue.AcceptFindings.as_view(), name="accept-findings"),
    path("findings/<int:pk>/take-back/", queue.TakeAcceptanceBack.as_view(), name="take-acceptance-back"),
    path("banks/<int:pk>/look-through/", queue.LookThroughBank.as_view(), name="look-through-bank"),
]
