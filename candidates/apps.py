from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CandidatesConfig(AppConfig):
    name = "candidates"
    verbose_name = _("People")

    def ready(self) -> None:
        # What they import needs the models, which are loaded by now.
        from accounts.enums import Role  # noqa: PLC0415
        from accounts.registries import register_grant, register_role_permissions  # noqa: PLC0415
        from candidates import queries, receivers, registries  # noqa: PLC0415
        from candidates.operations import parts  # noqa: PLC0415
        from candidates.queries import words  # noqa: PLC0415
        from shell.registries import register_search  # noqa: PLC0415

        registries.register_words()
        registries.register_person_part(parts.MailPart())
        registries.register_person_part(parts.CandidatePart())

        register_grant("candidates.Candidate", "added", queries.people_one_added)
        register_grant("candidates.Tag", "colleagues", queries.for_colleagues)
        register_grant("candidates.ConsentText", "colleagues", queries.for_colleagues)
        register_grant("candidates.Note", "of_people", queries.notes_of_visible_people)
        register_grant("candidates.CandidateMerge", "recruiters", queries.merges_for_recruiters)
        register_role_permissions(
            Role.RECRUITER,
            {"candidates.Candidate": {"view", "add", "change"}, "candidates.Tag": {"view", "add", "change"}},
        )
        register_search("people", words.search)
        post_migrate.connect(receivers.write_first_words, sender=self, dispatch_uid="candidates.first_words")
