"""What is promised to people whose network loses the reply to what the server has done."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException
from uuid import uuid4

import pytest

from tests.journeys.faulty import Saver, Visitor, until
from tests.journeys.office import Office, addresses, all_have_outcomes, invite_fields, scored_once
from tests.servers.proxy import FaultProxy


def unheard(line: FaultProxy, ask: Callable[[], object]) -> None:
    """Ask for something whose reply is lost after the server's work is done."""
    lost = line.lost
    line.lose_reply()
    with pytest.raises((OSError, HTTPException)):
        ask()
    assert line.lost == lost + 1


def test_f20_lost_replies_to_start_save_and_submit_are_asked_again_and_happen_once(
    office: Office, line: FaultProxy
) -> None:
    (person,) = office.open_job(f"unheard-{office.system.mode}-", 1)["people"]
    office.desk.invite(applications=[person["pk"]])
    visitor = Visitor(office.system)
    path = visitor.get(office.desk.link(email=person["email"])).path
    visitor.go_through(line)

    unheard(line, lambda: visitor.post(f"{path}start/", {"consent": "on"}))
    (started,) = office.desk.sat(email=person["email"])
    again = visitor.post(f"{path}start/", {"consent": "on"})
    assert visitor.get(again.location).path == f"{path}question/1/"
    assert office.desk.sat(email=person["email"]) == [started]

    page = Saver.read(visitor, path, 1)
    body = {
        "answer": page["places"][:1],
        "base_version": 0,
        "page_id": page["page_id"],
        "save_id": str(uuid4()),
    }
    unheard(line, lambda: visitor.post_json(f"{path}question/1/save/", body))
    (stored, *_others) = office.desk.answers(ids=[started["pk"]])
    reply = visitor.post_json(f"{path}question/1/save/", body)
    assert (reply.status, reply.json["outcome"]) == (200, "saved")
    assert (reply.json["version"], reply.json["answer"]) == (1, body["answer"])
    assert stored["saved"] == [{"save_id": body["save_id"], "answer": body["answer"], "number": 1}]
    assert office.desk.answers(ids=[started["pk"]])[0] == stored

    unheard(line, lambda: visitor.post(f"{path}submit/", {"confirmed": "yes"}))
    (submitted,) = office.desk.sat(email=person["email"])
    assert submitted["state"] == "submitted"
    again = visitor.post(f"{path}submit/", {"confirmed": "yes"})
    assert (again.status, again.location) == (302, f"{path}finished/")
    assert office.desk.sat(email=person["email"]) == [submitted]
    until(lambda: all_have_outcomes(office, [started["pk"]]), "the score")
    assert scored_once(office, [started["pk"]])


def test_f20_lost_reply_to_moving_on_is_asked_again_and_moves_on_once(
    office: Office, line: FaultProxy
) -> None:
    (person,) = office.open_job(f"unheard-moving-{office.system.mode}-", 1)["people"]
    office.desk.invite_to_pieces(email=person["email"], questions=3)
    visitor = Visitor(office.system)
    path = visitor.get(office.desk.link(email=person["email"])).path
    visitor.post(f"{path}start/", {"consent": "on"})
    visitor.go_through(line)
    press = f"{path}on/", {"leaving": "1", "confirmed": "yes"}

    unheard(line, lambda: visitor.post(*press))
    (moved,) = office.desk.sat(email=person["email"])
    again = [visitor.post(*press) for _ in range(2)]

    assert (moved["open_from"], moved["open_to"]) == (2, 2)
    assert [(reply.status, reply.location) for reply in again] == [(302, f"{path}question/2/")] * 2
    assert office.desk.sat(email=person["email"]) == [moved]


def test_f20_lost_replies_to_invitations_are_asked_again_and_mail_once(
    office: Office, line: FaultProxy
) -> None:
    job = office.open_job(f"unheard-invited-{office.system.mode}-", 2)
    by_program, on_page = people = job["people"]
    asked = f"applications/{by_program['id']}/invitations/", {"assessment": "flask"}
    fields = invite_fields(office, job, on_page)
    confirm = f"/admin/jobs/{job['slug']}/invite/", {**fields, "confirm": "1"}
    recruiter, direct = office.visitor, office.visitor.address

    office.program.visitor.go_through(line)
    recruiter.go_through(line)
    try:
        unheard(line, lambda: office.program.post(*asked))
        again = [office.program.post(*asked) for _ in range(2)]
        unheard(line, lambda: recruiter.post(*confirm))
        led_to = [recruiter.post(*confirm) for _ in range(2)]
    finally:
        recruiter.address = office.program.visitor.address = direct

    assert [reply.status for reply in again] == [200, 200]
    assert again[0].json == again[1].json
    assert [reply.status for reply in led_to] == [302, 302]
    assert led_to[0].location == led_to[1].location
    assert led_to[0].location.startswith("/admin/work/")
    ended = {"sent", "kept_here"}
    until(
        lambda: (
            {mail["state"] for mail in office.desk.mails(addresses=addresses(people))} <= ended
            and len(office.desk.mails(addresses=addresses(people))) == 2
        ),
        "both mails",
    )
    parts = office.desk.invited(applications=[person["pk"] for person in people])
    assert parts == dict.fromkeys(parts, 2)
