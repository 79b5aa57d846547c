"""Questions that were chosen in a list as a file, whichever banks they are in."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor
from outbox.models import Event, Work
from outbox.operations import run_due_work
from questions.enums import Kind
from questions.formats import WRITERS
from questions.models import Question
from questions.operations.reading import parse
from questions.operations.taking_out import do_chosen_export, queue_chosen_export
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_bank, make_question, make_questions

pytestmark = pytest.mark.django_db(transaction=True)
EXPORT = reverse("questions:many", args=["export"])


def signed_in(role: Role = Role.QUESTION_AUTHOR) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def taken(client: Client, chosen: dict[str, object], name: str = "json") -> tuple[Work, bytes]:
    """Choose questions, confirm the preview twice, let a worker do it, and fetch the file."""
    frozen = client.post(EXPORT, chosen).context["frozen"].initial
    for _twice in range(2):
        response = client.post(EXPORT, {**frozen, "confirm": "1", "format": name})
    while run_due_work(now=timezone.now()):
        pass
    work = Work.objects.get()
    assert response["Location"] == reverse("outbox:work", args=[work.public_id])
    fetched = client.post(reverse("outbox:work-file", args=[work.public_id]))
    return work, b"".join(fetched.streaming_content) if fetched.streaming else fetched.content


def test_chosen_questions_of_several_banks_are_in_the_file_and_the_history_says_so() -> None:
    one, other, left = make_question(), make_question(), make_question()
    client = signed_in()
    preview = client.post(EXPORT, {"ids": [one.pk, other.pk]}).content.decode()
    assert "The history says who fetched it." in preview
    assert "Nothing is changed yet" not in preview

    work, content = taken(client, {"ids": [one.pk, other.pk]})

    assert {each.external_id for each in parse(content, "json").questions} == {
        one.external_id,
        other.external_id,
    }
    assert left.external_id.encode() not in content
    (event,) = Event.objects.filter(kind="export.made")
    assert event.data == {"list": "questions", "format": "json", "count": 2, "filters": ["chosen"]}
    page = client.get(reverse("outbox:work", args=[work.public_id])).content.decode()
    assert "2 questions are in the file. Nothing of them is lost." in page
    assert "Download questions.json" in page
    assert Event.objects.filter(kind="work.file_fetched").count() == 1


def test_everything_that_is_filtered_is_in_the_file() -> None:
    rows = make_questions(3)
    make_question()

    _work, content = taken(signed_in(), {"everyone": "1", "query": f"bank={rows[0].bank_id}"})

    assert {each.external_id for each in parse(content, "json").questions} == {
        each.external_id for each in rows
    }


@pytest.mark.parametrize("name", list(WRITERS))
def test_every_format_is_made_and_says_what_it_does_not_hold(name) -> None:
    bank = make_bank()
    single, open_one = make_question(bank), make_question(bank, kind=Kind.OPEN)

    work, content = taken(signed_in(), {"ids": [single.pk, open_one.pk]}, name)

    assert content
    losses = {row["column"] for row in work.result["remarks"]["rows"]}
    assert losses <= {single.external_id, open_one.external_id}
    if name in ("json", "yaml"):
        assert not losses
    # A line for each question, and none for a part of it.
    assert len(work.result["remarks"]["rows"]) == len(losses)
    if name == "aiken":
        assert open_one.external_id in losses
        assert "1 question is in the file. 1 is left out." in work.result["summary"]


def test_what_the_file_would_not_hold_is_seen_before_it_is_made() -> None:
    bank = make_bank()
    single, open_one = make_question(bank), make_question(bank, kind=Kind.OPEN)
    client = signed_in()
    chosen = client.post(EXPORT, {"ids": [single.pk, open_one.pk]})
    assert "What the file would not hold" not in chosen.content.decode()

    frozen = chosen.context["frozen"].initial
    aiken, everything = (
        client.post(EXPORT, {**frozen, "look": "1", "format": name}) for name in ("aiken", "json")
    )

    losses = {row.question.pk: words for row, words, _change in aiken.context["rows"]}
    assert losses[open_one.pk] == ["Not in the file. The format has no open questions."]
    assert losses[single.pk][0].startswith("Not kept: ")
    assert "The format has no open questions." in aiken.content.decode()
    assert "Nothing of these questions is lost." in everything.content.decode()
    assert not Work.objects.exists()
    assert not Event.objects.filter(kind="export.made").exists()


def test_file_is_made_of_more_questions_than_are_changed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("questions.views.bulk.BULK_LIMIT", 2)
    monkeypatch.setattr("questions.views.bulk.SHOWN", 2)
    monkeypatch.setattr("questions.operations.exporting._PART", 2)
    rows = make_questions(5)
    client = signed_in()
    everyone = {"everyone": "1", "query": f"bank={rows[0].bank_id}"}
    other = client.post(reverse("questions:many", args=["retire"]), everyone, follow=True)
    assert "At most 2 questions at once." in other.content.decode()
    frozen = client.post(EXPORT, everyone).context["frozen"].initial
    preview = client.post(EXPORT, {**frozen, "look": "1", "format": "gift"}).content.decode()
    assert "and 3 more questions" in preview
    assert "of the others is told with the file, question by question" in preview

    work, content = taken(client, everyone)

    assert {one.external_id for one in parse(content).questions} == {row.external_id for row in rows}
    assert (work.done, work.total) == (5, 5)


def test_file_that_is_too_large_to_come_in_again_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = make_questions(3)
    monkeypatch.setattr("questions.formats.limits.QUESTIONS", 2)

    work, _content = taken(signed_in(), {"ids": [row.pk for row in rows]})

    assert work.result["warnings"] == [
        "A file that is taken in here has 2 questions at most. Split this one before you do, or let"
        " “manage.py export_questions --parts” write several."
    ]


def test_more_than_a_file_takes_are_refused_with_the_way_that_takes_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for place in ("operations.taking_out", "views.bulk"):
        monkeypatch.setattr(f"questions.{place}.CHOSEN_LIMIT", 2)
    rows = make_questions(3)
    said = "At most 2 questions at once. The page of a bank exports all of its questions."

    page = signed_in().post(EXPORT, {"everyone": "1", "query": ""}, follow=True).content.decode()

    assert said in page
    with pytest.raises(ValidationError, match=r"At most 2 questions at once\."):
        queue_chosen_export(
            question_ids=[row.pk for row in rows],
            name="json",
            back={},
            intent="x",
            by=Actor.of_user(make_user(Role.QUESTION_AUTHOR)),
            now=NOW,
        )


def test_one_id_in_two_banks_is_said_and_what_went_meanwhile_is_counted() -> None:
    one, other, gone = make_question(), make_question(), make_question()
    Question.objects.filter(pk__in=[one.pk, other.pk]).update(external_id="same")
    author = Actor.of_user(make_user(Role.QUESTION_AUTHOR))
    queue_chosen_export(
        question_ids=[one.pk, other.pk, gone.pk], name="json", back={}, intent="x", by=author, now=NOW
    )
    bank = gone.bank
    bank.arriving_for = "another work"
    bank.save()

    while run_due_work(now=timezone.now()):
        pass

    assert Work.objects.get().result["warnings"] == [
        "Questions that are not there any more, and so not in the file: 1.",
        "Questions of several banks have the same id: same. Who imports the file gives each an id of its own first.",
    ]


def test_only_authors_take_questions_out() -> None:
    question = make_question()
    recruiter, author = make_user(Role.RECRUITER), make_user(Role.QUESTION_AUTHOR)
    asked = {"question_ids": [question.pk], "name": "json", "back": {}, "intent": "x", "now": NOW}
    assert signed_in(Role.RECRUITER).post(EXPORT, {"ids": [question.pk]}).status_code == 403
    with pytest.raises(PermissionDenied):
        queue_chosen_export(by=Actor.of_user(recruiter), **asked)
    with pytest.raises(PermissionDenied):
        queue_chosen_export(by=Actor.system(), **asked)
    work = queue_chosen_export(by=Actor.of_user(author), **asked)
    with pytest.raises(ValidationError):
        do_chosen_export(work, Actor.of_user(recruiter), lambda _done, _total: None, now=NOW)
    assert not Event.objects.filter(kind="export.made").exists()
