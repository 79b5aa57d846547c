"""Writing to one person and to many: the desk, what is looked at, what is sent, and taking it back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Actor
from accounts.operations import set_role_rules
from hiring.enums import ApplicationStatus, Capability, JobRole
from hiring.rules import LETTERS_SHOWN, job_scope
from outbox.enums import MessageState
from outbox.models import Message, Work
from outbox.operations import run_due_work
from tests.factories.hiring import make_application, make_letter, set_status
from tests.hiring.pages.house import House, SignIn

MANY = "/admin/jobs/backend/write/"
# Session, colleague and roles, signs of the shell, the job and whether it is theirs; the people chosen; the letters to
# begin with; who gets it with their addresses, and the organisation.
QUERIES = 13
TYPED = {
    "subject": "About {{ job_title }}",
    "body": "Dear {{ candidate_name }}, call us.",
    "language": "en",
    "reply_to": "me",
    "send_at": "",
    "template": "",
}


def hidden(page: str) -> dict[str, str]:
    return dict(
        re.findall(r'<input type="hidden" name="(ids|token|seen|query|everyone)" value="([^"]*)"', page)
    )


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def look(client: Client, address: str, before: str, **fields: str) -> str:
    return text(client.post(address, {**hidden(before), **TYPED, "look": "1", **fields}))


def test_a_letter_to_one_person_is_looked_at_then_sent_then_taken_back(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    make_letter("Welcome", subject="Saved subject", body="Saved words for {{ candidate_name }}")
    application = f"/admin/applications/{house.application.public_id}/"

    assert f'href="{application}write/"' in text(client.get(application))
    page = text(client.get(f"{application}write/"))
    assert "Welcome (English)" in page
    assert 'name="confirm"' not in page
    template = re.search(r'<option value="(\d+)">Welcome', page)
    assert template is not None
    begun = text(
        client.post(f"{application}write/", {**hidden(page), **TYPED, "use": "1", "template": template[1]})
    )
    assert "Saved words for {{ candidate_name }}" in begun
    looked = look(client, f"{application}write/", begun)
    assert "Dear Nora Known, call us." in looked
    assert house.recruiter.email in looked
    changed = client.post(
        f"{application}write/", {**hidden(looked), **TYPED, "body": "Something else", "confirm": "1"}
    )
    assert "The letter was changed since you looked at it" in text(changed)
    assert not Message.objects.filter(kind="letter").exists()
    sent = client.post(f"{application}write/", {**hidden(looked), **TYPED, "confirm": "1"}, follow=True)

    assert "The letter “About Backend engineer” goes out" in text(sent)
    message = Message.objects.get(kind="letter")
    back = client.post(f"{application}mail/{message.public_id}/cancel/", follow=True)
    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED
    assert "The mail is cancelled" in text(back)
    assert "Take it back" not in text(client.get(f"{application}?sent={message.public_id}"))


def test_what_is_wrong_with_a_letter_stands_at_its_field_and_nothing_typed_is_lost(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    address = f"/admin/applications/{house.application.public_id}/write/"

    page = look(client, address, "", body="Dear {{ nmae }}, a long story")
    assert "There is no merge field “nmae”" in page
    assert "Dear {{ nmae }}, a long story" in page
    page = look(client, address, "", body="You are at {{ stage_name }}")
    assert (
        "Nora Known: There is nothing to put in the place of a field of the text: {{ stage_name }}." in page
    )
    assert 'name="confirm"' not in page


def test_many_are_written_to_after_a_look_at_each_and_taken_back_together(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    rows = [
        make_application(house.job, full_name=f"Person {number:02}") for number in range(LETTERS_SHOWN + 1)
    ]
    gone = set_status(make_application(house.job, full_name="Gone Away"), ApplicationStatus.WITHDRAWN)

    first = text(client.post(MANY, {"ids": [row.public_id for row in [*rows, gone]]}))
    assert "Gone Away" in first
    assert "Has withdrawn the application" in first
    looked = look(client, MANY, first)
    assert looked.count("Dear Person") == LETTERS_SHOWN
    second = look(client, MANY, looked, page="2")
    assert f"Dear Person {LETTERS_SHOWN:02}, call us." in second
    assert second.count("Dear Person") == 1
    assert f"Send {LETTERS_SHOWN + 1} letters" in second
    sent = client.post(MANY, {**hidden(second), **TYPED, "confirm": "1"})
    again = client.post(MANY, {**hidden(second), **TYPED, "confirm": "1"})
    assert sent.url == again.url  # type: ignore[attr-defined]
    assert "The letters are being written." in text(client.get(sent.url))  # type: ignore[attr-defined]
    run_due_work(now=timezone.now() + timedelta(seconds=1))
    work = Work.objects.get()
    assert (work.result["mailed"], work.result["next"]["url"]) == (LETTERS_SHOWN + 1, sent.url)  # type: ignore[attr-defined]

    assert f"{LETTERS_SHOWN + 1} letters wait." in text(client.get(sent.url))  # type: ignore[attr-defined]
    assert sign_in(house.other_recruiter).get(sent.url).status_code == 404  # type: ignore[attr-defined]
    back = text(client.post(f"{sent.url}take-back/", follow=True))  # type: ignore[attr-defined]
    assert f"{LETTERS_SHOWN + 1} letters are taken back. They do not go out." in back
    assert "These letters were taken back." in back
    assert not Message.objects.filter(batch=work.public_id, state=MessageState.QUEUED).exists()


def test_everybody_on_the_board_is_written_to_as_it_is_narrowed_down(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    make_application(house.job, full_name="Olga Other", source="referral")

    board = text(client.get("/admin/jobs/backend/board/?source=referral"))
    assert f'action="{MANY}"' in board
    page = text(client.post(MANY, hidden(board)))

    assert "1 person gets it" in page
    looked = look(client, MANY, page)
    assert "Dear Olga Other, call us." in looked
    assert "Nora" not in looked


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_the_same_for_one_and_for_three(
    house: House, sign_in: SignIn, count: int, django_assert_num_queries: object
) -> None:
    client = sign_in(house.recruiter)
    rows = [make_application(house.job) for _ in range(count)]
    data = {**TYPED, "look": "1", "ids": [row.public_id for row in rows]}
    client.post(MANY, data)

    with django_assert_num_queries(QUERIES):  # type: ignore[operator]
        page = client.post(MANY, data)

    assert text(page).count("mail-plain") == count


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def kept_of(page: str) -> list[str]:
    return re.findall(r'name="kept" value="([^"]*)" checked', page)


def test_files_are_looked_at_kept_through_errors_and_go_with_the_letter(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    address = f"/admin/applications/{house.application.public_id}/write/"
    good = SimpleUploadedFile("Plan.pdf", PDF)
    bad = SimpleUploadedFile("Offer.pdf", b"<html><script>alert(1)</script></html>")

    page = text(client.post(address, {**TYPED, "subject": "", "look": "1", "attached": [good, bad]}))
    assert "“Offer.pdf” is called a PDF, but holds something else." in page
    [kept] = kept_of(page)
    looked = text(client.post(address, {**hidden(page), **TYPED, "look": "1", "kept": [kept]}))
    assert "Plan.pdf" in looked
    # What another colleague's form names is nobody else's to send.
    other = text(sign_in(house.administrator).post(address, {**TYPED, "look": "1", "kept": [kept]}))
    assert "One of the files is not there any more. Choose it again." in other
    client.post(address, {**hidden(looked), **TYPED, "confirm": "1", "kept": kept_of(looked)})

    message = Message.objects.get(kind="letter")
    [attachment] = message.attachments.all()
    assert (attachment.filename, attachment.media_type, attachment.size) == (
        "Plan.pdf",
        "application/pdf",
        len(PDF),
    )
    with attachment.file.open("rb") as file:
        assert file.read() == PDF
    assert "Plan.pdf" in text(client.get(f"/admin/mail/{message.public_id}/"))


def test_more_than_five_files_or_ten_megabytes_are_refused(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    address = f"/admin/applications/{house.application.public_id}/write/"

    many = [SimpleUploadedFile(f"{number}.pdf", PDF) for number in range(7)]
    assert "At most 5 files go with a mail." in text(
        client.post(address, {**TYPED, "look": "1", "attached": many})
    )
    large = [SimpleUploadedFile(f"{number}.pdf", PDF + b" " * 5_500_000) for number in range(2)]
    page = text(client.post(address, {**TYPED, "look": "1", "attached": large}))
    assert "larger than 10 MB together" in page
    assert 'name="confirm"' not in page


def test_people_of_the_list_of_applications_are_written_to_where_one_recruits(
    house: House, sign_in: SignIn
) -> None:
    listed = "/admin/hiring/application/"
    rows = [house.application, house.other_application]
    action = {"action": "write_letters", "_selected_action": [row.pk for row in rows]}

    scope = {"scope": job_scope(house.job.pk), "subject": "Of the job"}
    make_letter("Welcome"), make_letter("Welcome", **scope)

    assert "write_letters" not in text(sign_in(house.manager).get(listed))
    client = sign_in(house.recruiter)
    assert "write_letters" in text(client.get(listed))
    page = text(client.post(listed, action, follow=True))
    assert "1 person gets it" in page
    assert "has the words of “Backend engineer” where the job has its own" in page
    assert "Welcome (English), in the job&#x27;s own words</option>" in page
    page = text(sign_in(house.administrator).post(listed, action, follow=True))
    assert "2 people get it" in page
    assert "These people are of several jobs" in page
    assert "Welcome (English)</option>" in page
    looked = look(sign_in(house.administrator), "/admin/letters/write/", page)
    sent = sign_in(house.administrator).post(
        "/admin/letters/write/", {**hidden(looked), **TYPED, "confirm": "1"}, follow=True
    )
    run_due_work(now=timezone.now() + timedelta(seconds=1))

    assert "The letters are being written." in text(sent)
    assert set(Message.objects.filter(kind="letter").values_list("about_id", "subject")) == {
        (house.application.pk, "About Backend engineer"),
        (house.other_application.pk, "About Secret project"),
    }
    # A forged choice reaches nobody of another job.
    forged = f"/admin/letters/write/?ids={house.application.public_id},{house.other_application.public_id}"
    assert "Hidden Person" not in text(client.get(forged))
    assert sign_in(house.manager).get(forged).status_code == 404


def test_a_hiring_manager_writes_where_the_installation_lets_them(house: House, sign_in: SignIn) -> None:
    make_letter("Welcome")
    address = f"/admin/applications/{house.application.public_id}/write/"
    assert sign_in(house.manager).get(address).status_code == 404
    allowed = {(JobRole.HIRING_MANAGER.value, Capability.MAIL.value): True}
    set_role_rules(allowed=allowed, by=Actor.of_user(house.administrator), now=timezone.now())

    client = sign_in(house.manager)
    page = text(client.get(address))
    assert "Welcome (English)" in page
    looked = look(client, address, page)
    client.post(address, {**hidden(looked), **TYPED, "confirm": "1"})
    message = Message.objects.get(kind="letter")
    assert message.created_by == house.manager
    client.post(f"/admin/applications/{house.application.public_id}/mail/{message.public_id}/cancel/")

    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED
    # Their other job is none of theirs to write for.
    other = f"/admin/applications/{house.other_application.public_id}/write/"
    assert client.get(other).status_code == 404
