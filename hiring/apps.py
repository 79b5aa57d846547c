from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HiringConfig(AppConfig):
    name = "hiring"
    verbose_name = _("Hiring")

    def ready(self) -> None:
        # What they import needs the models, which are loaded by now.
        from accounts.registries import register_hand_over_part  # noqa: PLC0415
        from assessments.registries import (  # noqa: PLC0415
            register_inviter_again,
            register_link_scope,
            register_result_list,
            register_scopes,
        )
        from candidates.registries import register_person_part  # noqa: PLC0415
        from hiring import receivers, registries  # noqa: PLC0415
        from hiring.careers.pages import link_from_front  # noqa: PLC0415
        from hiring.operations import handing_over, inviting, open_links, person, works  # noqa: PLC0415
        from hiring.queries import (  # noqa: PLC0415
            grants,
            notifications,
            reminders,
            results,
            subjects,
            undelivered,
        )
        from hiring.queries.job_mail import scope_of_open_link, scopes_of_invitations  # noqa: PLC0415
        from outbox.registries import register_corrector, register_resend_right  # noqa: PLC0415
        from shell.registries import register_front_link  # noqa: PLC0415

        registries.register()
        register_result_list(results.OF_JOB, results.open_results_of_job)
        grants.register()
        reminders.register()
        subjects.register()
        notifications.register()
        works.register()
        open_links.register()
        register_inviter_again(inviting.invite_again)
        register_scopes("hiring", scopes_of_invitations)
        register_link_scope(scope_of_open_link)
        register_person_part(person.HiringPart())
        register_hand_over_part(handing_over.JobsPart())
        register_corrector(undelivered.where_to_correct)
        register_resend_right(undelivered.may_resend)
        register_front_link("jobs", link_from_front)
        receivers.connect()
