"""What is promised when a worker is killed, or when nobody sits before the test any more."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.journeys.faulty import Visitor, kill_pool, kill_whole, until
from tests.journeys.locked import database_url, held
from tests.journeys.office import Office, addresses, all_have_outcomes, delivered, scored_once
from tests.servers.postgres import PostgresServer
from tests.servers.processes import RunningSystem, is_alive


def test_f7_killed_worker_in_the_middle_of_a_bulk_invitation_leaves_one_mail_each(
    served: Office, postgres_server: PostgresServer
) -> None:
    people, work = kill_in_bulk_invitation(served, postgres_server, prefix="bulk")

    served.desk.hurry(addresses=addresses(people), work=[work])
    for name in ("worker_maint", "worker_mail"):
        served.system.start(name)

    until(lambda: bulk_is_over(served, people, work), "the rest of the work", 120)
    assert_invited_once(served, people, work)


def test_f7_killed_worker_in_the_middle_of_scoring_leaves_one_score_each(
    served: Office, postgres_server: PostgresServer
) -> None:
    running = kill_in_scoring(served, postgres_server, prefix="scoring")

    served.desk.hurry(attempts=running)
    served.system.start("worker_score")

    until(lambda: all_have_outcomes(served, running), "the scores")
    assert scored_once(served, running)


def test_f6_killed_pool_in_the_middle_of_scoring_leaves_one_score_each(
    served: Office, postgres_server: PostgresServer
) -> None:
    worker = served.system.pid("worker_score")
    running, pool = kill_pool_in_scoring(served, postgres_server, prefix="pool")

    served.desk.hurry(attempts=running)

    until(lambda: all_have_outcomes(served, running), "the scores")
    assert scored_once(served, running)
    assert served.system.pid("worker_score") == worker
    assert not any(is_alive(pid) for pid in pool)


def test_f10_attempt_whose_scoring_always_fails_holds_up_nobody_and_is_scored_once_mended(
    served: Office,
) -> None:
    people = served.open_job("always-fails", 5)["people"]
    served.desk.invite(applications=[person["pk"] for person in people])
    spoilt, *others = running = served.desk.start(emails=addresses(people))
    served.desk.spoil(attempt=spoilt)

    served.desk.submit(attempts=running)
    until(lambda: all_have_outcomes(served, others), "the scores of the others")
    until(lambda: served.desk.attempts(ids=[spoilt])[0]["score_tries"] == 1, "the first try")
    served.desk.hurry(attempts=[spoilt])
    until(lambda: served.desk.attempts(ids=[spoilt])[0]["score_tries"] == 2, "the second try")
    (failed,) = served.desk.attempts(ids=[spoilt])
    served.desk.mend(attempt=spoilt)
    served.desk.hurry(attempts=[spoilt])

    until(lambda: all_have_outcomes(served, running), "the score of the one that was mended")
    assert (failed["state"], failed["scores"], failed["scored"]) == ("submitted", 0, False)
    assert scored_once(served, running)


@pytest.mark.stress
def test_f6_killed_pool_in_the_middle_of_scoring_is_made_up_for_within_a_minute(
    served: Office, postgres_server: PostgresServer
) -> None:
    running, _pool = kill_pool_in_scoring(served, postgres_server, prefix="pool-alone")
    killed = time.monotonic()

    until(lambda: all_have_outcomes(served, running), "the scores", 90)
    took = time.monotonic() - killed
    assert scored_once(served, running)
    assert took < 60


@pytest.mark.stress
def test_f7_killed_workers_leave_nothing_undone_without_anybodys_help(
    served: Office, postgres_server: PostgresServer
) -> None:
    people, work = kill_in_bulk_invitation(served, postgres_server, prefix="alone")
    running = kill_in_scoring(served, postgres_server, prefix="scoring-alone")

    for name in ("worker_maint", "worker_mail", "worker_score"):
        served.system.start(name)

    until(lambda: bulk_is_over(served, people, work), "the rest of the work", 300)
    until(lambda: all_have_outcomes(served, running), "the scores", 300)
    assert_invited_once(served, people, work)
    assert scored_once(served, running)


def kill_in_bulk_invitation(
    office: Office, server: PostgresServer, *, prefix: str
) -> tuple[list[dict[str, Any]], int]:
    """Invite 300 people, and kill the worker that invites them and the one that mails them in the middle of it."""
    job = office.open_job(prefix, 300)
    people: list[dict[str, Any]] = job["people"]
    ids = [person["pk"] for person in people]
    last = f"SELECT 1 FROM hiring_application WHERE id = {ids[-1]} FOR UPDATE"
    with held(database_url(server, office.system), last) as hold:
        work = office.desk.bulk_invite(job=job["pk"], applications=ids)
        until(hold.somebody_waits, "the worker to stand before the last one")
        kill_whole(office.system, "worker_maint")
    assert 0 < office.desk.invited(applications=ids)["people"] < 300
    until(lambda: sum(delivered(office, people)) >= 20, "the first mails")
    kill_whole(office.system, "worker_mail")
    return people, work


def bulk_is_over(office: Office, people: list[dict[str, Any]], work: int) -> bool:
    if office.desk.work(pk=work)["state"] != "done":
        return False
    states = {each["state"] for each in office.desk.mails(addresses=addresses(people))}
    return states <= {"sent", "unknown"}


def assert_invited_once(office: Office, people: list[dict[str, Any]], work: int) -> None:
    assert office.desk.work(pk=work)["tries"] == 2
    parts = office.desk.invited(applications=[person["pk"] for person in people])
    assert parts == dict.fromkeys(parts, len(people))
    mails = office.desk.mails(addresses=addresses(people))
    arrived = dict(zip(addresses(people), delivered(office, people), strict=True))
    assert max(arrived.values()) == 1
    assert all(arrived[mail["to_address"]] == 1 for mail in mails if mail["state"] == "sent")
    # Those that were on the line when the worker died are for a person to decide about: one for each of its processes.
    assert [mail["state"] for mail in mails].count("unknown") <= 2


def kill_in_scoring(office: Office, server: PostgresServer, *, prefix: str) -> list[int]:
    """Submit five attempts, and kill the worker while it scores them."""
    with in_the_middle_of_scoring(office, server, prefix=prefix) as running:
        kill_whole(office.system, "worker_score")
    assert not any(each["scored"] for each in office.desk.attempts(ids=running))
    return running


def kill_pool_in_scoring(
    office: Office, server: PostgresServer, *, prefix: str
) -> tuple[list[int], list[int]]:
    """Submit five attempts, and kill the worker's processes while they score them."""
    with in_the_middle_of_scoring(office, server, prefix=prefix) as running:
        pool = kill_pool(office.system, "worker_score")
    assert not any(each["scored"] for each in office.desk.attempts(ids=running))
    return running, pool


