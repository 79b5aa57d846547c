from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "outbox"
    verbose_name = _("Outbox")

    def ready(self) -> None:
        # What they import needs the models, which are loaded by now.
        from accounts.signals import changed, password_wanted  # noqa: PLC0415
        from outbox import queries, receivers, registries  # noqa: PLC0415
        from outbox.forms import profile_choices  # noqa: PLC0415
        from outbox.queries import event_words, notifications  # noqa: PLC0415
        from outbox.signals import mail_news  # noqa: PLC0415
        from shell.health import register_health  # noqa: PLC0415
        from shell.registries import register_notices, register_profile_part  # noqa: PLC0415

        registries.register_grants()
        registries.register_states()
        registries.register_mail()
        event_words.register()
        notifications.register_kinds()
        register_profile_part("notifications", "outbox/parts/choices.html", profile_choices)
        register_notices("house", queries.page_heads)
        register_health("outbox", queries.house_health, queries.house_measures)
        register_notices("mail", queries.mail_notices)
        mail_news.connect(receivers.tell_of_mail, dispatch_uid="outbox.tell_of_mail")
        changed.connect(receivers.record_change, dispatch_uid="outbox.record_change")
        password_wanted.connect(receivers.mail_link, dispatch_uid="outbox.mail_link")
