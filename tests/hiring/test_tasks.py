import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from config.looks import looks
from hiring.models import Application, StagedUpload
from hiring.tasks import apply_scores, forget_lost_uploads
from tests.factories.accounts import NOW
from tests.factories.documents import make_draft
from tests.factories.files import let_be_days_old
from tests.factories.hiring import invite, make_application, make_job, make_test_job, sit


@pytest.mark.django_db
def test_the_periodic_look_applies_what_is_pending_and_may_run_again():
    job, assessment = make_test_job()
    application = make_application(job)
    sit(invite(application, assessment), right=9)

    apply_scores()
    apply_scores()

    assert Application.objects.get(pk=application.pk).stage.name == "Interview"
    assert Application.objects.get(pk=application.pk).version == 3


@pytest.mark.django_db
def test_process_killed_between_file_and_row_leaves_nothing_of_forms_and_drafts_for_longer_than_a_day():
    job = make_job()
    draft = make_draft(job)
    staged = StagedUpload.objects.create(
        job=job,
        field="resume",
        file=ContentFile(b"%PDF-1.7", name="kept.pdf"),
        filename="cv.pdf",
        media_type="application/pdf",
        size=8,
        created_at=NOW,
    )
    names = ("staged/killed.pdf", "drafts/killed.pdf", "drafts/young.pdf")
    *lost, young = (default_storage.save(name, ContentFile(b"lost")) for name in names)
    for name in (*lost, draft.file.name, staged.file.name):
        let_be_days_old(name, 2)

    forget_lost_uploads()

    assert not any(default_storage.exists(name) for name in lost)
    assert all(default_storage.exists(name) for name in (young, draft.file.name, staged.file.name))
    assert "hiring.forget_lost_uploads" in {look["task"] for look in looks().values()}
