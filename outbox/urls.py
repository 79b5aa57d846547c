"""Pages of outbox: the staff's inside the shell, and the doors behind links that colleagues were mailed."""

from django.urls import path, re_path

from outbox.enums import LinkPurpose
from outbox.views import colleagues, held, history, mail, mail_server, notifications, passwords

app_name = "outbox"

urlpatterns = [
    path("mail/", mail.MailPage.as_view(), name="mail"),
    re_path(r"^mail\.(?P<format>csv|xlsx)$", mail.MailFile.as_view(), name="mail-file"),
    path("mail/held/", held.HeldMailPage.as_view(), name="held-mail"),
    path("mail/held/hold/", held.HoldMail.as_view(), name="hold-mail"),
    path("mail/held/release/", held.ReleaseMail.as_view(), name="release-mail"),
    path("mail/held/cancel/", held.CancelHeldMail.as_view(), name="cancel-held-mail"),
    path("mail/<slug:public_id>/", mail.MessagePage.as_view(), name="message"),
    path("mail/<slug:public_id>/resend/", mail.ResendMessage.as_view(), name="message_resend"),
    path("mail/<slug:public_id>/cancel/", mail.CancelMessage.as_view(), name="message_cancel"),
    path("work/<slug:public_id>/", mail.WorkPage.as_view(), name="work"),
    path("work/<slug:public_id>/file/", mail.WorkFile.as_view(), name="work-file"),
    path("history/", history.HistoryPage.as_view(), name="history"),
    re_path(r"^history\.(?P<format>csv|xlsx)$", history.HistoryFile.as_view(), name="history-file"),
    path("notifications/", notifications.NotificationsPage.as_view(), name="notifications"),
    path("notifications/read/", notifications.ReadNotifications.as_view(), name="read-notifications"),
    path("notifications/<int:pk>/read/", notifications.ReadNotification.as_view(), name="read-notification"),
    path("notifications/choices/", notifications.ChooseNotifications.as_view(), name="notification-choices"),
    path("mail-server/", mail_server.MailServerPage.as_view(), name="mail-server"),
    path("mail-server/keep-here/", mail_server.KeepMailHere.as_view(), name="keep-mail-here"),
    path("mail-server/test/", mail_server.SendTestMail.as_view(), name="send-test-mail"),
    path("mail-server/test/<slug:public_id>/", mail_server.TestMailPage.as_view(), name="test-mail"),
    path("mail-server/kept/", mail_server.KeptMailPage.as_view(), name="kept-mail"),
    re_path(
        r"^colleagues\.(?P<format>csv|xlsx)$", colleagues.ColleaguesFile.as_view(), name="colleagues-file"
    ),
    re_path(r"^api-keys\.(?P<format>csv|xlsx)$", colleagues.ApiKeysFile.as_view(), name="api-keys-file"),
    path("colleagues/<int:pk>/sign-in/", colleagues.SignInPage.as_view(), name="sign-in"),
    path("colleagues/<int:pk>/sign-in/mail/", colleagues.MailLink.as_view(), name="sign-in-mail"),
    path(
        "colleagues/<int:pk>/sign-in/second-step/",
        colleagues.RemoveSecondStep.as_view(),
        name="remove-second-step",
    ),
]

doors = [
    path("join/<str:token>/", passwords.EnterView.as_view(purpose=LinkPurpose.JOIN), name="join"),
    path("new-password/<str:token>/", passwords.EnterView.as_view(purpose=LinkPurpose.RESET), name="reset"),
    path("choose-password/", passwords.ChoosePasswordView.as_view(), name="choose-password"),
]
