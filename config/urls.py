"""Which room answers which address."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import api

admin.autodiscover()
# One door for people: password, second factor and limits are allauth's.
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("", login_not_required(RedirectView.as_view(pattern_name="admin:index"))),
    path("accounts/", include("allauth.urls")),
    # Own pages of the shell stand before the admin's own, which ends in a catch-all.
    path("admin/", include("outbox.urls")),
    path("admin/", include("assessments.urls")),
    path("admin/", include("hiring.urls")),
    path("admin/", admin.site.urls),
    path("", include("assessments.taking.urls")),
    path("api/v1/", include((api.urlpatterns, "v1"))),
    path("api/schema/", SpectacularAPIView.as_view(api_version="v1"), name="schema"),
    path("api/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
]
