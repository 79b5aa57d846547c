from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from questions import operations, queries
from questions.enums import Kind, Status
from questions.models import AnswerKey, Question, QuestionBank, QuestionVersion, Skill
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_bank, make_question, make_skill
from tests.questions.pages.typed import typed

pytestmark = pytest.mark.django_db

OPTIONS = ("Option a", "Option b", "Option c")
LISTS = ["questionbank", "skill", "questiontag", "question"]


def sign_in(*roles: Role) -> Client:
    client = Client()
    client.force_login(make_user(*roles))
    return client


@pytest.fixture
def author() -> Client:
    return sign_in(Role.QUESTION_AUTHOR)


def address(question: Question, step: str = "change") -> str:
    return reverse(f"admin:questions_question_{step}", args=[question.pk])


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("roles", "status"),
    [
        ((Role.ADMINISTRATOR,), 200),
        ((Role.QUESTION_AUTHOR,), 200),
        ((Role.RECRUITER,), 200),
        ((Role.ANALYST,), 403),
        ((), 403),
    ],
)
def test_list_is_for_authors_and_recruiters(name, roles, status) -> None:
    make_question()

    response = sign_in(*roles).get(reverse(f"admin:questions_{name}_changelist"))

    assert response.status_code == status


@pytest.mark.parametrize("name", LISTS)
def test_list_sends_outsiders_to_sign_in(client, name) -> None:
    response = client.get(reverse(f"admin:questions_{name}_changelist"))

    assert response.status_code == 302


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        # Session, user, roles, permissions, signs, count, rows.
        ("questionbank", 9),
        ("skill", 9),
        ("questiontag", 9),
    ],
)
@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_one_and_three_rows(
    author, name, queries, rows, django_assert_num_queries
) -> None:
    for number in range(rows):
        question = make_question(make_bank(), skills=[make_skill(f"skill-of-{number}")])
        operations.record_usage(shown={question.pk: 1}, now=NOW)
        question.tags.create(name=f"tag {number}")
    url = reverse(f"admin:questions_{name}_changelist")
    author.get(url)

    with django_assert_num_queries(queries):
        response = author.get(url)

    assert response.status_code == 200


def test_question_page_shows_it_as_candidates_see_it_and_its_versions(author) -> None:
    question = make_question(stem="Which one?\n\n```python\nprint(1)\n```")

    page = author.get(address(question)).content.decode()

    assert 'class="code' in page or "highlight" in page
    assert "As candidates see it" in page
    assert "in use" in page


def test_new_question_is_written_by_the_operation_as_a_draft(author) -> None:
    bank = make_bank()

    response = author.post(
        reverse("admin:questions_question_add"), typed(bank=bank.pk, external_id="two") | {}
    )

    assert response.status_code == 302, response.context["faults"]
    question = Question.objects.get(external_id="two")
    version = question.versions.get()
    assert (question.status, version.frozen_at) == (Status.DRAFT, None)
    assert [(option["code"], option["text"]) for option in version.options] == [
        ("a", "2"),
        ("b", "3"),
        ("c", "11"),
    ]
    assert AnswerKey.objects.get().shares == {"a": "1", "b": "0", "c": "0"}


def test_new_question_with_a_mistake_keeps_what_was_typed_and_names_it(author) -> None:
    data = typed(bank=make_bank().pk, external_id="two", **{"o2-right": "on"})

    response = author.post(reverse("admin:questions_question_add"), data)

    assert response.status_code == 200
    page = response.content.decode()
    assert "Mark exactly one option as right" in page
    assert "What is `1 + 1`?" in page
    assert not Question.objects.exists()


def test_new_question_with_an_id_that_is_taken_says_so(author) -> None:
    bank = make_bank()
    taken = make_question(bank)

    response = author.post(
        reverse("admin:questions_question_add"), typed(bank=bank.pk, external_id=taken.external_id)
    )

    assert "This bank has a question with this id already." in response.content.decode()
    assert Question.objects.count() == 1


def test_edit_of_a_ready_question_starts_a_version_and_leaves_the_frozen_one(author) -> None:
    question = make_question(codes="abc", stem="Before")
    frozen = question.current_version

    response = author.post(address(question), typed(question))

    assert response.status_code == 302, response.context["faults"]
    question.refresh_from_db()
    draft = question.versions.get(number=2)
    assert (question.current_version, question.status, draft.stem) == (
        frozen,
        Status.READY,
        "What is `1 + 1`?",
    )
    assert QuestionVersion.objects.get(pk=frozen.pk).stem == "Before"


