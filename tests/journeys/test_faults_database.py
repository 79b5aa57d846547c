"""What is promised while PostgreSQL is away or busy."""

from __future__ import annotations

import threading
import time

import pytest

from tests.journeys.faulty import Saver, Visitor, until
from tests.journeys.locked import colliding, database_url, deadlocking, held
from tests.journeys.office import Office, addresses, all_have_outcomes, assert_all_is_stored, scored_once
from tests.servers.postgres import PostgresServer


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


COLLISIONS = [
    pytest.param("40P01", id="deadlock"),
    pytest.param("40001", id="serialization failure", marks=pytest.mark.stress),
]


@pytest.mark.parametrize("code", COLLISIONS)
def test_f15_collisions_at_start_save_and_submit_are_not_noticed(
    served: Office, postgres_server: PostgresServer, code: str
) -> None:
    (person,) = served.open_job(f"collided-{code.lower()}-", 1)["people"]
    served.desk.invite(applications=[person["pk"]])
    url = database_url(postgres_server, served.system)

    with colliding(url, "assessments_attempt", code, times=2) as undone:
        saver = Saver(served.system, served.desk.link(email=person["email"]), threading.Event())
        assert undone() == 2
    with colliding(url, "assessments_answerrevision", code, times=2) as undone:
        saver.save(1)
        assert undone() == 2
    with colliding(url, "assessments_attempt", code, times=2) as undone:
        submitted = saver.visitor.post(f"{saver.path}submit/", {"confirmed": "yes"})
        assert undone() == 2

    assert (submitted.status, submitted.location) == (302, f"{saver.path}finished/")
    assert saver.refusals == set()
    (attempt,) = (each["pk"] for each in served.desk.sat(email=person["email"]))
    assert_all_is_stored(served, [saver], [attempt])
    until(lambda: all_have_outcomes(served, [attempt]), "the score")
    assert scored_once(served, [attempt])


def test_f15_collisions_while_moving_on_are_not_noticed_and_it_moves_on_once(
    served: Office, postgres_server: PostgresServer
) -> None:
    (person,) = served.open_job("collided-moving-", 1)["people"]
    served.desk.invite_to_pieces(email=person["email"], questions=3)
    visitor = Visitor(served.system)
    path = visitor.get(served.desk.link(email=person["email"])).path
    visitor.post(f"{path}start/", {"consent": "on"})

    url = database_url(postgres_server, served.system)
    with colliding(url, "assessments_attempt", "40P01", times=2) as undone:
        reply = visitor.post(f"{path}on/", {"leaving": "1", "confirmed": "yes"})
        assert undone() == 2

    assert (reply.status, reply.location) == (302, f"{path}question/2/")
    (moved,) = served.desk.sat(email=person["email"])
    assert (moved["open_from"], moved["open_to"]) == (2, 2)


def test_f15_collisions_without_end_answer_503_and_the_same_save_works_after_them(
    served: Office, postgres_server: PostgresServer
) -> None:
    (person,) = served.open_job("collided-again", 1)["people"]
    served.desk.invite(applications=[person["pk"]])
    saver = Saver(served.system, served.desk.link(email=person["email"]), threading.Event())
    (attempt,) = (each["pk"] for each in served.desk.sat(email=person["email"]))

    with colliding(
        database_url(postgres_server, served.system), "assessments_answerrevision", "40P01", 5
    ) as undone:
        saver.save(1)
        assert undone() == 5

    assert saver.refusals == {(503, "10")}
    assert saver.unanswered == 1
    assert_all_is_stored(served, [saver], [attempt])


def test_f15_real_deadlock_with_a_save_undoes_it_and_it_begins_anew(
    served: Office, postgres_server: PostgresServer
) -> None:
    (person,) = served.open_job("deadlocked", 1)["people"]
    served.desk.invite(applications=[person["pk"]])
    saver = Saver(served.system, served.desk.link(email=person["email"]), threading.Event())
    (attempt,) = (each["pk"] for each in served.desk.sat(email=person["email"]))
    noticed = served.system.log("web").count("save_answer collided")

    with deadlocking(
        database_url(postgres_server, served.system),
        first=f"assessments_attemptquestion WHERE attempt_id = {attempt} AND position = 1",
        second=f"assessments_attempt WHERE id = {attempt}",
    ):
        saver.save(1)

    # More than once, where the next try took the row before the one that was waiting for it.
    assert served.system.log("web").count("save_answer collided") > noticed
    assert saver.refusals == set()
    assert_all_is_stored(served, [saver], [attempt])
