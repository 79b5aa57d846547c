"""Which room answers which address."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from assessments.taking import preview, trial
from config import api, probes
from outbox import urls as outbox_urls
from questions.views.pictures import PictureView
from shell.api import ApiDocument, ApiPage
from shell.front import front
from shell.look import LogoView, LookView

admin.autodiscover()
# One door for people: password, second factor and limits are allauth's.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler400 = "shell.errors.unreadable"
handler500 = "shell.errors.failed"

urlpatterns = [
    # First what is asked most: the pages of people who take a test.
    path("", include("assessments.taking.urls")),
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics, name="metrics"),
    path("", front, name="front"),
    path("", include("hiring.urls.public")),
    # What the library has a page for stands on the profile, and an address is changed by an administrator.
    path("accounts/email/", RedirectView.as_view(pattern_name="shell:profile"), name="account_email"),
    path("accounts/2fa/", RedirectView.as_view(pattern_name="shell:profile"), name="mfa_index"),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include((outbox_urls.doors, "doors"))),
    # Own pages of the shell stand before the admin's own, which ends in a catch-all.
    path("admin/", include("shell.urls")),
    path("admin/", include("outbox.urls")),
    # The pages of "taking" once more, for colleagues who try a test out.
    path("admin/previews/", include((preview.urlpatterns, "taking"), namespace="preview")),
    path("admin/trials/", include((trial.urlpatterns, "taking"), namespace="trial")),
    path("admin/", include("assessments.urls")),
    path("admin/", include("hiring.urls")),
    path("admin/", include("questions.urls")),
    path("admin/", admin.site.urls),
    path("pictures/<slug:public_id>", PictureView.as_view(), name="picture"),
    path("look-<slug:colour>-<slug:digest>.css", LookView.as_view(), name="look"),
    path("logo-<slug:digest>.png", LogoView.as_view(), name="logo"),
    # Texts of questions name this address: see `questions.rules.PICTURES`.
    path("api/v1/", include((api.urlpatterns, "v1"))),
    path("api/schema/", ApiDocument.as_view(), name="schema"),
    path("api/", ApiPage.as_view(), name="api-docs"),
]
