from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("Assessments")

    def ready(self) -> None:
        # The models have to be loaded first.
        from accounts.registries import register_hand_over_part  # noqa: PLC0415
        from assessments import receivers, registries  # noqa: PLC0415
        from assessments.operations import changing, exporting, placing, regrading  # noqa: PLC0415
        from assessments.operations.handing_over import TestsPart  # noqa: PLC0415
        from assessments.operations.person import AssessmentsPart  # noqa: PLC0415
        from assessments.queries import event_words, health, moves, neighbours, problems, trials, uses  # noqa: PLC0415
        from assessments.queries import regrading as regrades  # noqa: PLC0415
        from candidates.registries import register_person_part  # noqa: PLC0415
        from questions.registries import (  # noqa: PLC0415
            register_bank_links,
            register_moved,
            register_places,
            register_question_notices,
            register_reports,
            register_starved,
            register_uses,
        )
        from shell.health import register_health  # noqa: PLC0415

        registries.register()
        receivers.connect()
        event_words.register()
        registries.register_result_list(neighbours.OF_TEST, neighbours.open_results_of_test)
        changing.register()
        exporting.register()
        regrading.register()
        register_question_notices("assessments", regrades.notices_of_question)
        register_bank_links("assessments", trials.links_of_bank)
        register_uses("assessments", uses.version_uses)
        register_places(placing.DraftSections())
        register_moved("assessments", moves.moved_uses)
        register_starved("assessments", uses.starved_by)
        register_reports("assessments", problems.report_lines)
        register_health("assessments", health.health, health.measures)
        register_person_part(AssessmentsPart())
        register_hand_over_part(TestsPart())
