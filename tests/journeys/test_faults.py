"""What is promised while a server is away or a process is killed: over HTTP, on the real processes."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import redis

from config.embedded import children
from tests.journeys.faulty import (
    Desk,
    Program,
    Saver,
    Stopwatch,
    Visitor,
    database_url,
    direct,
    held,
    kill_whole,
    until,
)
from tests.servers.postgres import PostgresServer
from tests.servers.processes import RunningSystem
from tests.servers.proxy import FaultProxy
from tests.servers.smtp import SmtpServer

RECRUITER = "faults.lea@example.org"
BACK = 60.0
FAULTS = ["refuse", "black_hole"]


@dataclass
class Office:
    """A system with a recruiter who is signed in, a program of theirs, and a desk behind the pages."""

    system: RunningSystem
    desk: Desk
    program: Program
    visitor: Visitor
    jobs: int = 0

    def open_job(self, prefix: str, people: int) -> dict[str, Any]:
        """A job of the recruiter with so many people; `prefix` stands in their addresses."""
        self.jobs += 1
        job: dict[str, Any] = self.desk.open_job(
            title=f"Faults {self.jobs}", recruiter=RECRUITER, prefix=prefix, people=people
        )
        assert len(job["people"]) == people
        return job

    @property
    def smtp(self) -> SmtpServer:
        assert self.system.smtp is not None
        return self.system.smtp

    @property
    def redis(self) -> FaultProxy:
        return self.system.proxies["redis"]


@contextmanager
def office_of(system: RunningSystem) -> Iterator[Office]:
    desk = Desk(system, direct(system))
    try:
        token = desk.hire(email=RECRUITER, name="Lea Moreau")
        visitor = Visitor(system)
        assert visitor.sign_in(RECRUITER).status == 302
        yield Office(system, desk, Program(system, token), visitor)
    finally:
        desk.close()


@pytest.fixture(scope="module")
def served_office(served_system: RunningSystem) -> Iterator[Office]:
    with office_of(served_system) as office:
        yield office


@pytest.fixture(scope="module")
def embedded_office(embedded_system: RunningSystem) -> Iterator[Office]:
    with office_of(embedded_system) as office:
        yield office


@pytest.fixture(params=["embedded", "served"])
def office(request: pytest.FixtureRequest) -> Office:
    """The office of each mode."""
    found: Office = request.getfixturevalue(f"{request.param}_office")
    return found


@pytest.fixture
def served(served_office: Office, served_system: RunningSystem) -> Iterator[Office]:
    """Served mode with every server well; whatever the test breaks is mended after it."""
    served_office.smtp.reset()
    away = processes_without_redis(served_system)
    yield served_office
    for proxy in served_system.proxies.values():
        proxy.forward()
    for child in served_system.children.values():
        if not child.running:
            child.start()
    served_office.smtp.reset()
    until(lambda: asked_again(served_office) <= away, "web processes to use Redis again")


def processes_without_redis(system: RunningSystem) -> int:
    """How many web processes count for themselves, as their log says."""
    log = system.log("web")
    return log.count("Redis does not answer") - log.count("Redis answers again")


def asked_again(office: Office) -> int:
    """Make a call that is counted, which finds out whether Redis is back; then look."""
    assert office.program.get("jobs/").status == 200
    return processes_without_redis(office.system)


@pytest.fixture
def broker(served: Office) -> Iterator[redis.Redis]:
    """The served broker itself, beside the proxy."""
    host, port = served.redis.target  # type: ignore[misc]
    with redis.Redis(host=host, port=int(port)) as client:
        yield client


def addresses(people: list[dict[str, Any]]) -> list[str]:
    return [person["email"] for person in people]


def delivered(office: Office, people: list[dict[str, Any]]) -> list[int]:
    """How many mails reached each of these people."""
    return [len(office.smtp.to(person["email"])) for person in people]


# --- Redis -------------------------------------------------------------------------------------------------------


def invite_on_page(office: Office, job: dict[str, Any], person: dict[str, Any]) -> float:
    """Choose one person, look at the preview, confirm; return how long the confirmation took."""
    path = f"/admin/jobs/{job['slug']}/invite/"
    preview = office.visitor.post(path, {"ids": [person["id"]]})
    assert preview.status == 200, preview.text
    fields = {name: preview.hidden(name) for name in ("ids", "token", "assessment")}
    reply = office.visitor.post(path, {**fields, "confirm": "1"})
    assert reply.status == 302, reply.text
    assert reply.location.startswith("/admin/work/")
    return reply.seconds


def invite_by_api(office: Office, person: dict[str, Any]) -> float:
    reply = office.program.post(f"applications/{person['id']}/invitations/", {"assessment": "flask"})
    assert reply.status == 201, reply.text
    return reply.seconds


@pytest.mark.parametrize("fault", FAULTS)
def test_f1_f2_inviting_goes_on_without_redis_and_the_mail_goes_out_after_it(
    served: Office, fault: str
) -> None:
    job = served.open_job(f"redis-{fault.replace('_', '-')}-", 12)
    well, broken = job["people"][:6], job["people"][6:]
    watch = Stopwatch(limit=0.5)
    watch.usual = [invite_by_api(served, person) for person in well[:4]]
    watch.usual += [invite_on_page(served, job, person) for person in well[4:]]
    watch.usual = watch.usual[1:3] + watch.usual[5:]  # the first ones warmed both web processes up

    getattr(served.redis, fault)()
    taken = [invite_by_api(served, person) for person in broken[:4]]
    taken += [invite_on_page(served, job, person) for person in broken[4:]]
    served.redis.forward()
    back = time.monotonic()

    until(lambda: all(delivered(served, job["people"])), "the mails after Redis is back", BACK + 10)
    took = time.monotonic() - back
    assert delivered(served, job["people"]) == [1] * 12
    watch.judge(taken)
    assert took < BACK


@pytest.mark.stress
@pytest.mark.parametrize("fault", FAULTS)
def test_f1_f2_long_outage_of_redis_ends_with_every_mail(served: Office, fault: str) -> None:
    people = served.open_job(f"long-{fault.replace('_', '-')}-", 3)["people"]
    getattr(served.redis, fault)()
    invite_by_api(served, people[0])
    # Longer than any timeout of a worker, and until its pauses between tries are the longest.
    time.sleep(100)
    invite_by_api(served, people[1])
    served.redis.forward()
    invite_by_api(served, people[2])

    until(lambda: all(delivered(served, people)), "the mails after Redis is back", BACK)
    assert delivered(served, people) == [1] * 3


@pytest.mark.parametrize("fault", ["killed", "stopped"])
def test_f1_f2_embedded_mode_invites_without_its_broker(
    embedded_office: Office, embedded_system: RunningSystem, fault: str
) -> None:
    job = embedded_office.open_job(f"broker-{fault}-", 4)
    people = job["people"]
    watch = Stopwatch(limit=0.5)
    watch.usual = [invite_by_api(embedded_office, people[0]), invite_on_page(embedded_office, job, people[1])]

    broker = embedded_system.pid("broker")
    os.kill(broker, signal.SIGKILL if fault == "killed" else signal.SIGSTOP)
    try:
        taken = [invite_by_api(embedded_office, people[2]), invite_on_page(embedded_office, job, people[3])]
    finally:
        if fault == "stopped":
            os.kill(broker, signal.SIGCONT)

    def all_kept() -> bool:
        mails = embedded_office.desk.mails(addresses=addresses(people))
        return [mail["state"] for mail in mails] == ["kept_here"] * 4

    until(all_kept, "the mails in the mail box", BACK)
    watch.judge(taken)


@pytest.mark.parametrize("fault", ["refuse", "cut"])
def test_f4_redis_lost_in_the_middle_of_a_task_ends_no_worker(served: Office, fault: str) -> None:
    slow, after = people = served.open_job(f"middle-{fault}-", 2)["people"]
    worker = served.system.pid("worker_mail")
    leave_in_hand(served, slow)
    lost = served.system.log("worker_mail").count("Connection to broker lost")

    getattr(served.redis, fault)()
    until(
        lambda: served.system.log("worker_mail").count("Connection to broker lost") > lost,
        "the worker to notice",
    )
    served.redis.forward()
    served.smtp.release()
    served.desk.invite(applications=[after["pk"]])

    until(lambda: served.smtp.to(after["email"]), "the next mail", BACK)
    until_page_says(served, slow, "State Queued", "Why 451 4.3.0 Waited too long")
    served.desk.hurry(addresses=addresses(people))
    until(lambda: all(delivered(served, people)), "the mail that was put off")
    assert delivered(served, people) == [1, 1]
    assert served.system.pid("worker_mail") == worker
    assert served.system.children["worker_mail"].running


@pytest.mark.parametrize("fault", FAULTS)
def test_f1_f2_signing_in_goes_on_without_redis_and_keeps_its_limit(served: Office, fault: str) -> None:
    watch = Stopwatch(limit=2.0, usual=[Visitor(served.system).sign_in(RECRUITER).seconds])
    getattr(served.redis, fault)()

    replies = [Visitor(served.system).sign_in(RECRUITER) for _ in range(3)]

    assert [reply.status for reply in replies] == [302] * 3
    watch.judge([reply.seconds for reply in replies])
    guesser = Visitor(served.system)
    address = f"faults.{fault}@example.org"
    said = [guesser.sign_in(address, f"guess number {number}").text for number in range(7)]
    served.desk.forget_guesses()
    # Counted in the database: five tries for a name, in all of the web processes together.
    assert ["Too many wrong tries" in text for text in said] == [False] * 5 + [True] * 2


def test_f3_f18_flushed_redis_and_two_schedulers_lose_and_double_nothing(
    served: Office, broker: redis.Redis
) -> None:
    job = served.open_job("flushed", 60)
    mailed, bulk, tested = job["people"][:10], job["people"][10:50], job["people"][50:]
    served.desk.invite(applications=[person["pk"] for person in tested])
    running = served.desk.start(emails=addresses(tested))
    second = second_scheduler(served.system)
    try:
        # The workers cannot take anything, while whoever asks still reaches the broker.
        served.redis.refuse()
        served.desk.invite(applications=[person["pk"] for person in mailed])
        work = served.desk.bulk_invite(job=job["pk"], applications=[person["pk"] for person in bulk])
        served.desk.submit(attempts=running)
        queues = [f"shortlist:{name}" for name in ("mail", "score", "maint")]
        until(lambda: all(broker.llen(queue) for queue in queues), "every queue to hold something")

        broker.flushall()
        second.start()
        served.redis.forward()

        until(lambda: all(delivered(served, job["people"])), "every mail")
        until(lambda: served.desk.work(pk=work)["state"] == "done", "the bulk invitation")
        until(lambda: all_have_outcomes(served, running), "the scores")
    finally:
        children.stop([second], seconds=5)
    assert delivered(served, job["people"]) == [1] * 60
    assert {each["state"] for each in served.desk.mails(addresses=addresses(job["people"]))} == {"sent"}
    assert scored_once(served, running)


def second_scheduler(system: RunningSystem) -> children.Child:
    first = system.children["scheduler"]
    return children.Child(
        name="second scheduler",
        command=first.command,
        environment=first.environment,
        log=first.log.with_name("second_scheduler.log"),
        folder=first.folder,
    )


def scored_once(office: Office, attempts: list[int]) -> bool:
    found = office.desk.attempts(ids=attempts)
    assert len(found) == len(attempts)
    once = {"state": "submitted", "scores": 1, "scored": True, "scored_events": 1, "submitted_events": 1}
    return all(each | once == each for each in found)


# --- Killed workers ----------------------------------------------------------------------------------------------


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
    people = office.open_job(prefix, 5)["people"]
    office.desk.invite(applications=[person["pk"] for person in people])
    running: list[int] = office.desk.start(emails=addresses(people))
    usage = "LOCK TABLE questions_questionusage IN SHARE MODE"
    with held(database_url(server, office.system), usage) as hold:
        office.desk.submit(attempts=running)
        until(hold.somebody_waits, "the worker to be in the middle of a score")
        kill_whole(office.system, "worker_score")
    assert not any(each["scored"] for each in office.desk.attempts(ids=running))
    return running


def all_have_outcomes(office: Office, attempts: list[int]) -> bool:
    return all(each["outcome"] for each in office.desk.attempts(ids=attempts))


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


# --- Killed web, and time that is over -----------------------------------------------------------------------------


def test_f19_killed_web_server_loses_no_acknowledged_answer(office: Office) -> None:
    prefix = f"saver-{office.system.mode}"
    people = office.open_job(prefix, 4)["people"]
    office.desk.invite(applications=[person["pk"] for person in people])
    stop = threading.Event()
    savers = [Saver(office.system, office.desk.link(email=person["email"]), stop) for person in people]
    running = office.desk.start(emails=addresses(people))
    for saver in savers:
        saver.start()

    def each_has(more: int, than: list[int]) -> bool:
        assert not any(saver.trouble for saver in savers), [saver.trouble for saver in savers]
        return all(len(saver.acknowledged) >= had + more for saver, had in zip(savers, than, strict=True))

    try:
        until(lambda: each_has(4, [0] * 4), "answers before the kill")
        kill_whole(office.system, "web")
        had = [len(saver.acknowledged) for saver in savers]
        if office.system.mode == "served":
            office.system.start("web")
        until(lambda: each_has(4, had), "answers after the kill", 120)
    finally:
        stop.set()
        for saver in savers:
            saver.join(30)

    assert sum(saver.unanswered for saver in savers) > 0
    assert_all_is_stored(office, savers, running)


def assert_all_is_stored(office: Office, savers: list[Saver], running: list[int]) -> None:
    """Every acknowledged answer is there once, and the newest one counts."""
    assert not any(saver.trouble for saver in savers), [saver.trouble for saver in savers]
    stored = {(row["attempt"], row["position"]): row for row in office.desk.answers(ids=running)}
    for saver, attempt in zip(savers, running, strict=True):
        for one in saver.acknowledged:
            saved = stored[attempt, one.position]["saved"]
            assert [each for each in saved if each["save_id"] == one.save_id] == [
                {"save_id": one.save_id, "answer": one.answer, "number": one.version}
            ]
        for position in saver.pages:
            row = stored[attempt, position]
            assert [each["number"] for each in row["saved"]] == list(range(1, row["version"] + 1))
            last = [one for one in saver.acknowledged if one.position == position][-1]
            assert row["version"] >= last.version
            assert row["answer"] == row["saved"][-1]["answer"]


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


# --- PostgreSQL ---------------------------------------------------------------------------------------------------


def test_f13_lost_database_answers_503_loses_no_acknowledged_answer_and_heals(served: Office) -> None:
    job = served.open_job("database", 4)
    people = job["people"]
    served.desk.invite(applications=[person["pk"] for person in people])
    stop = threading.Event()
    savers = [Saver(served.system, served.desk.link(email=person["email"]), stop) for person in people]
    running = served.desk.start(emails=addresses(people))
    for saver in savers:
        saver.start()
    postgres = served.system.proxies["postgres"]

    def each_has(more: int, than: list[int]) -> bool:
        assert not any(saver.trouble for saver in savers), [saver.trouble for saver in savers]
        return all(len(saver.acknowledged) >= had + more for saver, had in zip(savers, than, strict=True))

    try:
        until(lambda: each_has(3, [0] * 4), "answers before the fault")
        postgres.refuse()
        until(lambda: all(saver.refusals for saver in savers), "every candidate to be refused")
        away = [
            served.visitor.get("/admin/"),
            served.program.get("jobs/"),
            savers[0].visitor.get(f"{savers[0].path}question/1/"),
        ]
        had = [len(saver.acknowledged) for saver in savers]
        postgres.forward()
        back = time.monotonic()
        until(lambda: each_has(1, had), "answers after the fault")
        healed = time.monotonic() - back
    finally:
        stop.set()
        for saver in savers:
            saver.join(30)

    assert {refusal for saver in savers for refusal in saver.refusals} == {(503, "10")}
    assert [(reply.status, reply.retry_after) for reply in away] == [(503, "10")] * 3
    assert "Try again" in away[0].text
    assert away[1].json == {
        "detail": "The database is busy, away or out of space. Try again in a few seconds."
    }
    assert healed < 10
    assert_all_is_stored(served, savers, running)
    assert served.visitor.get("/admin/").status == 200


def test_f14_waiting_for_a_lock_ends_with_503_and_the_same_save_works_after_it(
    served: Office, postgres_server: PostgresServer
) -> None:
    (person,) = served.open_job("locked", 1)["people"]
    served.desk.invite(applications=[person["pk"]])
    saver = Saver(served.system, served.desk.link(email=person["email"]), threading.Event())
    (attempt,) = served.desk.start(emails=[person["email"]])
    page = saver.pages[1]
    body = {"answer": page["places"][:1], "base_version": page["version"], "page_id": page["page_id"]}
    body["save_id"] = "6f2c9a54-0f3e-4b53-9d11-8f0f4a1f0b14"
    path = f"{saver.path}question/1/save/"

    lock = f"SELECT 1 FROM assessments_attempt WHERE id = {attempt} FOR UPDATE"
    with held(database_url(postgres_server, served.system), lock):
        refused = saver.visitor.post_json(path, body)
        beside = saver.visitor.get(f"{saver.path}question/2/")

    assert (refused.status, refused.retry_after) == (503, "10")
    assert 4.5 < refused.seconds < 15
    assert beside.status == 200
    assert saver.visitor.post_json(path, body).json["outcome"] == "saved"


# --- Rotated keys --------------------------------------------------------------------------------------------------


def test_f27_rotated_keys_leave_links_attempts_and_colleagues_where_they_are(served: Office) -> None:
    job = served.open_job("rotated", 2)
    people = job["people"]
    served.desk.invite(applications=[person["pk"] for person in people])
    old = {name: served.system.environment[name] for name in ("LINK_KEYS", "SECRET_KEY")}
    new_link_key, stranger = "rotated-" + "n" * 50, "stranger-" + "s" * 50
    running = Saver(served.system, served.desk.link(email=people[0]["email"]), threading.Event())
    running.save(1)
    waiting = served.desk.link(email=people[1]["email"])
    # A session that goes over to the new key is lost when the old one comes back, so it is one of this test.
    colleague = Visitor(served.system)
    assert colleague.sign_in(RECRUITER).status == 302
    web = served.system.children["web"]
    usual = web.environment
    web.environment = dict(usual) | {
        "LINK_KEYS": f"{new_link_key},{old['LINK_KEYS']}",
        "SECRET_KEY": "rotated-" + "m" * 50,
        "SECRET_KEY_FALLBACKS": old["SECRET_KEY"],
    }
    try:
        restart_web(served.system)

        # The attempt goes on in the page that was open, and in another browser.
        running.save(1)
        running.save(2)
        again = Visitor(served.system).get(served.desk.link(email=people[0]["email"]))
        assert "Question 2 of 24" in again.text
        # Links that were mailed before open, and those that are mailed from now on; not one under a strange key.
        assert "Nothing has started yet" in Visitor(served.system).get(waiting).text
        new = served.desk.link(email=people[1]["email"], keys=[new_link_key])
        assert new != waiting
        assert "Nothing has started yet" in Visitor(served.system).get(new).text
        strange = served.desk.link(email=people[1]["email"], keys=[stranger])
        assert Visitor(served.system).get(strange).status == 404
        # The colleague is still signed in.
        page = colleague.get(f"/admin/jobs/{job['slug']}/")
        assert page.status == 200
        assert people[0]["name"] in page.text
    finally:
        web.environment = usual
        restart_web(served.system)


def restart_web(system: RunningSystem) -> None:
    children.stop([system.children["web"]], seconds=10)
    system.start("web")
    system.wait_for_web()


# --- The mail server, as the recruiter sees it -----------------------------------------------------------------------


def mail_page(office: Office, person: dict[str, Any]) -> str:
    """What the recruiter's page of the newest mail to this person says, as words."""
    listed = office.visitor.get(f"/admin/mail/?q={person['name'].replace(' ', '+')}")
    found = re.search(r'href="(/admin/mail/\w{16}/)"', listed.text)
    if found is None:
        return ""
    page = office.visitor.get(found[1])
    assert page.status == 200
    words = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]*>", " ", page.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", words)