def test_edit_of_a_key_alone_mends_it_with_a_reason(author) -> None:
    question = make_question(codes="abc", stem="What is `1 + 1`?")
    data = typed(question, OPTIONS, explanation="Since.", **{"o2-right": "on"})
    data.pop("o1-right")

    asked = author.post(address(question), data)
    done = author.post(address(question), data | {"reason": "b is right"})

    assert "Say what was wrong with the key" in asked.content.decode()
    assert "Since." in asked.content.decode()
    assert done.status_code == 302
    version = question.versions.get()
    mended = queries.keys_for([version.pk])[version.pk]
    assert (mended.revision, mended.reason, mended.shares["b"]) == (2, "b is right", "1")


def test_ready_by_its_author_is_refused_with_who_may(author) -> None:
    bank = make_bank()
    author.post(reverse("admin:questions_question_add"), typed(bank=bank.pk, external_id="two"))
    question = Question.objects.get(external_id="two")

    refused = author.post(address(question, "ready"), follow=True).content.decode()
    administrator = sign_in(Role.ADMINISTRATOR)
    page = reverse("admin:questions_questionbank_change", args=[bank.pk])
    names = {"name": bank.name, "description": ""}
    # Left out is off, but not for who may not decide it.
    author.post(page, names)
    bank.refresh_from_db()
    kept = bank.second_reviewer
    administrator.post(page, names)
    author.post(address(question, "ready"))

    assert "Somebody else than its author makes a question ready." in refused
    bank.refresh_from_db()
    assert (kept, bank.second_reviewer) == (True, False)
    question.refresh_from_db()
    assert question.status == Status.READY


def test_edit_without_a_change_starts_no_version(author) -> None:
    question = make_question(codes="abc", stem="What is `1 + 1`?")

    response = author.post(address(question), typed(question, OPTIONS, explanation="Because."))

    assert response.status_code == 302
    assert question.versions.count() == 1
    assert AnswerKey.objects.count() == 1


def test_form_takes_several_right_options_of_one_choice_only_where_they_were_right_before(author) -> None:
    question = make_question(codes="abc", ready=False)
    AnswerKey.objects.update(shares={"a": "1", "b": "1", "c": "0"})

    kept = author.post(address(question), typed(question, **{"o2-right": "on"}, stem="Kept?"))
    other = author.post(address(question), typed(question, **{"o3-right": "on"}, stem="Ticked twice?"))

    assert (kept.status_code, other.status_code) == (302, 200)
    assert "Mark exactly one option as right" in other.content.decode()
    version = question.versions.get()
    assert version.stem == "Kept?"
    assert queries.keys_for([version.pk])[version.pk].shares == {"a": "1", "b": "1", "c": "0"}


def test_edit_never_gives_the_code_of_an_option_that_went(author) -> None:
    question = make_question(codes="abcd")
    author.post(address(question), typed(question))

    author.post(address(question), typed(question, ("2", "3", "11", "New")))

    assert [option["code"] for option in queries.latest_version(question).options] == ["a", "b", "c", "e"]


def test_edit_gives_a_new_option_a_code_of_its_own_and_keeps_the_others(author) -> None:
    question = make_question(codes="abc", ready=False)
    moved = typed(
        question,
        ("2", "3", "11", "12"),
        **{"o1-code": "b"},
        **{"o2-code": "a"},
        **{"o4-code": ""},
        **{"o4-place": "last"},
    )

    author.post(address(question), moved)

    options = question.versions.get().options
    assert [(option["code"], option["place"]) for option in options] == [
        ("b", ""),
        ("a", ""),
        ("c", ""),
        ("d", "last"),
    ]


@pytest.mark.parametrize("roles", [(Role.RECRUITER,), (Role.ANALYST,), ()])
def test_edit_is_refused_to_everybody_else(roles) -> None:
    question = make_question(codes="abc", stem="Before")
    client = sign_in(*roles)

    responses = [
        client.post(address(question), typed(question)),
        client.post(address(question, "ready")),
        client.post(address(question, "retire")),
    ]

    assert [response.status_code for response in responses] == [403, 403, 403]
    assert question.versions.count() == 1
    question.refresh_from_db()
    assert question.status == Status.READY


