"""Questions come in and go out as files on the page of a bank; a worker does both."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from outbox.models import Event, Work
from outbox.operations import run_due_work
from questions.models import ImportLine, Question, QuestionBank
from tests.factories.accounts import make_user
from tests.factories.questions import make_bank, make_question

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = b"::One::Which? {=a ~b}\n\n::Two::Else? {=a ~b ~c}\n"


@pytest.fixture
def bank() -> QuestionBank:
    return make_bank("bank")


def signed_in(role: Role = Role.QUESTION_AUTHOR) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def worked() -> Work:
    from django.utils import timezone

    while run_due_work(now=timezone.now()):
        pass
    return Work.objects.latest("pk")


def checked(client: Client, content: bytes, **fields: str) -> Work:
    upload = SimpleUploadedFile("x.gift", content)
    data = {"file": upload, "format": "auto", "level": "junior", "token": "one", **fields}
    response = client.post(reverse("questions:import", args=["bank"]), data)
    assert response.status_code == 302, response.content.decode()
    return worked()


def test_file_is_checked_looked_over_and_imported(bank: QuestionBank) -> None:
    client = signed_in()
    page = reverse("questions:import", args=["bank"])
    assert "Check the file" in client.get(page).content.decode()
    check = checked(client, GOOD)
    assert (check.state, check.result["ok"]) == ("done", True)
    assert not Question.objects.exists()
    shown = client.get(check.result["next"]["url"]).content.decode()
    assert "What importing x.gift does" in shown
    assert "2 questions say no level" in shown

    for _again in range(2):
        response = client.post(page, {"check": check.public_id})
    work = worked()
    assert response["Location"] == reverse("outbox:work", args=[work.public_id])
    assert (work.state, Question.objects.filter(bank=bank, status="draft").count()) == ("done", 2)
    assert "2 new" in client.get(response["Location"]).content.decode()
    assert Work.objects.filter(kind="questions.import").count() == 1


def test_what_is_wrong_is_shown_by_its_place_and_keeps_all_of_it_out(bank: QuestionBank) -> None:
    client = signed_in()
    check = checked(client, GOOD + b"\n::Three::No key? {~a ~b}\n")
    assert check.result["ok"] is False
    shown = client.get(check.result["next"]["url"]).content.decode()
    assert "No option is right. Mark the one that is." in shown
    assert "Import the questions" not in shown
    client.post(reverse("questions:import", args=["bank"]), {"check": check.public_id})
    worked()
    assert not Question.objects.exists()


def shown_by(client: Client, check: Work, **wanted: str) -> str:
    page = reverse("questions:import", args=["bank"])
    return client.get(page, {"check": check.public_id, **wanted}).content.decode()


def test_report_shows_one_kind_of_line_at_a_time_with_its_place_in_columns(bank: QuestionBank) -> None:
    client = signed_in()
    table = b"stem,A,B,correct,points\nWhich?,a,b,A,2\nNone?,a,b,,1\nElse?,a,b,C,\n"
    check = checked(client, table)
    assert check.result["found"] == {"refused": 2, "warning": 1, "skipped": 0, "new": 1, "changed": 0}
    # What is wrong comes first.
    errors = shown_by(client, check)
    assert '<td class="number">3</td><td>D (correct)</td><td>No option is right.' in errors
    assert '<td class="number">4</td><td>D (correct)</td><td>“C” is no option.' in errors
    assert "Points were left out" not in errors
    assert "Points were left out (questions: 2)" in shown_by(client, check, show="warning")
    new = shown_by(client, check, show="new")
    assert "<p>Which?</p>" in new
    assert "Row 2 · " in new
    assert shown_by(client, check, show="nonsense", page="x").count("No option is right.") == 1


def test_changed_question_shows_what_differs_from_the_one_that_is_here(bank: QuestionBank) -> None:
    question = make_question(bank, stem="Which one is it?", right="b", last="d")
    client = signed_in()
    headers = b"external_id,stem,A,B,C,D,correct,level,tags\n"
    row = f"{question.external_id},Which two is it?,Option a,Another b,Option c,Option d,A,fresher,web\n"
    check = checked(client, headers + row.encode())

    shown = shown_by(client, check, show="changed")

    assert "one</del>" in shown
    assert "two</ins>" in shown
    assert "Choosing it earned nothing and now earns the whole mark." in shown
    assert "Level: it was “Junior” and is “Fresher”." in shown
    assert "Tags: it was “–” and is “web”." in shown
    assert "As candidates will see it" in shown
    # A new one has nothing to differ from.
    new = checked(client, headers + row.replace(question.external_id, "new").encode(), token="new")
    assert "</del>" not in shown_by(client, new, show="new")


def test_thousands_of_lines_are_shown_page_by_page(bank: QuestionBank) -> None:
    client = signed_in()
    rows = b"".join(b"Which %d?,a,b,C\n" % number for number in range(250))
    check = checked(client, b"stem,A,B,correct\n" + rows)
    assert ImportLine.objects.filter(work=check, found="refused").count() == 250
    assert "201 to 250 of 250" in shown_by(client, check, page="3")
    assert shown_by(client, check, page="2").count("is no option.") == 100


@pytest.mark.parametrize(
    ("name", "wanted"), [("import", {"show": "refused"}), ("import", {"show": "new"}), ("export", {})]
)
def test_pages_ask_as_often_for_three_lines_as_for_one(
    bank: QuestionBank, name: str, wanted: dict[str, str]
) -> None:
    client = signed_in()

    def queries(count: int) -> int:
        lines = "".join(f"Which {number}?,a,b,A\nNone {number}?,a,b,\n" for number in range(count))
        check = checked(client, b"stem,A,B,correct\n" + lines.encode(), token=str(count))
        page = reverse(f"questions:{name}", args=["bank"])
        client.get(page)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page, {"check": check.public_id, **wanted}).status_code == 200
        return len(asked)

    assert queries(1) == queries(3)


def test_same_file_is_checked_again_with_other_choices_which_are_kept(bank: QuestionBank) -> None:
    client = signed_in()
    page = reverse("questions:import", args=["bank"])
    check = checked(client, GOOD + b"\n::Three::No key? {~a ~b}\n", level="experienced")
    shown = shown_by(client, check)
    assert "x.gift is checked again with what you choose below" in shown
    assert '<option value="experienced" selected>' in shown
    wanted = {"format": "auto", "level": "experienced", "leaves_out": "on", "token": "two"}
    client.post(page, {"check": check.public_id, "again": "1", **wanted})
    again = worked()
    assert (again.result["ok"], again.arguments["choices"]["leaves_out"]) == (True, True)
    client.post(page, {"check": again.public_id})
    worked()
    assert list(Question.objects.values_list("level", flat=True)) == ["experienced"] * 2
    # Without the file that was kept one has to be chosen, and what was typed stays.
    again.file.delete()
    refused = client.post(page, {"check": again.public_id, "again": "1", **wanted}).content.decode()
    assert "This field is required" in refused
    assert '<option value="experienced" selected>' in refused


def test_lines_are_forgotten_with_their_file(bank: QuestionBank) -> None:
    client = signed_in()
    first = checked(client, GOOD)
    assert ImportLine.objects.filter(work=first).count() == 2
    Work.objects.filter(pk=first.pk).update(file="")
    second = checked(client, GOOD, token="two")
    assert set(ImportLine.objects.values_list("work", flat=True)) == {second.pk}
    assert "What was found" not in shown_by(client, first)


@pytest.mark.parametrize(
    "content",
    [b"<!DOCTYPE x [<!ENTITY a 'b'>]><quiz>&a;</quiz>", b"\x00\x01\x02", b"PK\x03\x04broken"],
    ids=["entities", "binary", "broken_zip"],
)
def test_hostile_file_is_refused_with_words(bank: QuestionBank, content: bytes) -> None:
    check = checked(signed_in(), content)
    assert check.state == "failed"
    assert check.reason
    assert not Question.objects.exists()


def test_what_a_file_would_not_hold_is_seen_before_it_is_made(bank: QuestionBank) -> None:
    make_question(bank)
    client = signed_in()
    client.post(
        reverse("questions:export", args=["bank"]),
        {"format": "gift", "which": "current", "token": "one", "look": "1"},
    )
    work = worked()
    assert (work.state, work.file_name) == ("done", "")
    shown = client.get(reverse("outbox:work", args=[work.public_id])).content.decode()
    assert "1 question would be in the file. None is made yet." in shown
    assert "Not kept: level" in shown
    assert not Event.objects.filter(kind="export.made").exists()


def test_file_is_made_and_fetched_by_whoever_asked(bank: QuestionBank) -> None:
    make_question(bank, stem="Which one?")
    client = signed_in()
    page = reverse("questions:export", args=["bank"])
    client.post(page, {"format": "gift", "which": "current", "token": "one"})
    work = worked()
    assert (work.state, work.file_name) == ("done", "bank.gift")
    shown = client.get(reverse("outbox:work", args=[work.public_id])).content.decode()
    assert "Not kept: level" in shown
    fetched = client.post(reverse("outbox:work-file", args=[work.public_id]))
    assert b"Which one?" in b"".join(fetched)  # type: ignore[arg-type]
    assert Event.objects.filter(kind="export.made", about_id=bank.pk).count() == 1
    assert Event.objects.filter(kind="work.file_fetched").count() == 1


@pytest.mark.parametrize("role", [Role.RECRUITER, Role.ANALYST])
@pytest.mark.parametrize("name", ["import", "export"])
def test_nobody_but_authors_takes_questions_in_or_out(bank: QuestionBank, role: Role, name: str) -> None:
    page = reverse(f"questions:{name}", args=["bank"])
    client = signed_in(role)
    assert (client.get(page).status_code, client.post(page, {}).status_code) == (403, 403)


def test_page_of_a_bank_leads_to_both_for_authors_alone(bank: QuestionBank) -> None:
    page = reverse("admin:questions_questionbank_change", args=[bank.pk])
    address = reverse("questions:import", args=["bank"])
    assert address in signed_in().get(page).content.decode()
    assert address not in signed_in(Role.RECRUITER).get(page).content.decode()
