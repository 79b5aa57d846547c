"""A recruiter's office at a system that is broken on purpose, and what its tests ask of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.journeys.faulty import Desk, Program, Saver, Visitor, direct, until
from tests.servers.processes import RunningSystem
from tests.servers.proxy import FaultProxy
from tests.servers.smtp import SmtpServer

RECRUITER = "faults.lea@example.org"


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


def processes_without_redis(system: RunningSystem) -> int:
    """How many web processes count for themselves, as their log says."""
    log = system.log("web")
    return log.count("Redis does not answer") - log.count("Redis answers again")


def asked_again(office: Office) -> int:
    """Make a call that is counted, which finds out whether Redis is back; then look."""
    assert office.program.get("jobs/").status == 200
    return processes_without_redis(office.system)


# --- Inviting, and the mail ---


def addresses(people: list[dict[str, Any]]) -> list[str]:
    return [person["email"] for person in people]


def delivered(office: Office, people: list[dict[str, Any]]) -> list[int]:
    """How many mails reached each of these people."""
    return [len(office.smtp.to(person["email"])) for person in people]


def invite_on_page(office: Office, job: dict[str, Any], person: dict[str, Any]) -> float:
    """Choose one person, look at the preview, confirm; return how long the confirmation took."""
    fields = invite_fields(office, job, person)
    reply = office.visitor.post(f"/admin/jobs/{job['slug']}/invite/", {**fields, "confirm": "1"})
    assert reply.status == 302, reply.text
    assert reply.location.startswith("/admin/work/")
    return reply.seconds


def invite_fields(office: Office, job: dict[str, Any], person: dict[str, Any]) -> dict[str, Any]:
    """What the preview of inviting one person wants to be sent to confirm it."""
    preview = office.visitor.post(f"/admin/jobs/{job['slug']}/invite/", {"ids": [person["id"]]})
    assert preview.status == 200, preview.text
    return {"ids": preview.hidden("ids"), "token": preview.hidden("token"), "assessment": job["test"]}


def invite_by_api(office: Office, person: dict[str, Any]) -> float:
    reply = office.program.post(f"applications/{person['id']}/invitations/", {"assessment": "flask"})
    assert reply.status == 201, reply.text
    return reply.seconds


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


def leave_in_hand(office: Office, person: dict[str, Any]) -> None:
    """Invite somebody, and let the mail server take the mail and say nothing."""
    before = office.smtp.attempts
    office.smtp.script("hang")
    office.desk.invite(applications=[person["pk"]])
    until(lambda: office.smtp.attempts == before + 1, "the mail server to have it in hand")
    until_page_says(office, person, "Sending Invitation")


# --- Answers and scores ---


def all_have_outcomes(office: Office, attempts: list[int]) -> bool:
    return all(each["outcome"] for each in office.desk.attempts(ids=attempts))


def scored_once(office: Office, attempts: list[int]) -> bool:
    found = office.desk.attempts(ids=attempts)
    assert len(found) == len(attempts)
    once = {"state": "submitted", "scores": 1, "scored": True, "scored_events": 1, "submitted_events": 1}
    return all(each | once == each for each in found)


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
            acknowledged = [one.version for one in saver.acknowledged if one.position == position]
            assert row["version"] >= max(acknowledged, default=0)
            assert row["answer"] == (row["saved"][-1]["answer"] if row["saved"] else [])