@contextmanager
def in_the_middle_of_scoring(office: Office, server: PostgresServer, *, prefix: str) -> Iterator[list[int]]:
    """Submit five attempts, and hold the worker where it has written a score and not yet committed it."""
    people = office.open_job(prefix, 5)["people"]
    office.desk.invite(applications=[person["pk"] for person in people])
    running: list[int] = office.desk.start(emails=addresses(people))
    usage = "LOCK TABLE questions_questionusage IN SHARE MODE"
    with held(database_url(server, office.system), usage) as hold:
        office.desk.submit(attempts=running)
        until(hold.somebody_waits, "the worker to be in the middle of a score")
        yield running


def test_f7_killed_embedded_worker_leaves_one_score_each(
    embedded_office: Office, embedded_system: RunningSystem
) -> None:
    people = embedded_office.open_job("embedded-scoring", 12)["people"]
    embedded_office.desk.invite(applications=[person["pk"] for person in people])
    running = embedded_office.desk.start(emails=addresses(people))

    embedded_office.desk.submit(attempts=running)
    until(lambda: any(each["scored"] for each in embedded_office.desk.attempts(ids=running)), "a first score")
    kill_whole(embedded_system, "worker")
    embedded_office.desk.hurry(attempts=running)

    until(lambda: all_have_outcomes(embedded_office, running), "the scores")
    assert scored_once(embedded_office, running)


def test_closed_tab_is_submitted_at_its_deadline_within_seconds_and_scored(
    served: Office, embedded_office: Office, embedded_system: RunningSystem
) -> None:
    attempts = {}
    for office in (served, embedded_office):
        people = office.open_job(f"late-{office.system.mode}", 1)["people"]
        office.desk.invite(applications=[people[0]["pk"]])
        visitor = Visitor(office.system)
        page = visitor.get(office.desk.link(email=people[0]["email"]))
        path = re.search(r"/test/\w+/", page.text)[0]  # type: ignore[index]
        visitor.post(path + "start/", {"consent": "on"})
        (attempt,) = office.desk.start(emails=addresses(people))
        office.desk.leave_seconds(attempt=attempt, seconds=2)
        attempts[office.system.mode] = (office, attempt)

    for office, attempt in attempts.values():
        until(lambda: office.desk.attempts(ids=[attempt])[0]["outcome"], "the score")  # noqa: B023 -- asked at once

        (ended,) = office.desk.attempts(ids=[attempt])
        assert ended["submitted_by"] == "deadline"
        assert ended["submitted_at"] == ended["deadline_at"]
        assert ended["late"] < 15
        assert scored_once(office, [attempt])
