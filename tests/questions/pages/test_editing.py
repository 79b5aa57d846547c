"""The one screen of a question: what it holds, what it says before it saves, and that it loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor, User
from questions import operations, queries
from questions.enums import Kind, Status
from questions.models import AnswerKey, Question
from questions.rules import KeyDraft, OptionDraft
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_bank, make_question, make_skill
from tests.questions.pages.typed import typed

pytestmark = pytest.mark.django_db

ADD = reverse("admin:questions_question_add")
OPTIONS = ("Option a", "Option b", "Option c")


@pytest.fixture
def user() -> User:
    return make_user(Role.QUESTION_AUTHOR, full_name="Ada Example")


@pytest.fixture
def author(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(question: Question) -> str:
    return reverse("admin:questions_question_change", args=[question.pk])


def shown(response: Any) -> dict[str, object]:
    """What the form would send if it were sent as it is shown."""
    form = response.context["form"]
    data: dict[str, object] = {}
    for field in form.facts:
        data[field.html_name] = field.value()
    for row in form.rows:
        data.setdefault("option", []).append(row.key)  # type: ignore[attr-defined]
        for field in row.form:
            data[field.html_name] = field.value()
    return {
        name: "on" if value is True else value for name, value in data.items() if value not in (None, False)
    }


SHARES = [
    (Kind.SINGLE, {"a": "1", "b": "1/2", "c": "0"}),
    (Kind.SINGLE, {"a": "1", "b": "1", "c": "-1/3"}),
    (Kind.MULTIPLE, {"a": "1/2", "b": "1/3", "c": "1/6"}),
    (Kind.MULTIPLE, {"a": "0.5", "b": "0.5", "c": "-1"}),
    (Kind.SINGLE, {code: str(int(code == "d")) for code in "abcdefghijkl"}),
]


@pytest.mark.parametrize(("kind", "shares"), SHARES)
def test_page_holds_whatever_a_file_brought_and_saving_it_untouched_changes_nothing(
    author, kind, shares
) -> None:
    places = ["first", "here", "", "last"] * 4
    question = operations.add_question(
        bank=make_bank(),
        external_id="foreign",
        kind=kind,
        level="junior",
        intended_difficulty=2,
        skills=[make_skill("python")],
        stem="Which one?\n\n```python\nx = 1\n```\n",
        options=[
            OptionDraft(code, f"Option {code}\n", place) for code, place in zip(shares, places, strict=False)
        ],
        key=KeyDraft(
            shares=shares,
            feedback={"a": "Two\nlines"},
            explanation="Because.\n",
            look_fors=["one\nentry of two lines"],
        ),
        by=Actor.system(),
        now=NOW,
    )
    operations.make_ready(question=question, by=Actor.system(), now=NOW)

    response = author.post(address(question), shown(author.get(address(question))))

    assert response.status_code == 302, response.context["faults"]
    version = question.versions.get()
    assert AnswerKey.objects.get().shares == shares
    assert [option["place"] for option in version.options] == places[: len(shares)]
    question.refresh_from_db()
    assert question.status == Status.READY


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("1/3", "1/3"),
        ("33.33333 %", "1/3"),
        ("33,33333%", "1/3"),
        ("0.333333", "1/3"),
        ("0.5", "1/2"),
        ("− 1 / 4", "-1/4"),
        ("100 %", "1"),
        ("0.45", "9/20"),
    ],
)
def test_share_is_exactly_what_was_meant(author, written, stored) -> None:
    data = typed(bank=make_bank().pk, external_id="two", kind="multiple", own_shares="on")

    response = author.post(ADD, data | {"o1-share": written, "o2-share": "1", "o3-share": ""})

    assert response.status_code == 302, response.context["faults"]
    assert AnswerKey.objects.get().shares == {"a": stored, "b": "1", "c": "0"}


@pytest.mark.parametrize("written", ["a third", "1/0", "2", "150 %", "1e9", "0x1", "1/3/3", "NaN"])
def test_share_that_is_none_is_said_at_its_row(author, written) -> None:
    data = typed(bank=make_bank().pk, own_shares="on") | {"o2-share": written, "o1-share": "1"}

    response = author.post(ADD, data)

    assert [place for place, _words in response.context["faults"]] == ["id_o2-share"]
    assert f'value="{written}"' in response.content.decode()
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"stem": " "}, "id_stem", "Write the question."),
        ({"bank": ""}, "id_bank", "Choose the bank"),
        ({"o2-text": "", "o2-feedback": "Why"}, "id_o2-text", "This option has no text."),
        ({"o3-text": "2"}, "id_o3-text", "It reads as option 1 does."),
        ({"o1-right": ""}, "options-title", "Mark at least one option as right."),
        ({"o2-right": "on"}, "options-title", "Mark exactly one option as right"),
        ({"kind": "open"}, "options-title", "An open question has no options."),
        ({"option": ["o1"]}, "options-title", "Write at least 2 options."),
        ({"own_shares": "on", "o1-share": "1/2"}, "options-title", "give it the share 1"),
        ({"tags": "x" * 60}, "id_tags", "Shorten the tag"),
        ({"explanation": "x" * 20_001}, "id_explanation", "20000"),
    ],
)
def test_mistake_stands_at_its_place_and_nothing_typed_is_lost(author, changes, place, words) -> None:
    data = typed(bank=make_bank().pk, source="A book") | changes

    response = author.post(ADD, data)

    assert response.status_code == 200
    [(at, said)] = response.context["faults"]
    assert (at, words in said) == (place, True)
    page = response.content.decode()
    assert f'id="{at}"' in page
    assert 'value="A book"' in page
    assert not Question.objects.exists()


def test_rows_are_added_moved_and_removed_without_scripts_and_nothing_is_written(author) -> None:
    data = typed(stem="Half typed")
    made = {}
    for wish in ("add", "up o3", "down o1", "remove o2", "up o1", "nonsense o9"):
        response = author.post(ADD, data | {"do": wish})
        made[wish] = [row.key for row in response.context["form"].rows]
        assert "Half typed" in response.content.decode()
        assert response.context["faults"] == []

    assert made == {
        "add": ["o1", "o2", "o3", "o4"],
        "up o3": ["o1", "o3", "o2"],
        "down o1": ["o2", "o1", "o3"],
        "remove o2": ["o1", "o3"],
        "up o1": ["o1", "o2", "o3"],
        "nonsense o9": ["o1", "o2", "o3"],
    }
    assert not Question.objects.exists()


def test_id_is_made_of_the_question_where_none_is_typed(author) -> None:
    bank = make_bank()
    for _ in range(2):
        author.post(ADD, typed(bank=bank.pk))
    author.post(ADD, typed(bank=bank.pk, stem="何ですか？"))

    names = Question.objects.order_by("pk").values_list("external_id", flat=True)
    assert list(names) == ["what-is-1-1", "what-is-1-1-2", "question"]


def test_tags_are_typed_as_words_and_made(author) -> None:
    author.post(ADD, typed(bank=make_bank().pk, tags="warm-up,  two  words, warm-up,"))

    question = Question.objects.get()
    assert sorted(question.tags.values_list("name", flat=True)) == ["two words", "warm-up"]
    assert "two words" in author.get(address(question)).content.decode()


def test_page_says_before_what_saving_will_do_and_after_what_it_did(author) -> None:
    ready, draft = make_question(codes="abc"), make_question(codes="abc", ready=False)

    before = [author.get(url).context["will"] for url in (ADD, address(draft), address(ready))]
    same = {"stem": queries.latest_version(ready).stem, "reason": "It had none"}
    after = [
        author.post(address(question), typed(question, texts, **more), follow=True).content.decode()
        for question, texts, more in (
            (draft, OPTIONS, {}),
            (ready, OPTIONS, same),
            (ready, OPTIONS, {}),
        )
    ]

    assert "adds it to its bank as a draft" in before[0]
    assert before[1] == "Saving changes the draft, version 1, in place."
    assert "Another text begins version 2" in before[2]
    assert "The draft, version 1, is saved." in after[0]
    assert "The key of version 1 is mended." in after[1]
    assert "Version 2 is begun, as a draft." in after[2]


def test_colleague_who_saved_meanwhile_is_named_with_what_differs_and_nothing_is_lost(author) -> None:
    question = make_question(codes="abc", ready=False)
    mine = typed(question, stem="Mine?", explanation="As I see it")
    colleague = make_user(Role.QUESTION_AUTHOR, full_name="Grace Example")
    other = Client()
    other.force_login(colleague)
    other.post(address(question), typed(question, stem="Theirs?"))

    asked = author.post(address(question), mine)
    page = asked.content.decode()
    stored = queries.latest_version(question).stem
    again = mine | {"base": asked.context["form"].facts["base"].value()}
    saved = author.post(address(question), again)

    assert (asked.status_code, stored) == (409, "Theirs?")
    assert "Grace Example saved this question while you were writing" in page
    assert [each.label for each in asked.context["differences"]] == ["Question", "Explanation"]
    assert "As I see it" in page
    assert saved.status_code == 302
    assert queries.latest_version(question).stem == "Mine?"


@pytest.mark.parametrize("name", ["add", "draft", "ready", "open"])
def test_page_asks_as_much_for_many_options_and_versions(author, name, django_assert_num_queries) -> None:
    make = {
        "draft": lambda: make_question(codes="abcdefgh", ready=False),
        "ready": lambda: make_question(codes="abc"),
        "open": lambda: make_question(kind=Kind.OPEN, ready=False),
    }
    url = ADD if name == "add" else address(make[name]())
    author.get(url)

    # Session, user, roles, permissions, signs of the shell, skills (twice), tags, what was typed before; for a question
    # also itself, its version, key, codes, skills, tags, versions, history, what is to be decided, what was found.
    with django_assert_num_queries(QUERIES[name]):
        response = author.get(url)

    assert response.status_code == 200


QUERIES = {"add": 11, "draft": 23, "ready": 23, "open": 23}
