from django.apps import AppConfig
from django.db.backends.signals import connection_created


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Shortlist"

    def ready(self) -> None:
        from config import checks, receivers  # noqa: F401, PLC0415 -- registers the system checks
        from config.sqlite import add_functions  # noqa: PLC0415 -- with its kin

        connection_created.connect(add_functions, dispatch_uid="config.sqlite")

        receivers.connect()
