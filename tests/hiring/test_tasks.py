import pytest

from hiring.models import Application
from hiring.tasks import apply_scores
from tests.factories.hiring import invite, make_application, make_test_job, sit


@pytest.mark.django_db
def test_the_periodic_look_applies_what_is_pending_and_may_run_again():
    job, assessment = make_test_job()
    application = make_application(job)
    sit(invite(application, assessment), right=9)

    apply_scores()
    apply_scores()

    assert Application.objects.get(pk=application.pk).stage.name == "Interview"
    assert Application.objects.get(pk=application.pk).version == 3
