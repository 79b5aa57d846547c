"""A table of others is uploaded: the page asks what its columns are, and remembers it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from outbox.models import Work
from questions.models import Question, QuestionBank
from rendering.tables import write_csv
from tests.factories.questions import make_bank
from tests.questions.formats.test_table_columns import HEADERS, ROWS
from tests.questions.pages.test_files import checked, signed_in, worked

pytestmark = pytest.mark.django_db(transaction=True)

CHOSEN = {
    "column-A": "stem",
    "column-B": "option_1",
    "column-C": "option_2",
    "column-D": "correct_letters",
    "column-E": "",
}


@pytest.fixture
def bank() -> QuestionBank:
    return make_bank("bank")


def asked(client: Client, headers: list[str] = HEADERS) -> Work:
    check = checked(client, write_csv(headers, ROWS), token=f"{headers}")
    assert check.result["next"]["url"] == page_of(check)
    return check


def page_of(check: Work) -> str:
    return reverse("questions:import-columns", args=["bank", check.public_id])


def test_columns_are_asked_for_said_remembered_and_used_again(bank: QuestionBank) -> None:
    client = signed_in()
    check = asked(client)
    shown = client.get(page_of(check)).content.decode()
    assert "Look at each, and say what it is." in shown
    assert "<li>Welche?</li><li>Wie?</li>" in shown
    response = client.post(page_of(check), {**CHOSEN, "token": "two"})
    again = worked()
    assert response["Location"] == reverse("outbox:work", args=[again.public_id])
    assert (again.result["ok"], again.result["report"]["counts"]["new"]) == (True, 2)

    # The same headings in another order, of the same colleague.
    turned = checked(client, write_csv(HEADERS[::-1], [row[::-1] for row in ROWS]), token="three")
    assert (turned.result["ok"], turned.result["is_remembered"]) == (True, True)
    report = client.get(turned.result["next"]["url"]).content.decode()
    assert "as you said last time" in report
    assert page_of(turned) in report
    assert 'value="correct_letters" selected' in client.get(page_of(turned)).content.decode()
    client.post(reverse("questions:import", args=["bank"]), {"check": turned.public_id})
    assert worked().state == "done"
    assert Question.objects.filter(bank=bank).count() == 2


def test_columns_of_the_check_are_imported_whatever_is_said_meanwhile(bank: QuestionBank) -> None:
    client = signed_in()
    check = asked(client)
    client.post(page_of(check), {**CHOSEN, "token": "two"})
    good = worked()
    User.objects.update(list_columns={})
    client.post(reverse("questions:import", args=["bank"]), {"check": good.public_id})
    assert worked().state == "done"
    assert Question.objects.filter(bank=bank).count() == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"column-A": ""}, "No column is “Text of the question”."),
        ({"column-E": "option_1"}, "Column “Antwort 1” is “Option A” already."),
        ({"column-E": "correct_texts"}, "Column “Lösung” is “Right options, by their texts” already."),
        ({"column-E": "nonsense"}, "Select a valid choice"),
    ],
)
def test_wrong_choice_is_told_at_its_column_and_keeps_the_others(
    bank: QuestionBank, changed: dict[str, str], words: str
) -> None:
    client = signed_in()
    check = asked(client)
    before = Work.objects.count()
    shown = client.post(page_of(check), CHOSEN | changed).content.decode()
    assert words in shown
    assert 'value="option_2" selected' in shown
    assert Work.objects.count() == before


def test_file_that_is_gone_is_told(bank: QuestionBank) -> None:
    client = signed_in()
    check = asked(client)
    Work.objects.filter(pk=check.pk).update(file="", result={})
    response = client.get(page_of(check), follow=True)
    assert "not kept any more. Upload it again." in response.content.decode()


def test_file_of_another_bank_or_colleague_is_not_found(bank: QuestionBank) -> None:
    make_bank("other")
    client = signed_in()
    check = asked(client)
    assert signed_in().get(page_of(check)).status_code == 404
    other = reverse("questions:import-columns", args=["other", check.public_id])
    assert client.get(other).status_code == 404


def test_work_that_waits_shows_its_progress(bank: QuestionBank) -> None:
    client = signed_in()
    check = asked(client)
    Work.objects.filter(pk=check.pk).update(state="queued", result={})
    assert client.get(page_of(check))["Location"] == reverse("outbox:work", args=[check.public_id])