def until_page_says(office: Office, person: dict[str, Any], *words: str, seconds: float = 60.0) -> None:
    shown = ""

    def look() -> bool:
        nonlocal shown
        shown = mail_page(office, person)
        return all(each in shown for each in words)

    try:
        until(look, f"the page of the mail to say {words}", seconds)
    except AssertionError as waited:
        raise AssertionError(f"{waited}; it says {shown[-1500:]}") from None


def test_f11_recruiter_reads_what_the_mail_server_did_and_nobody_is_mailed_twice(served: Office) -> None:
    away, slow, refused, put_off = people = served.open_job("smtp", 4)["people"]
    smtp = served.smtp
    smtp.refuse_recipients[refused["email"]] = "550 5.1.1 no such mailbox"
    smtp.refuse_recipients[put_off["email"]] = "451 4.3.0 try again later"

    served.system.proxies["smtp"].refuse()
    served.desk.invite(applications=[away["pk"]])
    until_page_says(served, away, "State Queued", "Why Nobody answers at this server and port.", "Next try")
    served.system.proxies["smtp"].forward()
    leave_in_hand(served, slow)
    # One process of the worker waits for the slow server; the other goes on.
    served.desk.invite(applications=[refused["pk"], put_off["pk"]])
    until_page_says(served, refused, "State Failed", "Why 550 5.1.1 no such mailbox")
    until_page_says(served, put_off, "State Queued", "Why 451 4.3.0 try again later", "Next try")
    smtp.release()
    until_page_says(served, slow, "State Queued", "Why 451 4.3.0 Waited too long", "Next try")

    smtp.refuse_recipients.clear()
    served.desk.hurry(addresses=addresses(people))
    for person in (away, slow, put_off):
        until_page_says(served, person, "State Sent")
    assert delivered(served, people) == [1, 1, 0, 1]


@pytest.mark.stress
def test_f11_silent_mail_server_makes_a_mail_unknown_and_it_is_not_sent_again(served: Office) -> None:
    (person,) = people = served.open_job("silent", 1)["people"]

    leave_in_hand(served, person)

    words = "Why The connection broke before the mail server confirmed it."
    until_page_says(served, person, "State Unknown", words, "Ask the reader before you send it again")
    served.desk.hurry(addresses=addresses(people))
    time.sleep(40)  # more than two looks of the scheduler
    assert "State Unknown" in mail_page(served, person)
    assert delivered(served, people) == [0]
    assert served.smtp.attempts == 1


def leave_in_hand(office: Office, person: dict[str, Any]) -> None:
    """Invite somebody, and let the mail server take the mail and say nothing."""
    before = office.smtp.attempts
    office.smtp.script("hang")
    office.desk.invite(applications=[person["pk"]])
    until(lambda: office.smtp.attempts == before + 1, "the mail server to have it in hand")
    until_page_says(office, person, "State Sending")
