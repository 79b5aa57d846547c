from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class ShellConfig(AppConfig):
    name = "shell"
    verbose_name = _("Shell")
    default = True

    def ready(self) -> None:
        # Addresses of chapters are asked for when somebody searches, not before all apps are there.
        from shell import chapters, event_words  # noqa: PLC0415
        from shell.registries import register_search  # noqa: PLC0415

        event_words.register()
        register_search("handbook", chapters.search, last=True)


class ShellAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site, which every `admin.register` then uses."""

    default_site = "shell.site.ShellSite"
    default = False
