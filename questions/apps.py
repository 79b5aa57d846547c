from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuestionsConfig(AppConfig):
    name = "questions"
    verbose_name = _("Questions")

    def ready(self) -> None:
        # The models have to be loaded first.
        from questions import registries, tasks  # noqa: PLC0415
        from questions.operations import bulk, taking_out  # noqa: PLC0415
        from questions.operations.linting import banks  # noqa: PLC0415
        from questions.queries import notifications  # noqa: PLC0415

        registries.register()
        tasks.register()
        notifications.register()
        bulk.register()
        taking_out.register()
        banks.register()
