"""What is promised while Redis, or the broker of the embedded mode, is away, silent or empty."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import pytest
import redis

from config.embedded import children
from tests.journeys.faulty import Saver, Stopwatch, Visitor, until
from tests.journeys.office import (
    RECRUITER,
    Office,
    addresses,
    all_have_outcomes,
    assert_all_is_stored,
    delivered,
    invite_by_api,
    invite_on_page,
    leave_in_hand,
    scored_once,
    until_page_says,
)
from tests.servers.processes import RunningSystem

BACK = 60.0
FAULTS = ["refuse", "black_hole"]


@pytest.mark.scaled
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


@pytest.mark.scaled
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
    until_page_says(served, slow, "Queued Invitation", "Why 451 4.3.0 Waited too long")
    served.desk.hurry(addresses=addresses(people))
    until(lambda: all(delivered(served, people)), "the mail that was put off")
    assert delivered(served, people) == [1, 1]
    assert served.system.pid("worker_mail") == worker
    assert served.system.children["worker_mail"].running


@contextmanager
def full(broker: redis.Redis) -> Iterator[None]:
    """A Redis without room, which refuses whatever would need some."""
    broker.config_set("maxmemory-policy", "noeviction")
    broker.config_set("maxmemory", "1")
    try:
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            broker.lpush("more", "1")
        yield
    finally:
        broker.config_set("maxmemory", "0")


@pytest.mark.scaled
def test_f5_full_redis_lets_candidates_save_and_submit_and_what_follows_comes_after_it(
    served: Office, broker: redis.Redis
) -> None:
    job = served.open_job("full-", 6)
    tested, invited = job["people"][:2], job["people"][2:]
    served.desk.invite(applications=[person["pk"] for person in tested])
    savers = [Saver(served.system, served.desk.link(email=person["email"]), Event()) for person in tested]
    running = served.desk.start(emails=addresses(tested))
    watch = Stopwatch(limit=0.5)
    watch.usual = [invite_by_api(served, invited[0]), invite_on_page(served, job, invited[1])]
    workers = {name: served.system.pid(name) for name in served.system.children if "worker" in name}

    with full(broker):
        for saver in savers:
            for position in (1, 2, 3):
                saver.save(position)
            reply = saver.visitor.post(f"{saver.path}submit/", {"confirmed": "yes"})
            assert (reply.status, reply.location) == (302, f"{saver.path}finished/")
        taken = [invite_by_api(served, invited[2]), invite_on_page(served, job, invited[3])]
    back = time.monotonic()

    until(lambda: all_have_outcomes(served, running), "the scores after Redis has room", BACK + 10)
    until(lambda: all(delivered(served, job["people"])), "the mails after Redis has room", BACK + 10)
    took = time.monotonic() - back
    assert [(saver.unanswered, saver.refusals) for saver in savers] == [(0, set())] * 2
    assert_all_is_stored(served, savers, running)
    assert scored_once(served, running)
    assert delivered(served, job["people"]) == [1] * 6
    watch.judge(taken)
    assert took < BACK
    assert {name: served.system.pid(name) for name in workers} == workers
    assert all(served.system.children[name].running for name in workers)


@pytest.mark.scaled
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
