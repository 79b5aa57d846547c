"""What is promised when the worker that imports a file of questions is killed: nothing half, nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.faulty import kill_whole, until
from tests.journeys.locked import database_url, stopping
from tests.journeys.office import Office
from tests.servers.postgres import PostgresServer
from tests.servers.processes import wait_until

# Three parts as they are written; who is stopped at this one has written the first and is in the second.
COUNT, SECOND_PART = 450, 300
MANY = 10_000
# All of it is written again after each kill; only a machine that has other work needs so long.
PATIENCE = 900
OTHER_WORDS = "and when does it stop"
# As each mode calls it.
WORKER = {"embedded": "worker", "served": "worker_maint"}


@pytest.mark.parametrize("count", [COUNT, pytest.param(MANY, marks=pytest.mark.stress)])
def test_f7_worker_killed_while_it_reads_writes_and_tells_of_an_import_leaves_each_question_once(
    served: Office, postgres_server: PostgresServer, count: int
) -> None:
    desk, url = served.desk, database_url(postgres_server, served.system)
    bank = desk.open_bank(slug=f"killed-{count}")

    with stopping(url, "questions_importline", f"NEW.number = {SECOND_PART}") as hold:
        check = desk.upload_questions(bank=bank, count=count, intent=f"new-{bank}", confirmed=False)
        until(hold.somebody_waits, "the worker to be in the middle of the check", PATIENCE)
        killed(served, check)
    take_up(served, check)
    until(lambda: ended(served, check), "the end of the check", PATIENCE)
    assert desk.lines_of_check(check=check) == {"new": [count] * 3}
    assert desk.bank_as_seen(bank=bank) == 0

    with stopping(url, "questions_question", f"NEW.external_id = 'bench-{SECOND_PART}'") as hold:
        work = desk.import_of_check(check=check)
        until(hold.somebody_waits, "the worker to be in the middle of writing", PATIENCE)
        killed(served, work)
    assert desk.bank_in_full(bank=bank) == {**dict.fromkeys(PARTS, 0), "changed": 0, "imported": 0, "left": 1}
    assert desk.bank_as_seen(bank=bank) == 0

    with stopping(url, "outbox_event", told_of(bank, "question.added")) as hold:
        take_up(served, work)
        until(hold.somebody_waits, "the worker to be in the middle of telling of it", PATIENCE)
        killed(served, work)
    assert desk.bank_as_seen(bank=bank) == count
    assert 0 < desk.bank_in_full(bank=bank)["added"] < count
    # Whoever confirms it again, by another page, gets the same work.
    assert desk.import_of_check(check=check) == work
    take_up(served, work)
    until(lambda: ended(served, work, tries=3), "the end of the import", PATIENCE)
    assert desk.import_work(pk=work)["counts"] == [count, 0, 0, 0, 0]
    assert desk.bank_in_full(bank=bank) == whole(count)
    assert_unchanged(served, bank, count)


@pytest.mark.parametrize("count", [COUNT, pytest.param(MANY, marks=pytest.mark.stress)])
def test_f7_worker_killed_while_it_writes_and_tells_of_changes_makes_each_once(
    served: Office, postgres_server: PostgresServer, count: int
) -> None:
    desk, url = served.desk, database_url(postgres_server, served.system)
    bank = imported_bank(served, count)

    with stopping(url, "questions_question", f"NEW.external_id = 'bench-{SECOND_PART}'") as hold:
        check = desk.upload_questions(bank=bank, count=count, intent=f"newer-{bank}", words=OTHER_WORDS)
        until(hold.somebody_waits, "the worker to be in the middle of writing", PATIENCE)
        work = desk.import_of_check(check=check)
        killed(served, work)
    assert desk.bank_in_full(bank=bank) == {**whole(count), "left": 1}
    assert desk.bank_in_full(bank=bank, words=OTHER_WORDS)["versions"] == 0

    with stopping(url, "outbox_event", told_of(bank, "question.changed")) as hold:
        take_up(served, work)
        until(hold.somebody_waits, "the worker to be in the middle of telling of it", PATIENCE)
        killed(served, work)
    assert desk.bank_in_full(bank=bank, words=OTHER_WORDS)["versions"] == count
    take_up(served, work)
    assert_changed_once(served, bank, work, count)


@pytest.mark.stress
@pytest.mark.parametrize("count", [2_000, MANY])
def test_f7_killed_embedded_worker_leaves_each_question_of_an_import_once(
    embedded_office: Office, count: int
) -> None:
    office, desk = embedded_office, embedded_office.desk
    bank = desk.open_bank(slug=f"killed-{count}")

    check = desk.upload_questions(bank=bank, count=count, intent=f"new-{bank}", confirmed=False)
    running(office, check, lambda _work: True, "the worker to read the file")
    killed(office, check)
    take_up(office, check)
    until(lambda: ended(office, check), "the end of the check", PATIENCE)
    assert desk.lines_of_check(check=check) == {"new": [count] * 3}
    assert desk.bank_as_seen(bank=bank) == 0

    work = desk.import_of_check(check=check)
    running(office, work, is_writing, "the worker to write questions")
    killed(office, work)
    assert desk.bank_as_seen(bank=bank) == 0
    take_up(office, work)
    seen = set()

    def is_seen(_work: Any) -> bool:
        seen.add(desk.bank_as_seen(bank=bank))
        return bool(desk.times_imported(bank=bank) == 1)

    running(office, work, is_seen, "the questions to be seen")
    killed(office, work)
    assert seen <= {0, count}
    assert desk.bank_as_seen(bank=bank) == count
    take_up(office, work)
    until(lambda: ended(office, work, tries=3), "the end of the import", PATIENCE)
    assert desk.import_work(pk=work)["counts"] == [count, 0, 0, 0, 0]
    assert desk.bank_in_full(bank=bank) == whole(count)
    assert_unchanged(office, bank, count)


@pytest.mark.stress
@pytest.mark.parametrize("count", [2_000, MANY])
def test_f7_killed_embedded_worker_makes_each_change_of_an_import_once(
    embedded_office: Office, count: int
) -> None:
    office, desk = embedded_office, embedded_office.desk
    bank = imported_bank(office, count)

    check = desk.upload_questions(bank=bank, count=count, intent=f"newer-{bank}", words=OTHER_WORDS)
    until(lambda: ended(office, check, tries=1), "the check of what changed", PATIENCE)
    work = desk.import_of_check(check=check)
    running(office, work, is_writing, "the worker to write what changed")
    killed(office, work)
    assert desk.bank_in_full(bank=bank) == {**whole(count), "left": 1}
    assert desk.bank_in_full(bank=bank, words=OTHER_WORDS)["versions"] == 0

    take_up(office, work)
    running(office, work, lambda _work: desk.times_imported(bank=bank) == 2, "the change to be seen")
    killed(office, work)
    assert desk.bank_in_full(bank=bank, words=OTHER_WORDS)["versions"] == count
    take_up(office, work)
    assert_changed_once(office, bank, work, count)


PARTS = ("questions", "ids", "versions", "keys", "words", "added")


def whole(count: int) -> dict[str, int]:
    """What `bank_in_full` says of so many questions that were imported once."""
    return {**dict.fromkeys(PARTS, count), "changed": 0, "imported": 1, "left": 0}


def imported_bank(office: Office, count: int) -> int:
    """A bank into which so many questions were imported."""
    bank: int = office.desk.open_bank(slug=f"changed-{count}")
    first = office.desk.upload_questions(bank=bank, count=count, intent=f"new-{bank}")
    until(lambda: ended(office, first, tries=1), "the first check", PATIENCE)
    until(
        lambda: ended(office, office.desk.import_of_check(check=first), tries=1), "the first import", PATIENCE
    )
    return bank


def told_of(bank: int, kind: str) -> str:
    """The condition on an event that it is the one by which a question of the second part is told of."""
    row = f"SELECT id FROM questions_question WHERE bank_id = {bank} AND external_id = 'bench-{SECOND_PART}'"
    return f"NEW.kind = '{kind}' AND NEW.about_id = ({row})"


def is_writing(work: Any) -> bool:
    """Whether an import compared all, and wrote a part: a third of its work is comparing, the next is writing."""
    return bool(2 * work["total"] < 5 * work["done"])


def running(office: Office, work: int, condition: Callable[[Any], bool], what: str) -> None:
    """Wait until a worker is at it and `condition` holds; looked at often, since it passes."""

    def look() -> bool:
        found = office.desk.import_work(pk=work)
        assert found["state"] in ("queued", "running"), found
        return bool(found["state"] == "running" and condition(found))

    wait_until(look, what=what, seconds=PATIENCE, every=0.02)


def killed(office: Office, work: int) -> None:
    """Kill the worker, and see that the work was not done."""
    kill_whole(office.system, WORKER[office.system.mode])
    assert office.desk.import_work(pk=work)["state"] == "running"


def take_up(office: Office, work: int) -> None:
    """Let the work of a worker that died be taken up before its lease is over."""
    office.desk.hurry(work=[work])
    if office.system.mode == "served":
        office.system.start(WORKER["served"])


def ended(office: Office, work: int, *, tries: int = 2) -> bool:
    """Whether it is done, at the try that it should be."""
    found = office.desk.import_work(pk=work)
    assert found["state"] != "failed", found
    if found["state"] != "done":
        return False
    assert found["tries"] == tries, found
    return True


def assert_changed_once(office: Office, bank: int, work: int, count: int) -> None:
    """An import that changes all and was killed twice ends, with each change in it once."""
    until(lambda: ended(office, work, tries=3), "the end of the import of what changed", PATIENCE)
    assert office.desk.import_work(pk=work)["counts"] == [0, count, 0, 0, 0]
    changed = {**whole(count), "changed": count, "imported": 2}
    assert office.desk.bank_in_full(bank=bank, words=OTHER_WORDS) == changed
    assert_unchanged(office, bank, count, words=OTHER_WORDS)


def assert_unchanged(office: Office, bank: int, count: int, *, words: str = "") -> None:
    """The same file once more is unchanged throughout, so that there is nothing to import."""
    before = office.desk.bank_in_full(bank=bank, words=words)
    same = office.desk.upload_questions(bank=bank, count=count, intent=f"same-{words}-{bank}", words=words)
    until(lambda: ended(office, same, tries=1), "the check of the same file", PATIENCE)
    found = office.desk.import_work(pk=same)
    assert found["counts"] == [0, 0, count, 0, 0]
    assert found["imports"] is None
    # Of what stays as it is there is a count and no line.
    assert office.desk.lines_of_check(check=same) == {}
    assert office.desk.bank_in_full(bank=bank, words=words) == before
