"""The review queue: what waits for an author, and leaving something as it is."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from outbox.models import Work
from questions import operations
from questions.enums import FindingState
from questions.models import Question, QuestionBank, QuestionFinding
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_bank, make_question, make_skill

pytestmark = pytest.mark.django_db

QUEUE = reverse("questions:review-queue")
PLAIN = "Which of these is not a route?"
SYSTEM = Actor.system()


def sign_in(*roles: Role) -> Client:
    client = Client()
    client.force_login(make_user(*roles))
    return client


@pytest.fixture
def author() -> Client:
    return sign_in(Role.QUESTION_AUTHOR)


def titles(client: Client, **wanted: object) -> list[str]:
    return [entry.title for entry in client.get(QUEUE, wanted).context["entries"]]


def test_reported_questions_come_first_then_errors_then_reviews_then_spared_ones(author) -> None:
    operations.let_rest(question=make_question(stem="Which rests?"), by=SYSTEM, now=NOW)
    make_question(stem=PLAIN)
    waits = make_question(stem="Which waits?", ready=False)
    operations.send_to_review(question=waits, by=SYSTEM, now=NOW)
    make_question(stem="Which is broken?\n\n```python\nx = (\n```")
    reported = make_question(stem="Which is reported?")
    operations.record_reports(question_id=reported.pk, opened=2, now=NOW)
    make_question(stem="Which is fine?")

    assert titles(author) == ["Which is reported?", "Which is broken?", "Which waits?", PLAIN, "Which rests?"]
    body = author.get(QUEUE).content.decode()
    assert "Candidates reported a problem 2 times." in body
    assert "A negative is not emphasised" in body
    assert "Set “not” in bold" in body


def test_the_queue_is_narrowed_down(author) -> None:
    bank, other = make_bank(), make_bank()
    plain = make_question(bank, stem=PLAIN)
    make_question(other, stem="Which is broken?\n\n```python\nx = (\n```")
    waits = make_question(bank, stem="Which waits?", ready=False)
    operations.send_to_review(question=waits, by=SYSTEM, now=NOW)
    reported = make_question(other, stem="Which is reported?")
    operations.record_reports(question_id=reported.pk, opened=1, now=NOW)
    Question.objects.filter(pk=plain.pk).update(created_by=author.get(QUEUE).wsgi_request.user)

    assert titles(author, bank=bank.pk) == ["Which waits?", PLAIN]
    assert titles(author, kind="negative_plain") == [PLAIN]
    assert titles(author, kind="in_review") == ["Which waits?"]
    assert titles(author, kind="reported") == ["Which is reported?"]
    assert (
        titles(author, weight="error") == titles(author, kind="found", weight="error") == ["Which is broken?"]
    )
    assert titles(author, kind="found") == ["Which is broken?", PLAIN]
    assert titles(author, kind="in_review", weight="error") == []
    assert titles(author, mine="on") == [PLAIN]
    assert titles(author, q="broken") == ["Which is broken?"]
    assert titles(author, kind="nonsense", bank="x") == titles(author)
    assert "Type at least two letters" in author.get(QUEUE, {"q": "b"}).content.decode()


def test_what_leaked_or_rests_leads_to_its_page(author) -> None:
    leaked, resting = make_question(stem="Which leaked?"), make_question(stem="Which rests?")
    operations.flag_leaked(question=leaked, note="a forum", by=SYSTEM, now=NOW)
    operations.let_rest(question=resting, by=SYSTEM, now=NOW)
    make_question(stem="Which is fine?")

    body = author.get(QUEUE, {"kind": "spared"}).content.decode()

    assert titles(author, kind="spared") == titles(author) == ["Which leaked?", "Which rests?"]
    assert "Found at a forum." in body
    assert reverse("questions:exposure", args=[resting.pk]) in body
    assert "data-pick-all" not in body


def test_retired_questions_wait_for_nobody(author) -> None:
    operations.retire_question(question=make_question(stem=PLAIN), by=SYSTEM, now=NOW)

    assert titles(author) == []


@pytest.mark.parametrize(
    ("place", "words", "field", "line"),
    [
        ("stem", ["not"], "id_stem", "3"),
        ("stem", [], "id_stem", ""),
        ("stem.code.1", [], "id_stem", "5"),
        ("stem.picture.1", [], "id_stem", "9"),
        ("stem.code.7", [], "id_stem", ""),
        ("explanation", [], "id_explanation", ""),
        ("option.b", ["option"], "id_option-b-text", "1"),
        ("option.b.code.1", [], "id_option-b-text", ""),
        ("option.b.feedback", [], "id_option-b-feedback", ""),
        ("key", [], "options-title", ""),
        ("skills", [], "id_skills_0", ""),
    ],
)
def test_the_place_leads_to_its_field_and_line(author, place, words, field, line) -> None:
    stem = "Look.\n\nWhich is **not** it?\n\n```python\nx = 1\n```\n\n![A cat](/cat.png)"
    question = make_question(stem=stem, skills=[make_skill()])
    QuestionFinding.objects.all().delete()
    finding = QuestionFinding.objects.create(
        bank=question.bank,
        question=question,
        kind="negative_plain",
        place=place,
        weight="attention",
        values={"words": words},
        found_at=NOW,
    )
    page = f"/admin/questions/question/{question.pk}/change/?finding={finding.pk}"

    assert f'href="{page}#{field}"' in author.get(QUEUE).content.decode()
    body = author.get(page).content.decode()
    assert f'id="{field}"' in body
    assert (f'data-sought="{field}" data-sought-line="{line}"' in body) == bool(line)
    assert ("data-sought" in body) == bool(line)


def test_finding_of_another_question_leads_nowhere(author) -> None:
    make_question(stem=PLAIN)
    other = make_question(stem="Which is it?")
    page = reverse("admin:questions_question_change", args=[other.pk])

    for named in (QuestionFinding.objects.get().pk, "x", "9" * 30):
        assert "data-sought" not in author.get(page, {"finding": named}).content.decode()


def test_findings_of_a_bank_stand_above(author) -> None:
    bank = make_bank()
    QuestionFinding.objects.create(
        bank=bank,
        kind="length_tells",
        place="bank",
        weight="attention",
        values={"hits": 14, "questions": 20, "expected": 5.0},
        found_at=NOW,
    )

    body = author.get(QUEUE).content.decode()

    assert f"The bank {bank.name}" in body
    assert "In 14 of 20 questions the longest option is the right one; by chance it would be 5.0." in body
    assert not author.get(QUEUE, {"kind": "in_review"}).context["of_banks"]


def test_a_near_duplicate_is_called_by_its_words_and_leads_to_the_other(author) -> None:
    bank = make_bank()
    older = make_question(bank, stem="What does the method `append` of a list return in Python?")
    make_question(bank, stem="What does the method `append` of a list return in Python? ![](/pictures/none)")
    operations.look_through_bank(bank=bank, now=NOW)

    body = author.get(QUEUE, {"kind": "near_duplicate"}).content.decode()

    assert "the same as “What does the method append of a list return in Python?”" in body
    link = reverse("admin:questions_question_change", args=[older.pk])
    assert f'<a class="inline-link" href="{link}">Open the other one</a>' in body


def test_words_narrow_every_reason_down_whether_few_or_many_have_them(author, monkeypatch) -> None:
    rests = make_question(stem="Which rests alike?")
    operations.let_rest(question=rests, by=SYSTEM, now=NOW)
    make_question(stem="Which of these is not alike?")
    make_question(stem="Which of these is not the same?")
    expected = ["Which of these is not alike?", "Which rests alike?"]

    assert titles(author, q="ALIK") == expected
    monkeypatch.setattr("questions.queries.finding._FEW", 1)
    assert titles(author, q="ALIK") == expected
    assert titles(author, q="nowhere") == []


def test_many_findings_are_accepted_with_one_reason(author) -> None:
    make_question(stem=PLAIN)
    make_question(stem=PLAIN)
    ids = list(QuestionFinding.objects.values_list("pk", flat=True))
    page = reverse("questions:accept-findings")

    asked = author.post(page, {"finding": ids, "next": f"{QUEUE}?mine="})
    refused = author.post(page, {"finding": ids, "reason": " ", "next": f"{QUEUE}?mine="})
    done = author.post(page, {"finding": ids, "reason": "We ask that.", "next": f"{QUEUE}?mine="})

    assert asked.status_code == refused.status_code == 200
    assert not asked.context["form"].errors
    assert refused.context["form"].errors
    assert [shown.row.pk for shown in refused.context["chosen"]] == ids
    assert done["Location"] == f"{QUEUE}?mine="
    assert set(QuestionFinding.objects.values_list("state", "reason")) == {("accepted", "We ask that.")}
    assert titles(author) == []


def test_choosing_nothing_leads_back_with_a_word(author) -> None:
    answer = author.post(reverse("questions:accept-findings"), {"finding": ["x", "9" * 30]}, follow=True)

    assert answer.redirect_chain == [(QUEUE, 302)]
    assert "Choose at least one thing that was found" in answer.content.decode()


def test_the_page_of_a_question_shows_its_findings_and_takes_an_acceptance_back(author) -> None:
    question = make_question(stem=PLAIN)
    finding = QuestionFinding.objects.get()
    page = reverse("admin:questions_question_change", args=[question.pk])
    shown = author.get(page).content.decode()
    author.post(reverse("questions:accept-findings"), {"finding": finding.pk, "reason": "We ask that."})
    accepted = author.get(page).content.decode()

    author.post(reverse("questions:take-acceptance-back", args=[finding.pk]), {"next": page})

    assert "A negative is not emphasised" in shown
    assert "It stays: We ask that." in accepted
    assert QuestionFinding.objects.get().state == FindingState.OPEN


def test_recruiters_read_the_findings_of_a_question_and_change_nothing(author) -> None:
    question = make_question(stem=PLAIN)
    recruiter = sign_in(Role.RECRUITER)

    body = recruiter.get(reverse("admin:questions_question_change", args=[question.pk])).content.decode()

    assert "A negative is not emphasised" in body
    assert "accept" not in body
    assert recruiter.get(QUEUE).status_code == 403


def test_a_bank_is_looked_through_by_a_press(author) -> None:
    bank = make_bank()
    press = reverse("questions:look-through-bank", args=[bank.pk])

    assert press in author.get(QUEUE, {"bank": bank.pk}).content.decode()
    assert press not in author.get(QUEUE).content.decode()
    answer = author.post(press)

    assert answer["Location"] == reverse("outbox:work", args=[Work.objects.get().public_id])
    assert author.get(press).status_code == 405


def test_a_bank_that_still_arrives_is_not_there(author) -> None:
    bank = make_bank()
    make_question(bank, stem=PLAIN)
    QuestionBank.objects.filter(pk=bank.pk).update(arriving_for="work")

    assert titles(author) == []
    assert author.post(reverse("questions:look-through-bank", args=[bank.pk])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_costs_the_same_for_one_and_three_rows(author, rows, django_assert_num_queries) -> None:
    bank = make_bank()
    for _ in range(rows):
        question = make_question(bank, stem=PLAIN)
        operations.record_reports(question_id=question.pk, opened=1, now=NOW)
        operations.send_to_review(question=make_question(bank, ready=False), by=SYSTEM, now=NOW)
    QuestionFinding.objects.create(
        bank=bank,
        question=question,
        kind="near_duplicate",
        place="stem",
        weight="attention",
        values={"other": question.pk},
        found_at=NOW,
    )
    author.get(QUEUE)

    # Session, user, roles, permissions, notices, organisation, bell; banks of the filter; keys of six lists, questions,
    # findings, what they name, what is for others to review, reports, findings of banks.
    with django_assert_num_queries(21):
        author.get(QUEUE)
