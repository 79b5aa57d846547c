"""Résumés dropped on a job: the list of its drafts, and each until its person is added."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from accounts.operations import set_role_rules
from hiring.enums import Capability, DraftState, JobRole
from hiring.models import Application, ResumeDraft
from hiring.operations import use_draft
from hiring.rules.drafts import MOST_AT_ONCE
from outbox.models import Event
from tests.factories.accounts import NOW
from tests.factories.documents import make_draft
from tests.factories.files import make_pdf
from tests.factories.hiring import SYSTEM, make_application
from tests.hiring.pages.house import House, SignIn

DRAFTS = "/admin/jobs/backend/drafts/"


def pdf(name: str, words: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, make_pdf([words]))


def page_of(draft: ResumeDraft) -> str:
    return f"{DRAFTS}{draft.public_id}/"


def text(client: Client, path: str, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def typed(draft: ResumeDraft, **fields: str) -> dict[str, str]:
    return {"full_name": draft.full_name, "email": draft.email, "phone": draft.phone, **fields}


def test_more_files_than_a_request_may_bring_are_refused_in_words(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    files = [SimpleUploadedFile(f"{number}.txt", b"Ada") for number in range(41)]

    response = client.post(DRAFTS, {"resumes": files})

    page = response.content.decode()
    assert (response.status_code, ResumeDraft.objects.count()) == (400, 0)
    assert f"At most {MOST_AT_ONCE} files are taken at once" in page
    assert "Choose fewer files" in page


def test_files_are_dropped_on_the_people_of_a_job_and_listed_while_they_are_read(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    job = text(client, "/admin/jobs/backend/")

    page = client.post(
        DRAFTS,
        {"resumes": [pdf('a"><img src=x>.pdf', "Ada"), pdf("bob.pdf", "Bob"), pdf("cv.exe", "Eve")]},
        follow=True,
    ).content.decode()

    assert f'action="{DRAFTS}"' in job
    assert 'name="resumes" multiple' in job
    assert "2 résumés are drafts now." in page
    assert "“cv.exe” is of a kind that is not taken here." in page
    assert "<img src=x>" not in page
    assert "2 are being read" in page
    # The list alone looks again, until all of them are read.
    part = text(client, DRAFTS, HX_REQUEST="true")
    assert "<html" not in part
    assert "hx-trigger" in part
    ResumeDraft.objects.update(state=DraftState.READY)
    assert "hx-trigger" not in text(client, DRAFTS, HX_REQUEST="true")
    assert "2 drafts of résumés wait to be looked over." in text(client, "/admin/jobs/backend/")


def test_no_file_is_an_error_beside_the_field(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.recruiter).post(DRAFTS, {}).content.decode()

    assert "Choose at least one file." in page
    assert not ResumeDraft.objects.exists()


def test_draft_is_looked_over_mended_and_added_and_the_next_one_shown(house: House, sign_in: SignIn) -> None:
    first = make_draft(house.job, "One", full_name="Ada Lovelacc", text="Built <engines>")
    second = make_draft(house.job, "Two", full_name="Bob Byte", email="bob@example.org")
    client = sign_in(house.recruiter)

    page = text(client, page_of(first))
    wrong = client.post(page_of(first), typed(first, email="ada")).content.decode()
    added = client.post(page_of(first), typed(first, full_name="Ada Lovelace", following="1"), follow=True)

    assert 'value="Ada Lovelacc"' in page
    assert "Built &lt;engines&gt;" in page
    assert "Give one email address and nothing else" in wrong
    assert 'value="ada"' in wrong
    assert added.redirect_chain[-1][0] == page_of(second)
    assert "Ada Lovelace was added." in added.content.decode()
    application = Application.objects.get(candidate__full_name="Ada Lovelace")
    assert application.documents.get().document.filename == "cv.pdf"
    # Whoever comes by the old address is led to what became of it.
    again = client.get(page_of(first), follow=True)
    assert again.redirect_chain[-1][0] == f"/admin/applications/{application.public_id}/"
    assert "added already" in again.content.decode()


def test_draft_shows_whom_its_address_belongs_to_and_nobody_who_is_not_seen(
    house: House, sign_in: SignIn
) -> None:
    known = make_draft(house.job, "One", email="NORA@example.com")
    secret = make_draft(house.job, "Two", email="hidden@example.com")
    client = sign_in(house.recruiter)

    listed = text(client, DRAFTS)
    pages = [text(client, page_of(draft)) for draft in (known, secret)]

    assert "Known already: Nora Known" in listed
    assert "has the address NORA@example.com" in pages[0]
    assert "has the address" not in pages[1]
    assert not any("Hidden Person" in page for page in (listed, *pages))


def test_person_who_may_be_known_is_asked_about_before_anybody_is_added(
    house: House, sign_in: SignIn
) -> None:
    draft = make_draft(house.job, full_name="Nora Known", email="nora@elsewhere.example")
    client = sign_in(house.recruiter)

    asked = client.post(page_of(draft), typed(draft)).content.decode()
    count = Application.objects.count()
    client.post(page_of(draft), typed(draft, person=house.application.candidate.public_id))

    assert "Perhaps you know this person already." in asked
    assert count == 2
    # The live application of that person got the résumé.
    assert Application.objects.count() == 2
    assert house.application.documents.count() == 1


def test_discarding_is_one_press_and_leads_back_to_the_list(house: House, sign_in: SignIn) -> None:
    draft = make_draft(house.job)
    client = sign_in(house.recruiter)

    answer = client.post(f"{page_of(draft)}discard/")

    assert (answer.status_code, answer["Location"]) == (302, DRAFTS)
    assert ResumeDraft.objects.get().state == DraftState.DROPPED
    assert client.get(page_of(draft)).status_code == 404
    assert Event.objects.filter(kind="job.draft_discarded", about_id=house.job.pk).exists()


def test_file_of_a_draft_is_a_download_for_those_who_may_and_the_history_says_who(
    house: House, sign_in: SignIn
) -> None:
    draft = make_draft(house.job)
    client = sign_in(house.recruiter)

    response = client.get(f"{page_of(draft)}download/")
    content = b"".join(response.streaming_content)
    draft.file.storage.delete(draft.file.name)
    gone = client.get(f"{page_of(draft)}download/", follow=True)
    set_role_rules(allowed={(JobRole.RECRUITER, Capability.DOWNLOAD): False}, by=SYSTEM, now=NOW)
    refused = client.get(f"{page_of(draft)}download/")

    assert response["Content-Disposition"] == 'attachment; filename="cv.pdf"'
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]
    assert content == make_pdf(["Ada"])
    assert "The file is not there any more." in gone.content.decode()
    assert refused.status_code == 404
    event = Event.objects.get(kind="job.draft_downloaded")
    assert (event.about_id, event.actor_user_id) == (house.job.pk, house.recruiter.pk)
    assert "Download the file" not in text(client, page_of(draft))


def test_draft_that_was_used_is_not_discarded(house: House, sign_in: SignIn) -> None:
    draft = make_draft(house.job)
    use_draft(draft=draft, full_name="Ada", email="ada@example.org", by=SYSTEM, now=NOW)

    assert sign_in(house.recruiter).post(f"{page_of(draft)}discard/").status_code == 404


def test_drafts_of_a_job_are_for_whoever_adds_people_to_it(house: House, sign_in: SignIn) -> None:
    draft = make_draft(house.job)

    def answers(user: User) -> list[int]:
        client = sign_in(user)
        return [client.get(path).status_code for path in (DRAFTS, page_of(draft))]

    closed = {
        answer
        for name in ("manager", "interviewer", "other_recruiter", "author", "analyst", "nobody")
        for answer in answers(getattr(house, name))
    }
    assert closed == {404}
    assert answers(house.administrator) == [200, 200]
    # Where managers add people, they look over what was dropped.
    set_role_rules(allowed={(JobRole.HIRING_MANAGER, Capability.ADD): True}, by=SYSTEM, now=NOW)
    assert answers(house.manager) == [200, 200]


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_three(
    house: House, sign_in: SignIn, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make_draft(house.job, str(number), email=f"nora{number}@example.com")
        make_application(house.other_job, email=f"nora{number}@example.com")
    client = sign_in(house.recruiter)
    client.get(DRAFTS)

    with django_assert_num_queries(12):
        client.get(DRAFTS)
