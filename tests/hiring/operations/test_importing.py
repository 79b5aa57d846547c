from datetime import UTC, datetime, timedelta
from time import thread_time

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile

from assessments.models import Invitation
from candidates.models import Candidate, Tag
from hiring import operations
from hiring.enums import ApplicationStatus
from hiring.models import Application, ApplicationTransition, Stage, StageAction
from hiring.operations import ImportRefused
from hiring.operations.importing import do_import
from outbox.enums import WorkState
from outbox.models import Event, Work
from outbox.operations import run_due_work
from rendering.tables import write_xlsx
from tests.factories.accounts import NOW, actor
from tests.factories.hiring import (
    SYSTEM,
    make_application,
    make_job,
    make_letter,
    make_manager,
    make_test_job,
    set_status,
)
from tests.servers.parallel import run_parallel

GOOD = """Name,E-Mail,Phone,Source,Stage,Applied at,Tags
Ana Díaz,ana@example.com,+34 600 000 000,referral,Screen,2026-05-01,"python, madrid"
Bao Trần,bao@example.com,,,,,
Chidi Okafor,chidi@example.com,,Imported,applied,2026-05-02 14:30,python
"""


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze(NOW)


def queue(job, text, *, dry_run=True, by=SYSTEM, name="people.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return operations.queue_import(
        job=job, file=ContentFile(data, name=name), by=by, now=NOW, dry_run=dry_run
    )


def run(job, text, **fields):
    work = queue(job, text, **fields)
    run_due_work(now=NOW)
    work.refresh_from_db()
    return work


def places(work):
    return [(problem["row"], problem["column"]) for problem in work.result["problems"]]


@pytest.mark.django_db
def test_a_check_says_what_would_happen_and_writes_nothing():
    job = make_job()
    make_application(job, email="bao@example.com")
    make_application(make_job(), email="chidi@example.com")

    work = run(job, GOOD)

    numbers = {key: work.result[key] for key in ("ok", "rows", "new", "existing_people", "unchanged")}
    assert numbers == {"ok": True, "rows": 3, "new": 2, "existing_people": 1, "unchanged": 1}
    assert Application.objects.filter(job=job).count() == 1


@pytest.mark.django_db
def test_a_confirmed_check_imports_the_very_file():
    job = make_job()
    check = run(job, GOOD)

    work = operations.confirm_import(check=check, by=SYSTEM, now=NOW)
    again = operations.confirm_import(check=check, by=SYSTEM, now=NOW)
    run_due_work(now=NOW)

    work.refresh_from_db()
    ana = Application.objects.get(candidate__full_name="Ana Díaz")
    first = ApplicationTransition.objects.get(application=ana)
    assert again == work
    assert (work.state, work.result["new"], work.result["problem_count"]) == (WorkState.DONE, 3, 0)
    assert (ana.stage.name, ana.source, ana.candidate.phone) == ("Screen", "referral", "+34 600 000 000")
    assert ana.applied_at == datetime(2026, 5, 1, tzinfo=UTC)
    assert (first.to_stage.name, first.cause) == ("Screen", "applied")
    assert set(ana.candidate.tags.values_list("name", flat=True)) == {"python", "madrid"}
    assert Tag.objects.count() == 2
    assert Event.objects.filter(kind="application.added").count() == 3


@pytest.mark.django_db
def test_importing_the_same_file_again_changes_nothing():
    job = make_job()
    run(job, GOOD, dry_run=False)

    work = run(job, GOOD, dry_run=False)

    assert (work.result["new"], work.result["unchanged"]) == (0, 3)
    assert Application.objects.count() == 3
    assert Candidate.objects.count() == 3


@pytest.mark.django_db
def test_a_worker_that_died_after_writing_tells_the_truth_when_it_runs_again():
    from hiring.operations.importing import do_import

    work = queue(make_job(), GOOD, dry_run=False)

    first = do_import(work, SYSTEM, lambda done, total: None, now=NOW)
    second = do_import(work, SYSTEM, lambda done, total: None, now=NOW)

    assert (first["new"], second["new"]) == (3, 3)
    assert Application.objects.count() == 3


