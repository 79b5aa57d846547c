"""Pages of the shell itself."""

from django.urls import path

from shell import profile

app_name = "shell"

urlpatterns = [
    path("profile/", profile.ProfilePage.as_view(), name="profile"),
    path("profile/sign-out-elsewhere/", profile.SignOutElsewhere.as_view(), name="sign-out-elsewhere"),
]