def test_recruiter_reads_a_question(author) -> None:
    question = make_question(stem="Which one?")

    response = sign_in(Role.RECRUITER).get(address(question))

    assert response.status_code == 200
    assert "Which one?" in response.content.decode()


def test_ready_asks_first_and_freezes_then(author) -> None:
    question = make_question(ready=False)

    asked = author.get(address(question, "ready"))
    before = Question.objects.get(pk=question.pk).status
    done = author.post(address(question, "ready"))

    assert (asked.status_code, before, done.status_code) == (200, Status.DRAFT, 302)
    question.refresh_from_db()
    assert question.status == Status.READY
    assert question.current_version.frozen_at is not None


def test_ready_of_an_incomplete_question_says_what_is_missing(author) -> None:
    question = make_question(ready=False)
    question.skills.clear()

    response = author.post(address(question, "ready"), follow=True)

    assert "Choose at least one skill" in response.content.decode()
    question.refresh_from_db()
    assert question.status == Status.DRAFT


def test_retire_asks_first(author) -> None:
    question = make_question()

    asked = author.get(address(question, "retire"))
    before = Question.objects.get(pk=question.pk).status
    author.post(address(question, "retire"))

    assert (asked.status_code, before) == (200, Status.READY)
    question.refresh_from_db()
    assert question.status == Status.RETIRED


def test_question_is_sent_to_review_and_taken_up_again_where_that_is_next(author) -> None:
    draft, retired = make_question(ready=False), make_question()
    operations.retire_question(question=retired, by=Actor.system(), now=NOW)
    steps = [
        (draft, "review", Status.IN_REVIEW, "Only a draft can be sent to review."),
        (retired, "take_up", Status.READY, "This question is not retired."),
    ]

    for question, step, status, refusal in steps:
        before = author.get(address(question)).content.decode()
        asked = author.get(address(question, step))
        done = author.post(address(question, step), follow=True).content.decode()
        again = author.post(address(question, step), follow=True).content.decode()

        question.refresh_from_db()
        assert (asked.status_code, question.status) == (200, status)
        assert address(question, step) in before
        assert address(question, step) not in done
        assert refusal in again


def test_open_question_is_written_with_what_interviewers_need(author) -> None:
    bank = make_bank()
    data = typed(
        bank=bank.pk,
        external_id="talk",
        kind="open",
        model_answer="They explain it.",
        look_fors="Names a trade-off\n\nAsks back",
        texts=("", "", ""),
    )
    data.pop("o1-right")

    response = author.post(reverse("admin:questions_question_add"), data)

    assert response.status_code == 302, response.context["faults"]
    assert Question.objects.get().kind == Kind.OPEN
    assert AnswerKey.objects.get().look_fors == ["Names a trade-off", "Asks back"]


def test_bank_and_skill_are_written_by_operations(author) -> None:
    author.post(
        reverse("admin:questions_questionbank_add"), {"name": "Python", "slug": "python", "description": ""}
    )
    author.post(
        reverse("admin:questions_skill_add"), {"name": "Testing", "slug": "testing", "description": ""}
    )
    bank = QuestionBank.objects.get(slug="python")
    author.post(
        reverse("admin:questions_questionbank_change", args=[bank.pk]),
        {"name": "Python 3", "description": "New"},
    )

    bank.refresh_from_db()
    assert (bank.name, bank.slug, bank.description) == ("Python 3", "python", "New")
    assert Skill.objects.get(slug="testing").name == "Testing"


def test_nothing_is_deleted_from_the_lists() -> None:
    question = make_question()

    response = sign_in(Role.ADMINISTRATOR).post(
        reverse("admin:questions_question_delete", args=[question.pk]), {"post": "yes"}
    )

    assert response.status_code == 403
    assert Question.objects.filter(pk=question.pk).exists()


def test_author_sees_who_wrote_a_version(author) -> None:
    colleague = make_user(Role.QUESTION_AUTHOR, full_name="Ada Example")
    question = make_question(ready=False)
    QuestionVersion.objects.filter(question=question).update(created_by=colleague)

    assert "Ada Example" in author.get(address(question)).content.decode()
    assert Actor.of_user(colleague).has_role(Role.QUESTION_AUTHOR)