@pytest.mark.django_db
def test_a_rejected_person_in_the_file_gets_a_new_application():
    job = make_job()
    old = set_status(make_application(job, email="ana@example.com"), ApplicationStatus.REJECTED)

    run(job, GOOD, dry_run=False)

    assert old.candidate.applications.count() == 2


@pytest.mark.django_db
def test_case_33_import_partial_one_bad_row_and_nothing_is_written():
    rows = [f"Person {number},person{number}@example.com" for number in range(1, 101)]
    rows[71] = "Person 72,not an address"
    text = "name,email\n" + "\n".join(rows)

    work = run(make_job(), text, dry_run=False)

    assert places(work) == [(73, "email")]
    assert work.result["ok"] is False
    assert Application.objects.count() == Candidate.objects.count() == 0


@pytest.mark.django_db
def test_every_problem_is_told_by_row_and_column():
    text = (
        "name,email,stage,source,applied_at,phone\n"
        ",a@example.com,Nowhere,Moon,yesterday,call me\n"
        "Bo,a@example.com,Screen,added,2026-12-24,\n"
        "Cy,,,,,\n"
        "D://x,d@example.com,,,,\n"
    )

    work = run(make_job(), text)

    assert places(work) == [
        (2, "name"),
        (2, "stage"),
        (2, "source"),
        (2, "applied_at"),
        (2, "phone"),
        (3, "email"),
        (3, "applied_at"),
        (4, "email"),
        (5, "name"),
    ]
    assert all(problem["text"] for problem in work.result["problems"])


@pytest.mark.parametrize(
    ("header", "place"),
    [
        ("name,email,salary", (1, "salary")),
        ("name,phone", (1, "")),
        ("name,full name,email", (1, "full name")),
    ],
)
@pytest.mark.django_db
def test_a_column_that_cannot_be_is_named(header, place):
    work = run(make_job(), f"{header}\nAna,ana@example.com,1\n")

    assert place in places(work)
    assert Application.objects.count() == 0


@pytest.mark.django_db
def test_a_file_that_is_no_table_ends_the_work_with_words():
    work = run(make_job(), b"\x00\x00 ", name="empty.csv")

    assert (work.state, bool(work.reason)) == (WorkState.FAILED, True)


@pytest.mark.django_db
def test_a_spreadsheet_with_columns_in_any_order_is_read():
    job = make_job()
    rows = [["ana@example.com", datetime(2026, 5, 1, 9, 0, tzinfo=UTC), "Ana Díaz"]]
    data = write_xlsx(["EMAIL", "applied_at", "Full Name"], rows, "People")

    work = run(job, data, dry_run=False, name="people.xlsx")

    assert work.result["new"] == 1, work.result
    assert Application.objects.get().applied_at == datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_a_check_with_problems_cannot_be_confirmed():
    check = run(make_job(), "name,email\nAna,nonsense\n")

    with pytest.raises(ImportRefused):
        operations.confirm_import(check=check, by=SYSTEM, now=NOW)


@pytest.mark.django_db
def test_only_recruiters_of_the_job_import():
    job = make_job()

    with pytest.raises(PermissionDenied):
        queue(job, GOOD, by=actor(make_manager(job)))


