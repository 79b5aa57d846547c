"""What is promised when the worker that imports a file of questions is killed: nothing half, nothing twice."""

from __future__ import annotations

from tests.journeys.faulty import kill_whole, until
from tests.journeys.locked import database_url, stopping
from tests.journeys.office import Office
from tests.servers.postgres import PostgresServer

# Three parts as they are written; who is stopped at this one has written the first and is in the second.
COUNT, SECOND_PART = 450, 300
WORKER = "worker_maint"


def test_f7_worker_killed_while_it_reads_writes_and_tells_of_an_import_leaves_each_question_once(
    served: Office, postgres_server: PostgresServer
) -> None:
    desk, url, count = served.desk, database_url(postgres_server, served.system), COUNT
    bank = desk.open_bank(slug="killed")

    with stopping(url, "questions_importline", f"NEW.number = {SECOND_PART}") as hold:
        check = desk.upload_questions(bank=bank, count=count, intent=f"new-{bank}", confirmed=False)
        until(hold.somebody_waits, "the worker to be in the middle of the check", 300)
        killed(served, check)
    take_up(served, check)
    until(lambda: ended(served, check), "the end of the check", 300)
    assert desk.lines_of_check(check=check) == {"new": [count] * 3}
    assert desk.bank_as_seen(bank=bank) == 0

    with stopping(url, "questions_question", f"NEW.external_id = 'bench-{SECOND_PART}'") as hold:
        work = desk.import_of_check(check=check)
        until(hold.somebody_waits, "the worker to be in the middle of writing", 300)
        killed(served, work)
    assert desk.bank_in_full(bank=bank) == {**dict.fromkeys(PARTS, 0), "changed": 0, "imported": 0, "left": 1}
    assert desk.bank_as_seen(bank=bank) == 0

    with stopping(url, "outbox_event", told_of(bank, "question.added")) as hold:
        take_up(served, work)
        until(hold.somebody_waits, "the worker to be in the middle of telling of it", 300)
        killed(served, work)
    assert desk.bank_as_seen(bank=bank) == count
    assert 0 < desk.bank_in_full(bank=bank)["added"] < count
    # Whoever confirms it again, by another page, gets the same work.
    assert desk.import_of_check(check=check) == work
    take_up(served, work)
    until(lambda: ended(served, work, tries=3), "the end of the import", 300)
    assert desk.import_work(pk=work)["counts"] == [count, 0, 0, 0, 0]
    assert desk.bank_in_full(bank=bank) == whole(count)
    assert_unchanged(served, bank, count)


PARTS = ("questions", "ids", "versions", "keys", "words", "added")


def whole(count: int) -> dict[str, int]:
    """What `bank_in_full` says of so many questions that were imported once."""
    return {**dict.fromkeys(PARTS, count), "changed": 0, "imported": 1, "left": 0}


def told_of(bank: int, kind: str) -> str:
    """The condition on an event that it is the one by which a question of the second part is told of."""
    row = f"SELECT id FROM questions_question WHERE bank_id = {bank} AND external_id = 'bench-{SECOND_PART}'"
    return f"NEW.kind = '{kind}' AND NEW.about_id = ({row})"


def killed(office: Office, work: int) -> None:
    """Kill the worker, and see that the work was not done."""
    kill_whole(office.system, WORKER)
    assert office.desk.import_work(pk=work)["state"] == "running"


def take_up(office: Office, work: int) -> None:
    """Let the work of a worker that died be taken up before its lease is over."""
    office.desk.hurry(work=[work])
    office.system.start(WORKER)


def ended(office: Office, work: int, *, tries: int = 2) -> bool:
    """Whether it is done, at the try that it should be."""
    found = office.desk.import_work(pk=work)
    assert found["state"] != "failed", found
    if found["state"] != "done":
        return False
    assert found["tries"] == tries, found
    return True


def assert_unchanged(office: Office, bank: int, count: int) -> None:
    """The same file once more is unchanged throughout, so that there is nothing to import."""
    same = office.desk.upload_questions(bank=bank, count=count, intent=f"same-{bank}")
    until(lambda: ended(office, same, tries=1), "the check of the same file", 300)
    found = office.desk.import_work(pk=same)
    assert found["counts"] == [0, 0, count, 0, 0]
    assert found["imports"] is None
    # Of what stays as it is there is a count and no line.
    assert office.desk.lines_of_check(check=same) == {}
    assert office.desk.bank_in_full(bank=bank) == whole(count)
