"""What is promised when a worker is killed while it does what stages ask for."""

from __future__ import annotations

from typing import Any

from tests.journeys.faulty import kill_whole, until
from tests.journeys.locked import database_url, held
from tests.journeys.office import RECRUITER, Office, addresses
from tests.servers.postgres import PostgresServer

PEOPLE = 4
ONCE = {"invitations": 1, "invitation mails": 1, "letters": 1, "interviews": 1}


def test_f7_killed_worker_in_the_middle_of_a_stage_action_does_each_once(
    served: Office, postgres_server: PostgresServer
) -> None:
    # Of an invitation all but its tie to the application is written by then.
    ties = "LOCK TABLE hiring_applicationassessment IN SHARE MODE"
    with held(database_url(postgres_server, served.system), ties) as hold:
        job, ids = enter_busy_stage(served, "Served glazier")
        served.desk.hurry_actions(job=job["slug"])
        until(hold.somebody_waits, "the worker to be in the middle of an invitation")
        kill_whole(served.system, "worker_score")
    left = served.desk.stage_actions(applications=ids)
    assert any(row["tries"] and row["kind"] == "test" for row in left)
    assert all(row["state"] == "waiting" for row in left if row["kind"] == "test")

    served.desk.hurry_actions(job=job["slug"], dead=True)
    served.system.start("worker_score")

    until(lambda: all_done(served, ids), "what the stage asks for")
    assert [served.desk.came_of(application=pk) for pk in ids] == [ONCE] * PEOPLE
    people = addresses(job["people"])
    until(lambda: all(len(served.smtp.to(each)) >= 2 for each in people), "the mail")
    assert [len(served.smtp.to(each)) for each in people] == [2] * PEOPLE


def test_f7_killed_embedded_worker_does_what_stages_ask_for_once(embedded_office: Office) -> None:
    office = embedded_office
    job, ids = enter_busy_stage(office, "Embedded glazier")

    office.desk.hurry_actions(job=job["slug"])
    until(lambda: "done" in states(office, ids), "the first to be done")
    kill_whole(office.system, "worker")
    office.desk.hurry_actions(job=job["slug"], dead=True)

    until(lambda: all_done(office, ids), "what the stage asks for")
    assert [office.desk.came_of(application=pk) for pk in ids] == [ONCE] * PEOPLE


def enter_busy_stage(office: Office, title: str) -> tuple[dict[str, Any], list[int]]:
    """Move people to a stage that sends a test and a letter and asks for an interview; nothing of it is due yet."""
    job = office.desk.open_busy_job(title=title, recruiter=RECRUITER, sends="all")
    people = [
        office.desk.add_person(
            job=job["slug"], name=f"{title} {number}", email=f"{job['slug']}-{number}@example.net"
        )
        for number in range(PEOPLE)
    ]
    ids = [person["pk"] for person in people]
    office.desk.move_people(applications=ids, stage="Test")
    assert len(states(office, ids)) == 3 * PEOPLE
    return job | {"people": people}, ids


def states(office: Office, ids: list[int]) -> list[str]:
    return [row["state"] for row in office.desk.stage_actions(applications=ids)]


def all_done(office: Office, ids: list[int]) -> bool:
    return set(states(office, ids)) == {"done"}
