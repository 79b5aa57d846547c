"""Staff pages of outbox inside the shell."""

from django.urls import path

from outbox import views

app_name = "outbox"

urlpatterns = [
    path("mail/", views.MailPage.as_view(), name="mail"),
    path("mail/<slug:public_id>/", views.MessagePage.as_view(), name="message"),
    path("mail/<slug:public_id>/resend/", views.ResendMessage.as_view(), name="message_resend"),
    path("mail/<slug:public_id>/cancel/", views.CancelMessage.as_view(), name="message_cancel"),
    path("work/<slug:public_id>/", views.WorkPage.as_view(), name="work"),
]
