"""Single sign-on. The names are those by which the sign-in library asks for its own views."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("single-sign-on/", views.StartView.as_view(), name="openid_connect_login"),
    path("single-sign-on/back/", views.CallbackView.as_view(), name="openid_connect_callback"),
]
