"""One thing done with many questions: a preview first, then long work."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from outbox.models import Event, Work
from outbox.operations import run_due_work
from questions import operations
from questions.enums import BulkAction, Status
from questions.models import Question
from questions.operations.bulk import do_bulk
from questions.queries.bulk import left_out
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_question, make_questions

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def author() -> Client:
    client = Client()
    client.force_login(make_user(Role.QUESTION_AUTHOR))
    return client


def address(action: str) -> str:
    return reverse("questions:many", args=[action])


def confirmed(client: Client, action: str, chosen: dict[str, object], **values: object):
    """Say what the action wants to know, look at the preview, then confirm it as its form would."""
    chosen_of = client.post(address(action), chosen)
    frozen = chosen_of.context["frozen"].initial
    preview = client.post(address(action), {**frozen, "look": "1", **values})
    return preview, lambda: client.post(address(action), {**frozen, "confirm": "1", **values})


def done(action: BulkAction, questions: list[Question], **values: object) -> tuple[Work, dict]:
    work = operations.queue_bulk(
        action=action,
        seen=[(each.pk, each.edit) for each in questions],
        values=values,
        intent=action.value,
        by=SYSTEM,
        now=NOW,
    )
    return work, do_bulk(work, SYSTEM, lambda _done, _total: None, now=NOW)


def fresh(*questions: Question) -> list[Question]:
    found = Question.objects.in_bulk([each.pk for each in questions])
    return [found[each.pk] for each in questions]


def test_tags_are_changed_after_a_preview_and_what_changed_meanwhile_is_named(author) -> None:
    one, other = fresh(*make_questions(2))
    preview, confirm = confirmed(author, "tag", {"ids": [one.pk, other.pk]}, add="old,  to  mend", take="")
    operations.let_rest(question=other, by=SYSTEM, now=NOW)

    response = confirm()
    again = confirm()
    assert run_due_work(now=Work.objects.get().due_at) == 1

    assert preview.context["count"] == 2
    assert not Event.objects.filter(kind="question.changed", about_id=other.pk).exists()
    assert response.url == again.url
    work = Work.objects.get()
    assert sorted(one.tags.values_list("name", flat=True)) == ["old", "to mend"]
    assert not other.tags.exists()
    (named,) = left_out(SYSTEM, work)
    assert (named.who, named.why) == (other.external_id, "Somebody changed it meanwhile.")


def test_every_question_that_matches_is_meant_where_that_is_ticked(author) -> None:
    rows = make_questions(3)
    make_question()

    preview = author.post(
        address("level"), {"everyone": "1", "query": f"bank={rows[0].bank_id}", "ids": [rows[0].pk]}
    )

    assert preview.context["count"] == 3


@pytest.mark.parametrize(
    ("action", "values", "holds"),
    [
        (BulkAction.LEVEL, {"level": "experienced"}, lambda each: each.level == "experienced"),
        (BulkAction.DIFFICULTY, {"difficulty": 5}, lambda each: each.intended_difficulty == 5),
        (BulkAction.RETIRE, {}, lambda each: each.status == Status.RETIRED),
        (BulkAction.REST, {}, lambda each: each.rested_at is not None),
        (BulkAction.LEAKED, {"note": "On a forum"}, lambda each: each.leaked_note == "On a forum"),
    ],
)
def test_each_action_does_what_it_says_once_with_an_event_each(action, values, holds) -> None:
    rows = fresh(*make_questions(2))
    about = Event.objects.filter(about="questions.question")
    before = about.count()

    work, result = done(action, rows, **values)
    again = do_bulk(work, SYSTEM, lambda _done, _total: None, now=NOW)

    assert all(holds(each) for each in fresh(*rows))
    assert (result["done"], again["done"], again["skipped"]) == (2, 2, [])
    assert about.count() == before + 2


def test_rest_and_leak_are_taken_back() -> None:
    (one,) = make_questions(1)
    operations.let_rest(question=one, by=SYSTEM, now=NOW)
    operations.flag_leaked(question=one, note="", by=SYSTEM, now=NOW)

    done(BulkAction.WAKE, fresh(one))
    done(BulkAction.CLEAR, fresh(one))

    (now,) = fresh(one)
    assert (now.rested_at, now.leaked_at) == (None, None)


def test_only_drafts_are_sent_to_review_and_the_others_are_named(author) -> None:
    draft, ready = fresh(make_question(ready=False), make_question())

    preview = author.post(address("review"), {"ids": [draft.pk, ready.pk]})
    _work, result = done(BulkAction.REVIEW, [draft, ready])

    assert (preview.context["count"], preview.context["skipped_count"]) == (1, 1)
    assert [each.status for each in fresh(draft, ready)] == [Status.IN_REVIEW, Status.READY]
    assert [row["question"] for row in result["skipped"]] == [ready.pk]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"add": "", "take": ""}, "Write a tag in one of the two fields."),
        ({"add": "a", "take": "a"}, "A tag is given or taken, not both."),
        ({"add": "x" * 51}, "Shorten each tag to 50 characters."),
    ],
)
def test_what_is_wrong_stands_on_the_preview_and_nothing_is_asked_for(author, values, words) -> None:
    question = make_question()
    _preview, confirm = confirmed(author, "tag", {"ids": [question.pk]}, **values)

    assert words in confirm().content.decode()
    assert not Work.objects.exists()


def test_nothing_chosen_leads_back_and_an_unknown_action_is_none(author) -> None:
    assert author.post(address("tag"), {"ids": ["x", "9" * 30]}).url == reverse("questions:questions")
    assert author.post(address("burn"), {}).status_code == 404


def test_many_questions_are_for_authors_alone() -> None:
    question, recruiter = make_question(), make_user(Role.RECRUITER)
    client = Client()
    client.force_login(recruiter)
    asked = {"seen": [(question.pk, 0)], "values": {}, "intent": "x", "now": NOW}

    assert client.post(address("rest"), {"ids": [question.pk]}).status_code == 403
    assert "With the questions chosen" not in client.get(reverse("questions:questions")).content.decode()
    with pytest.raises(PermissionDenied):
        operations.queue_bulk(action=BulkAction.REST, by=Actor.of_user(recruiter), **asked)
    with pytest.raises(ValidationError):
        operations.queue_bulk(action=BulkAction.REST, by=SYSTEM, **{**asked, "seen": []})
