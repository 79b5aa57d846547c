from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Actor
from candidates.enums import DocumentKind
from hiring.models import Application
from hiring.operations import add_to_application
from hiring.queries import documents_of
from tests.factories.accounts import NOW
from tests.factories.files import make_pdf
from tests.factories.hiring import make_application, make_job

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def add(application: Application, words: str) -> None:
    file = SimpleUploadedFile(f"{words}.pdf", make_pdf([words]))
    add_to_application(application=application, kind=DocumentKind.RESUME, upload=file, by=SYSTEM, now=NOW)


def shown(application: Application) -> str:
    document = documents_of(application, SYSTEM).shown
    return document.filename if document else ""


def replaced(application: Application) -> dict[str, bool]:
    ties = application.documents.select_related("document")
    return {tie.document.filename: tie.document.replaced_at is not None for tie in ties}


def test_new_resume_takes_the_place_of_those_of_its_own_application_alone() -> None:
    first, second = (make_application(make_job(), email="ada@example.org") for _twice in range(2))
    add(first, "old")
    add(second, "other")

    add(first, "new")

    assert (shown(first), shown(second)) == ("new.pdf", "other.pdf")
    assert replaced(first) == {"old.pdf": True, "new.pdf": False}
    assert replaced(second) == {"other.pdf": False}


def test_resume_that_two_applications_share_stays_the_one_of_the_other() -> None:
    first, second = (make_application(make_job(), email="ada@example.org") for _twice in range(2))
    add(first, "shared")
    add(second, "shared")

    add(first, "new")

    assert (shown(first), shown(second)) == ("new.pdf", "shared.pdf")
    assert replaced(second) == {"shared.pdf": False}
