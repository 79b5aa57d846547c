from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HiringConfig(AppConfig):
    name = "hiring"
    verbose_name = _("Hiring")

    def ready(self) -> None:
        # What they import needs the models, which are loaded by now.
        from accounts.registries import register_hand_over_part  # noqa: PLC0415
        from candidates.registries import register_person_part  # noqa: PLC0415
        from hiring import receivers, registries  # noqa: PLC0415
        from hiring.operations import handing_over, person, works  # noqa: PLC0415
        from hiring.queries import grants  # noqa: PLC0415

        registries.register()
        grants.register()
        works.register()
        register_person_part(person.HiringPart())
        register_hand_over_part(handing_over.JobsPart())
        receivers.connect()
