"""Rows that are written past the models: what comes out is what the models would have written."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.models import ApiKey
from questions.enums import Kind, Marking, Status
from questions.models import AnswerKey, Question, QuestionVersion
from shell.rows import delete_rows, take_keys, write_rows
from tests.factories.questions import NOW, make_bank, make_question

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "tab\t, end\n, back\\slash, \\N, {}, 'quotes\", é, 漢字, 🙂"
COLUMNS = ("id", "bank_id", "external_id", "name", "kind", "level", "created_at", "changed_at", "status_at")


def test_rows_are_what_the_models_would_have_written() -> None:
    bank = make_bank()
    texts = ["", "\\.", TEXT]
    with transaction.atomic():
        ids = take_keys(Question, len(texts))
        rows = [
            (pk, bank.pk, f"q-{pk}", text, Kind.MULTIPLE, "junior", NOW, NOW, None)
            for pk, text in zip(ids, texts, strict=True)
        ]
        write_rows(Question, COLUMNS, rows)
        versions = take_keys(QuestionVersion, 1)
        options = [{"code": "a", "text": TEXT, "place": ""}]
        write_rows(
            QuestionVersion,
            ("id", "question_id", "number", "stem", "options", "created_at"),
            [(versions[0], ids[0], 1, TEXT, options, NOW)],
        )
        write_rows(AnswerKey, ("version_id", "revision", "created_at"), [(versions[0], 1, NOW)])

    found = list(Question.objects.filter(bank=bank).order_by("pk"))
    assert [(one.pk, one.name) for one in found] == list(zip(ids, texts, strict=True))
    made = Question(bank=bank, external_id=f"q-{ids[0]}", kind="multiple", level="junior", pk=ids[0])
    made.created_at = made.changed_at = NOW
    names = [field.attname for field in Question._meta.concrete_fields]
    assert {name: getattr(found[0], name) for name in names} == {name: getattr(made, name) for name in names}
    assert (found[0].status, found[0].edit) == (Status.DRAFT, 0)
    version = QuestionVersion.objects.get(question=ids[0])
    assert (version.stem, version.options) == (TEXT, options)
    key = AnswerKey.objects.get(version=version)
    assert (key.shares, key.look_fors, key.marking) == ({}, [], Marking.ALL_OR_NOTHING)


def test_keys_are_those_of_no_other_row_whoever_wrote_it() -> None:
    first = make_question()
    gone = make_question(ready=False)
    last = gone.pk
    QuestionVersion.objects.filter(question=gone).delete()
    gone.delete()
    with transaction.atomic():
        ids = take_keys(Question, 3)
        write_rows(
            Question,
            COLUMNS,
            [(pk, first.bank_id, f"k-{pk}", "", "single", "junior", NOW, NOW, None) for pk in ids],
        )
    assert ids == sorted(set(ids))
    assert min(ids) > last
    assert make_question().pk > max(ids)
    assert take_keys(Question, 0) == []


def test_row_that_is_there_already_is_an_error_of_the_database() -> None:
    question = make_question()
    row = (question.pk, question.bank_id, "other", "", "single", "junior", NOW, NOW, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        write_rows(Question, COLUMNS, [row])
    assert Question.objects.count() == 1


def test_column_that_is_none_and_one_that_is_made_anew_for_each_row_are_said() -> None:
    with pytest.raises(LookupError, match="nothing"):
        write_rows(Question, ("nothing",), [])
    with pytest.raises(LookupError, match="made anew"):
        write_rows(ApiKey, ("name",), [])


def test_rows_are_deleted_alone_and_one_that_others_refer_to_is_an_error() -> None:
    kept, gone = make_question(), make_question()
    versions = list(QuestionVersion.objects.filter(question=gone).values_list("pk", flat=True))
    with pytest.raises(IntegrityError), transaction.atomic():
        delete_rows(Question, "id", [gone.pk])
    delete_rows(AnswerKey, "version_id", versions)
    delete_rows(AnswerKey, "version_id", [])
    assert list(AnswerKey.objects.values_list("version__question", flat=True)) == [kept.pk]
    assert Question.objects.count() == 2
