from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "outbox"
    verbose_name = _("Outbox")

    def ready(self) -> None:
        from outbox import registries  # noqa: PLC0415 -- the models have to be loaded first

        registries.register_grants()