@pytest.mark.django_db
def test_two_hundred_rows_take_seconds_and_as_many_statements_as_two(django_assert_max_num_queries):
    from hiring.operations.importing import do_import

    lines = [f"Person {number},person{number}@example.com,,tag{number % 5}" for number in range(200)]
    work = queue(make_job(), "name,email,phone,tags\n" + "\n".join(lines), dry_run=False)
    begun = thread_time()

    # SQLite takes fewer values a statement than PostgreSQL, so its inserts come in a few more parts.
    with django_assert_max_num_queries(48):
        result = do_import(work, SYSTEM, lambda done, total: None, now=NOW)

    assert result["new"] == 200
    assert thread_time() - begun < 5


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_one_moment_add_everybody_once():
    from hiring.operations.importing import do_import

    job = make_job()
    works = [queue(job, GOOD, dry_run=False) for _ in range(2)]

    results = run_parallel(
        lambda: do_import(works.pop(), SYSTEM, lambda done, total: None, now=NOW + timedelta(seconds=1)), 2
    )

    assert [str(result) for result in results if isinstance(result, Exception)] == []
    assert sorted(result["new"] for result in results) == [0, 3]
    assert Application.objects.count() == Candidate.objects.count() == 3


SERIALISED = [
    b'O:8:"stdClass":1:{s:4:"name";s:3:"Ada";}',
    b"!!python/object/apply:os.system ['true']\n",
    b"--- !ruby/object:Gem::Installer\ni: x\n",
    b"\xac\xed\x00\x05sr\x00\x11java.util.HashMap",
    b'{"py/object": "os.system"}',
]


@pytest.mark.parametrize("name", ["people.csv", "people.xlsx", "people.pkl", "people.yaml", "people.json"])
@pytest.mark.django_db
def test_case_19_unsafe_deserialise_objects_of_other_programs_are_no_file_of_people(name, pickled_code):
    job = make_job()

    for data in [pickled_code, *SERIALISED]:
        try:
            work = run(job, data, dry_run=False, name=name)
        except ImportRefused:
            continue
        # It is no file at all, or one without the columns that are needed; it is read once and never tried again.
        assert (work.result.get("ok", False), work.tries) == (False, 1)

    assert Candidate.objects.count() == 0


@pytest.mark.django_db
def test_file_that_names_a_test_invites_whoever_it_brought_once():
    job, assessment = make_test_job()
    text = (
        "name,email,test,opens_at,expires_at\n"
        f"Ada,ada@example.com,{assessment.slug},2099-01-01,2099-02-01 12:00\n"
        f"Bea,bea@example.com,{assessment.slug},,\n"
        "Cy,cy@example.com,,,\n"
    )

    work = run(job, text, dry_run=False)
    do_import(work, SYSTEM, lambda done, total: None, now=NOW)
    while run_due_work(now=NOW):
        pass

    assert work.result["counts"][4][1] == 2
    assert Work.objects.filter(kind="hiring.invite").count() == 2
    rows = {row.candidate.full_name: row for row in Invitation.objects.select_related("candidate")}
    assert set(rows) == {"Ada", "Bea"}
    assert rows["Ada"].not_before.year == rows["Ada"].expires_at.year == 2099
    assert rows["Bea"].not_before is None


@pytest.mark.django_db
def test_file_with_wrong_tests_and_windows_says_where():
    job, assessment = make_test_job()
    text = (
        "name,email,test,opens_at,expires_at\n"
        "Ada,ada@example.com,nothing,,\n"
        f"Bea,bea@example.com,{assessment.slug},2099-02-01,2099-01-01\n"
        f"Cy,cy@example.com,{assessment.slug},,2020-01-01\n"
        "Di,di@example.com,,2099-02-01,\n"
    )

    work = run(job, text)

    assert [(problem["row"], problem["column"]) for problem in work.result["problems"]] == [
        (2, "test"),
        (3, "opens_at"),
        (4, "expires_at"),
        (5, "opens_at"),
    ]


@pytest.mark.parametrize("entry_actions", [False, True])
@pytest.mark.django_db
def test_stages_do_something_with_imported_people_only_where_it_is_said(entry_actions):
    job = make_job()
    letter = make_letter()
    Stage.objects.filter(job=job).update(entry_mail=letter)

    operations.confirm_import(check=run(job, GOOD), by=SYSTEM, now=NOW, entry_actions=entry_actions)
    run_due_work(now=NOW)

    assert Application.objects.filter(job=job).count() == 3
    assert StageAction.objects.count() == (3 if entry_actions else 0)
