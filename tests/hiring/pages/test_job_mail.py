"""The words that mail has for one job: seen together, tried on a person, saved, put out of use."""

from __future__ import annotations

from urllib.parse import urlencode

from django.utils import timezone

from accounts.models import Actor
from accounts.queries import organisation
from hiring.models import Application
from hiring.operations.bulk import rejection_mail
from hiring.queries.lists import with_list_columns
from outbox.models import MessageTemplate
from outbox.operations import built_message
from tests.factories.hiring import make_letter
from tests.hiring.pages.house import House, SignIn

MAIL = "/admin/jobs/backend/mail/"


def words(kind: str, name: str = "", language: str = "en") -> str:
    return f"{MAIL}words/?{urlencode({'kind': kind, 'language': language, 'name': name})}"


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def rejection_of(application: Application) -> str:
    row = with_list_columns(Application.objects.filter(pk=application.pk)).get()
    draft = rejection_mail(row, organisation())
    return built_message(draft=draft, by=Actor.system(), now=timezone.now()).subject


def test_a_job_has_its_own_words_until_they_are_put_out_of_use(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    make_letter("Welcome", subject="Everywhere")
    everywhere = rejection_of(house.application)

    listed = text(client.get(MAIL))
    assert "Welcome" in listed
    assert "Of this job" not in listed
    typed = {"subject": "No from {{ job_title }}", "body": "Dear {{ candidate_name }}", "button": ""}
    looked = text(
        client.post(words("rejection"), {**typed, "look": "1", "application": house.application.public_id})
    )
    assert "No from Backend engineer" in looked
    assert "Dear Nora Known" in looked
    assert not MessageTemplate.objects.exclude(scope="").exists()
    saved = text(client.post(words("rejection"), {**typed, "save": "1"}, follow=True))

    assert "Of this job" in saved
    assert rejection_of(house.application) == "No from Backend engineer"
    assert rejection_of(house.other_application) == everywhere.replace("Backend engineer", "Secret project")
    client.post(words("rejection"), {"drop": "1"})
    assert rejection_of(house.application) == everywhere


def test_an_unknown_field_is_named_and_a_letter_of_the_job_takes_the_place_of_everywhere(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    make_letter("Welcome", subject="Everywhere")

    wrong = {"subject": "Hi", "body": "Dear {{ nmae }}", "save": "1"}
    assert "There is no merge field “nmae”" in text(client.post(words("letter", "Welcome"), wrong))
    assert "Everywhere" in text(client.get(words("letter", "Welcome")))
    client.post(words("letter", "Welcome"), {"subject": "Here", "body": "Hello", "save": "1"})
    client.post(words("letter"), {"name": "Own", "subject": "Own one", "body": "Hello", "save": "1"})
    page = text(client.get(f"/admin/applications/{house.application.public_id}/write/"))

    assert page.count("Welcome (English)") == 1
    assert "Own (English)" in page
    assert MessageTemplate.objects.filter(scope=f"job:{house.job.pk}").count() == 2
    # Where words hold that are one job's, another recruiter neither sees nor changes them.
    assert "Own one" not in text(sign_in(house.other_recruiter).get("/admin/outbox/messagetemplate/"))


def test_words_of_a_job_are_for_its_recruiters(house: House, sign_in: SignIn) -> None:
    for user, status in (
        (house.recruiter, 200),
        (house.administrator, 200),
        (house.manager, 404),
        (house.other_recruiter, 404),
    ):
        client = sign_in(user)
        assert client.get(words("rejection")).status_code == status
        sent = client.post(words("rejection"), {"subject": "X", "body": "Y", "look": "1"})
        assert sent.status_code == status
    for wrong in ("new_password", "test_mail", ""):
        assert sign_in(house.administrator).get(words(wrong)).status_code == 404


def test_saved_words_are_read_as_somebody_who_applied_and_may_be_seen(house: House, sign_in: SignIn) -> None:
    saved = make_letter("Welcome", body="Dear {{ candidate_name }}, you are at {{ stage_name }}.")
    client = sign_in(house.recruiter)
    address = f"/admin/words/{saved.pk}/"

    assert address in text(client.get(f"/admin/outbox/messagetemplate/{saved.pk}/change/"))
    page = text(client.get(address))
    assert "Nora Known" in page
    assert "Hidden Person" not in page
    nothing = text(client.get(address, {"application": house.application.public_id}))
    assert "There is no value for the merge field “stage_name”." in nothing
    house.application.stage.public_name = "First look"
    house.application.stage.save()
    read = text(client.get(address, {"application": house.application.public_id}))
    assert "Dear Nora Known, you are at First look." in read
    for public_id in (house.other_application.public_id, "x" * 16, "\x00"):
        forged = text(client.get(address, {"application": public_id}))
        assert "Hidden" not in forged
        assert "Dear" not in forged
    assert sign_in(house.manager).get(address).status_code == 404


def test_words_about_a_test_are_tried_with_the_first_test_of_the_job(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    typed = {"subject": "{{ test_name }}", "body": "{{ minutes }} minutes.\n\n{{ link }}", "button": "Go on"}
    test = words("test_invitation")

    listed = text(client.get(MAIL))
    looked = text(client.post(test, {**typed, "look": "1", "application": house.application.public_id}))
    answer = {**typed, "body": "{{ decision }} {{ answer }}\n\n{{ link }}"}
    answered = text(
        client.post(
            words("accommodation_answer"),
            {**answer, "look": "1", "application": house.application.public_id},
        )
    )

    assert "Invitation to a test" in listed
    assert f"<b>{house.assessment.name}</b>" in looked
    assert "<p>40 minutes.</p>" in looked
    assert "Here stands the button “Go on”" in looked
    assert "We can offer what you asked for. (Here stands what your colleague answers.)" in answered


def test_words_about_a_test_of_a_job_without_one_say_so(house: House, sign_in: SignIn) -> None:
    typed = {"subject": "x", "body": "x\n\n{{ link }}", "button": "Go on", "look": "1"}
    page = "/admin/jobs/secret/mail/words/?kind=test_reminder&language=en&name="

    looked = sign_in(house.other_recruiter).post(
        page, {**typed, "application": house.other_application.public_id}
    )

    assert "No stage of “Secret project” has a published test" in text(looked)
