"""What is promised when the web server is killed, or its keys are rotated."""

from __future__ import annotations

import threading

from config.embedded import children
from tests.journeys.faulty import Saver, Visitor, kill_whole, until
from tests.journeys.office import RECRUITER, Office, addresses, assert_all_is_stored
from tests.servers.processes import RunningSystem


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
        assert "Question 2 of 25" in again.text
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
