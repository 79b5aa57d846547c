"""Pages of the shell itself: one's own profile, what roles may do, the handbook."""

from django.urls import path

from shell import profile, roles, views

app_name = "shell"

urlpatterns = [
    path("profile/", profile.ProfilePage.as_view(), name="profile"),
    path("profile/sign-out-elsewhere/", profile.SignOutElsewhere.as_view(), name="sign-out-elsewhere"),
    path("columns/<slug:name>/", profile.ChooseColumns.as_view(), name="columns"),
    path("roles/", roles.RolesPage.as_view(), name="roles"),
    path("handbook/", views.HandbookPage.as_view(), name="handbook"),
    path("handbook/<slug:slug>/", views.ChapterPage.as_view(), name="chapter"),
]
