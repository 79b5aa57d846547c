"""Files whose columns somebody said the meaning of: what they bring, and what they leave as it is."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Actor
from candidates.models import Candidate, CandidateLink, Note, Tag
from candidates.operations import erase_person, find_or_add_candidate, set_tags
from hiring import operations
from hiring.enums import ApplicationStatus
from hiring.formats.mapping import named
from hiring.models import Application, ApplicationAnswer, ApplicationQuestion
from hiring.operations import ImportRefused
from hiring.operations.importing import do_import
from hiring.queries.imports import remembered_columns
from hiring.rules.answers import QuestionDraft
from outbox.models import Event, Work
from outbox.operations.work import delete_file
from outbox.rules import SAMPLE
from tests.factories.accounts import NOW, make_recruiter, make_user
from tests.factories.hiring import (
    SYSTEM,
    make_application,
    make_job,
    make_read_file,
    set_status,
)
from tests.hiring.operations.files import IDS, WITH_IDS, bring, check, done, places


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze(NOW)


def ask(job, *drafts):
    operations.save_form(
        job=job,
        introduction="",
        resume_rule="optional",
        phone_rule="optional",
        questions=drafts,
        by=SYSTEM,
        now=NOW,
    )
    return {
        question.text: f"question-{question.pk}"
        for question in ApplicationQuestion.objects.filter(job=job, retired_at=None).order_by("position")
    }


@pytest.mark.django_db
def test_reading_a_file_shows_its_columns_with_their_first_values():
    text = "Name,E-Mail,City\n" + "\n".join(
        f"P{n},p{n}@example.com,{'Rome' if n < 3 else 'Oslo'}" for n in range(5)
    )

    read = make_read_file(make_job(), text=text)

    assert read.result["rows"] == 5
    assert read.result[SAMPLE][1:] == [
        {"letter": "B", "header": "E-Mail", "cells": ["p0@example.com", "p1@example.com", "p2@example.com"]},
        {"letter": "C", "header": "City", "cells": ["Rome", "Oslo"]},
    ]


@pytest.mark.parametrize("header", ["E-Mail", "Mail address", "email_address", "MAIL"])
def test_an_address_is_known_by_what_files_call_it(header: str):
    assert named(header, of_job=False) == "email"


@pytest.mark.django_db
def test_mapped_columns_bring_all_that_an_application_has_room_for():
    job, colleague = make_job(), make_user(email="kim@shortlist.example")
    asked = ask(
        job,
        QuestionDraft(kind="number", text="Years", below=Decimal(2)),
        QuestionDraft(kind="choices", text="Cities", options=("Rome", "Oslo"), pk=None),
    )
    text = (
        "Who,Where,Ref,From,By,Page,Speaks,Since,Skills,More,Said,Years,Cities,Salary\n"
        "Ada,ada@example.com,A-1,Talents Ltd,KIM@shortlist.example,example.org/ada,German,2026-05-01,"
        "python,flask,Good talk,1,Rome; Oslo,90000\n"
    )
    codes = ["name", "email", "external_id", "agency", "referred_by", "profile", "language", "applied_at"]
    codes += ["tags", "tags", "private_note", asked["Years"], asked["Cities"]]

    result = bring(job, text, dict(zip("ABCDEFGHIJKLM", codes, strict=True)))

    application = Application.objects.get(job=job)
    person = application.candidate
    assert result["new"] == 1
    assert (application.external_id, application.agency, application.source) == (
        "A-1",
        "Talents Ltd",
        "agency",
    )
    assert (application.referred_by, application.applied_at) == (colleague, datetime(2026, 5, 1, tzinfo=UTC))
    assert (person.language, application.status) == ("de", ApplicationStatus.ACTIVE)
    assert list(person.links.values_list("url", flat=True)) == ["https://example.org/ada"]
    assert set(person.tags.values_list("name", flat=True)) == {"python", "flask"}
    assert list(Note.objects.values_list("body", "audience")) == [("Said: Good talk", "recruiters")]
    answers = {
        answer.question.text: answer for answer in ApplicationAnswer.objects.select_related("question")
    }
    assert (answers["Years"].number, answers["Cities"].codes) == (Decimal(1), ["1", "2"])
    assert (answers["Years"].is_flagged, application.is_flagged) == (True, True)


@pytest.mark.django_db
def test_the_same_file_again_is_unchanged_whatever_became_of_the_applications():
    job = make_job()
    bring(job, WITH_IDS, IDS)
    set_status(Application.objects.get(external_id="X1"), ApplicationStatus.REJECTED)
    before = (
        Application.objects.count(),
        Candidate.objects.count(),
        Event.objects.filter(about__startswith="hiring").count(),
    )

    checked = check(job, WITH_IDS, IDS)
    result = done(operations.confirm_import(check=checked, by=SYSTEM, now=NOW)).result

    after = (
        Application.objects.count(),
        Candidate.objects.count(),
        Event.objects.filter(about__startswith="hiring").count(),
    )
    assert "3 unchanged" in checked.result["summary"]
    assert (result["new"], result["unchanged"], result["remarks"]["rows"]) == (0, 3, [])
    assert after == before


@pytest.mark.django_db
def test_what_differs_is_listed_by_row_and_column_and_left_as_it_is():
    job = make_job()
    bring(job, WITH_IDS, IDS)
    changed = (
        WITH_IDS.replace("Person 0,", "Another Name,")
        .replace("person1@example.com", "elsewhere@example.com")
        .replace("+49 30 123452,python,agency", "+49 30 999999,rust,careers")
    )

    result = bring(job, changed, IDS)

    assert (result["new"], result["unchanged"]) == (0, 3)
    assert places(result["remarks"]["rows"]) == [
        (2, "name"),
        (3, "email"),
        (4, "phone"),
        (4, "tags"),
        (4, "source"),
    ]
    assert not Candidate.objects.filter(full_name="Another Name").exists()
    assert Candidate.objects.count() == 3
    assert set(Application.objects.values_list("source", flat=True)) == {"agency"}


@pytest.mark.django_db
def test_note_of_somebody_who_is_here_is_said_to_be_left_out_each_time():
    job = make_job()
    columns = {"A": "name", "B": "email", "C": "note", "D": "private_note"}
    text = "name,email,phone screen,offer\nAda,ada@example.com,Went well,Wants 3\nBea,bea@example.com,Good,\n"
    changed = text.replace("Went well", "Went badly")
    bring(job, text, columns)
    before = list(Note.objects.order_by("pk").values_list("body", "audience"))

    results = [bring(job, file, columns) for file in (text, changed, changed, text)]

    assert [(result["new"], result["unchanged"]) for result in results] == [(0, 2)] * 4
    assert [places(result["remarks"]["rows"]) for result in results] == [
        [],
        [(2, "phone screen")],
        [(2, "phone screen")],
        [],
    ]
    assert "Notes of people who are here already are not taken" in str(results[1]["remarks"])
    assert list(Note.objects.order_by("pk").values_list("body", "audience")) == before


@pytest.mark.django_db
def test_what_is_known_of_people_out_of_sight_is_compared_with_nothing():
    recruiter, other = make_recruiter(), make_recruiter()
    job = make_job(recruiter=recruiter)
    make_application(make_job(recruiter=other), email="hidden@example.com", full_name="Hidden Person")

    checked = check(
        job,
        "name,email\nSomebody,hidden@example.com\n",
        {"A": "name", "B": "email"},
        by=Actor.of_user(recruiter),
    )

    assert checked.result["remarks"]["rows"] == []
    assert checked.result["new"] == 1


@pytest.mark.django_db
def test_a_known_person_who_applies_anew_gets_tags_and_pages_and_keeps_the_rest():
    job = make_job()
    person, _new = find_or_add_candidate(full_name="Ada Obi", email="ada@example.com", by=SYSTEM, now=NOW)
    set_tags(candidate=person, names=["java"], by=SYSTEM, now=NOW)
    text = "name,email,tags,profile\nA. Obi,ada@example.com,python,https://example.org/ada\n"

    result = bring(job, text, {"A": "name", "B": "email", "C": "tags", "D": "profile"})

    person.refresh_from_db()
    assert (result["new"], result["existing_people"]) == (1, 1)
    assert places(result["remarks"]["rows"]) == [(2, "name")]
    assert person.full_name == "Ada Obi"
    assert set(person.tags.values_list("name", flat=True)) == {"java", "python"}
    assert CandidateLink.objects.filter(candidate=person).count() == 1


@pytest.mark.django_db
def test_problems_of_every_field_are_told_by_row_and_column():
    job = make_job()
    asked = ask(job, QuestionDraft(kind="yes_no", text="Driving licence"))
    headers = "name,email,id,agency,by,page,lang,tags,note,licence"
    good = "Ada,ada@example.com,X1,,,,,,,"
    bad = f"Bea,bea@example.com,x1,{'a' * 121},nobody@example.com,javascript:alert(1),Klingon,{'t' * 51},fine,maybe"
    codes = ["name", "email", "external_id", "agency", "referred_by", "profile", "language", "tags", "note"]
    codes += asked.values()

    work = check(job, f"{headers}\n{good}\n{bad}\n", dict(zip("ABCDEFGHIJ", codes, strict=True)))

    assert places(work.result["problems"]) == [
        (3, "id"),
        (3, "agency"),
        (3, "by"),
        (3, "page"),
        (3, "lang"),
        (3, "tags"),
        (3, "licence"),
    ]
    assert work.result["ok"] is False
    assert Application.objects.count() == 0


@pytest.mark.django_db
def test_case_33_sixty_rows_with_seven_errors_are_named_and_nothing_is_written():
    rows = [f"Person {n},person{n}@example.com,2026-05-01,{n}" for n in range(60)]
    for number in (3, 17, 30, 44):
        rows[number] = f"Person {number},no address,2026-05-01,{number}"
    for number in (9, 58):
        rows[number] = f"Person {number},person{number}@example.com,tomorrow,{number}"
    rows[25] = "Person 25,person25@example.com,2026-05-01,24"
    text = "who,mail,since,ref\n" + "\n".join(rows)
    mapping = {"A": "name", "B": "email", "C": "applied_at", "D": "external_id"}
    job = make_job()

    work = check(job, text, mapping)

    assert places(work.result["problems"]) == [
        (5, "mail"),
        (11, "since"),
        (19, "mail"),
        (27, "ref"),
        (32, "mail"),
        (46, "mail"),
        (60, "since"),
    ]
    assert "7 problems" in work.result["summary"]
    assert Application.objects.count() == Candidate.objects.count() == 0
    with pytest.raises(ImportRefused):
        operations.confirm_import(check=work, by=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ({"A": "name"}, None),
        ({"A": "name", "B": "email", "C": "email"}, "C"),
        ({"A": "name", "B": "email", "C": "status"}, "C"),
        ({"A": "name", "B": "email", "C": "question-999999"}, "C"),
    ],
)
@pytest.mark.django_db
def test_columns_that_cannot_be_meant_so_are_refused(mapping, field):
    read = make_read_file(make_job())

    with pytest.raises(ValidationError) as caught:
        operations.queue_check(read=read, mapping=mapping, by=SYSTEM, now=NOW)

    assert list(getattr(caught.value, "error_dict", {None: 0})) == [field]
    assert not Work.objects.filter(kind="hiring.import_check").exists()


@pytest.mark.django_db
def test_what_columns_are_is_remembered_for_files_with_the_same_headers():
    recruiter = make_recruiter()
    by = Actor.of_user(recruiter)
    job, other = make_job(recruiter=recruiter), make_job(recruiter=recruiter)
    said = {"A": "name", "B": "email"}
    check(job, "Who,Where,Size\nAda,ada@example.com,38\n", said, by=by)

    same = make_read_file(other, by=by, text="who,WHERE,size\nBea,bea@example.com,40\n")
    different = make_read_file(other, by=by, text="who,where,weight\nBea,bea@example.com,40\n")
    recruiter.refresh_from_db()

    assert remembered_columns(recruiter, same) == said
    assert remembered_columns(recruiter, different) is None


@pytest.mark.django_db
def test_few_kinds_of_files_are_remembered_and_no_list_is_forgotten_for_them():
    recruiter = make_recruiter()
    recruiter.list_columns = {"people": ["name"]}
    recruiter.save()
    job, by = make_job(recruiter=recruiter), Actor.of_user(recruiter)

    for number in range(8):
        check(job, f"n,e,c{number}\nAda,ada@example.com,x\n", {"A": "name", "B": "email"}, by=by)

    recruiter.refresh_from_db()
    assert recruiter.list_columns["people"] == ["name"]
    assert len(recruiter.list_columns) == 6


@pytest.mark.django_db
def test_erasing_anybody_forgets_what_was_shown_of_files():
    read = make_read_file(make_job())
    application = make_application(email="somebody@example.com")

    erase_person(candidate=application.candidate, by=SYSTEM, now=NOW)
    # Files go once the transaction commits.
    read.refresh_from_db()
    delete_file(work=read)
    read.refresh_from_db()

    assert SAMPLE not in read.result
    assert "ada@example.com" not in str(read.result) + str(read.arguments)
    with pytest.raises(ImportRefused):
        operations.queue_check(read=read, mapping={"A": "name", "B": "email"}, by=SYSTEM, now=NOW)


@pytest.mark.django_db
def test_statements_are_the_same_for_ten_rows_and_for_forty(django_assert_max_num_queries):
    job = make_job()
    # Making them is a statement of the first file alone.
    Tag.objects.bulk_create(Tag(name=f"tag{number}") for number in range(3))
    headers = "name,email,id,phone,tags,page,note\n"
    mapping = dict(
        zip("ABCDEFG", ("name", "email", "external_id", "phone", "tags", "profile", "note"), strict=True)
    )

    def rows(first, last):
        return headers + "".join(
            f"Person {n},p{n}@example.com,X{n},,tag{n % 3},example.org/{n},Good\n" for n in range(first, last)
        )

    checks = [check(job, rows(first, last), mapping) for first, last in ((0, 10), (10, 50))]
    works = [operations.confirm_import(check=each, by=SYSTEM, now=NOW) for each in checks]

    for work, count in zip(works, (10, 40), strict=True):
        with django_assert_max_num_queries(STATEMENTS) as statements:
            assert do_import(work, SYSTEM, lambda done, total: None, now=NOW)["new"] == count
        assert len(statements) == STATEMENTS


# An import of one part, up to 200 rows, with external ids, tags, pages and notes.
STATEMENTS = 46
