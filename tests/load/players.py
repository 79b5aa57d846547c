"""Candidates: from the mailed link to the closing page, doing what the pages and their script do."""

from __future__ import annotations

import asyncio
import random
import re
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.load.wire import Browser, NoAnswer, Reply

# How long the page's script waits before it sends again; the last one for ever.
DELAYS = (1.0, 2.0, 4.0, 8.0, 15.0)
# A run ends some day, even where nobody answers any more.
GIVE_UP = 120.0
QUESTIONS = 24

_CODE = re.compile(r'name="answer" value="([^"]+)"')
_CHECKBOX = re.compile(r'<input type="checkbox"[^>]* name="answer"')
_FIELD = re.compile(r'name="(base_version|page_id|csrfmiddlewaretoken)" value="([^"]*)"')
_DEADLINE = re.compile(r'data-deadline-at="([^"]+)"')


@dataclass(frozen=True)
class Manner:
    """How somebody takes a test. Probabilities are for each question."""

    # Seconds between two saves, half to one and a half of it; 0: as fast as the server answers.
    think: float = 0.0
    # Seconds after which they start, counted from the beginning of all.
    start_within: float = 0.0
    # Go on changing answers until so many seconds have passed since the beginning.
    until: float = 0.0
    # Submit so many seconds before the deadline, at most; 0: when every question is answered.
    last_seconds: float = 0.0
    change_mind: float = 0.0
    flag: float = 0.0
    lose_connection: float = 0.0


@dataclass
class Told:
    """What the server said about one save: acknowledged with a version, or nothing yet."""

    position: int
    save_id: str
    answer: list[str]
    version: int = 0


@dataclass
class Player:
    """One person with a link. `told` is what must be in the database, `outcome` how it ended for them."""

    invitation: int
    link: str
    browser: Browser
    manner: Manner
    luck: random.Random
    told: list[Told] = field(default_factory=list)
    outcome: str = ""
    lost_connections: int = 0
    unanswered: int = 0
    refused: list[int] = field(default_factory=list)
    submitted_at: float = 0.0
    deadline: float = 0.0
    path: str = ""
    begun: float = 0.0
    tab_id: str = ""

    async def play(self, begun: float) -> None:
        """Take the test; `begun` is when it began for all, by `time.time()`."""
        self.begun = begun
        self.tab_id = self.any_id()
        await asyncio.sleep(self.luck.uniform(0, self.manner.start_within))
        await self.open()
        await self.start()
        await self.answer_all()
        await self.submit()

    # --- Pages ---

    async def open(self) -> Reply:
        """Press the link in the mail; ends on the briefing, or where this person was."""
        reply = await self.get("open", self.link)
        self.path = reply.location
        return await self.follow("briefing" if not self.told else "question", reply)

    async def start(self) -> None:
        await self.until_answered(
            lambda: self.browser.post_form("start", self.path + "start/", {"consent": "on"})
        )

    async def answer_all(self) -> None:
        manner, position, answered = self.manner, 1, 0
        while True:
            await self.pause()
            await self.answer(position)
            answered += 1
            position = position + 1 if answered < QUESTIONS else self.luck.randint(1, QUESTIONS)
            is_due = answered >= QUESTIONS and time.time() >= self.begun + manner.until
            if manner.last_seconds:
                is_due = time.time() + manner.think * 1.5 > self.deadline - manner.last_seconds
            if is_due:
                return

    async def answer(self, position: int) -> None:
        """Open a question, choose, and let the page save it; some mark it, change their mind, or lose the network."""
        page = await self.question(position)
        if self.happens(self.manner.lose_connection):
            page = await self.answer_on_a_bad_line(position, page)
        else:
            await self.save(page, self.choose(page))
        if self.happens(self.manner.change_mind):
            await self.save(page, self.choose(page))
        if self.happens(self.manner.flag):
            path = f"{self.path}question/{position}/flag/"
            await self.until_answered(lambda: self.browser.post_form("flag", path, {"flagged": "yes"}))

    async def question(self, position: int) -> Page:
        reply = await self.get("question", f"{self.path}question/{position}/")
        page = Page.read(position, reply.text)
        self.deadline = page.deadline
        return page

    async def answer_on_a_bad_line(self, position: int, page: Page) -> Page:
        """The network goes while the answer is under way: open the link again, and send the same again."""
        self.lost_connections += 1
        told = self.begin(page, self.choose(page))
        body = self.body(page, told)
        await self.browser.send_and_vanish(self.save_path(position), body)
        if self.luck.random() < 0.5:
            self.browser.cookies.clear()
        await self.open()
        await self.get("clock", self.path + "clock/")
        fresh = await self.question(position)
        await self.deliver(fresh, told, body)
        return fresh

    # --- Saving ---

    async def save(self, page: Page, answer: list[str]) -> None:
        told = self.begin(page, answer)
        await self.deliver(page, told, self.body(page, told))

    def begin(self, page: Page, answer: list[str]) -> Told:
        told = Told(page.position, self.any_id(), answer)
        self.told.append(told)
        return told

    def body(self, page: Page, told: Told) -> dict[str, Any]:
        return {
            "answer": told.answer,
            "base_version": page.version,
            "save_id": told.save_id,
            "page_id": page.page_id,
            "seconds": max(1, round(self.manner.think)),
            "tab_id": self.tab_id,
        }

    async def deliver(self, page: Page, told: Told, body: dict[str, Any]) -> None:
        """Send a save until it is answered. What is acknowledged counts from here on."""
        path = self.save_path(page.position)
        reply = await self.until_answered(lambda: self.browser.post_json("save", path, body))
        if reply.status != 200:
            self.refused.append(reply.status)
            return
        said = reply.json
        if said["outcome"] == "saved":
            told.version = page.version = said["version"]
            self.deadline = datetime.fromisoformat(said["deadline_at"]).timestamp()

    def any_id(self) -> str:
        return str(UUID(int=self.luck.getrandbits(128), version=4))

    def save_path(self, position: int) -> str:
        return f"{self.path}question/{position}/save/"

    def choose(self, page: Page) -> list[str]:
        if not page.is_multiple:
            return [self.luck.choice(page.codes)]
        return self.luck.sample(page.codes, self.luck.randint(1, len(page.codes)))

    # --- The end ---

    async def submit(self) -> None:
        await self.get("overview", self.path + "overview/")
        if self.manner.last_seconds:
            await asyncio.sleep(
                max(0.0, self.deadline - self.luck.uniform(0.2, self.manner.last_seconds) - time.time())
            )
        self.submitted_at = time.time()
        form: dict[str, str] = {}
        reply = await self.until_answered(
            lambda: self.browser.post_form("submit", self.path + "submit/", form)
        )
        if reply.status == 200:
            # The page that asks whether to hand in with questions open.
            form = {"confirmed": "yes"}
            reply = await self.until_answered(
                lambda: self.browser.post_form("submit", self.path + "submit/", form)
            )
        await self.follow("finished", reply)
        self.outcome = "submitted"

    # --- What a browser and its person do ---

    async def get(self, kind: str, path: str) -> Reply:
        return await self.until_answered(lambda: self.browser.get(kind, path))

    async def follow(self, kind: str, reply: Reply) -> Reply:
        while 300 <= reply.status < 400:
            reply = await self.get(kind, reply.location)
        return reply

    async def until_answered(self, ask: Any) -> Reply:
        """Ask again, after the pauses of the page's script, until something other than a failure comes.

        Raises `NoAnswer` when nothing has come for minutes.
        """
        tries, end = 0, time.monotonic() + GIVE_UP
        while True:
            try:
                reply: Reply = await ask()
            except NoAnswer:
                self.unanswered += 1
                if time.monotonic() > end:
                    raise
            else:
                if reply.status < 500:
                    return reply
            await asyncio.sleep(DELAYS[min(tries, len(DELAYS) - 1)] + self.luck.uniform(0, 0.3))
            tries += 1

    async def pause(self) -> None:
        if self.manner.think:
            await asyncio.sleep(self.manner.think * self.luck.uniform(0.5, 1.5))

    def happens(self, probability: float) -> bool:
        return probability > 0 and self.luck.random() < probability


@dataclass
class Page:
    """What the script of a question's page knows."""

    position: int
    codes: list[str]
    is_multiple: bool
    version: int
    page_id: str
    deadline: float

    @classmethod
    def read(cls, position: int, text: str) -> Page:
        fields = dict(_FIELD.findall(text))
        deadline = _DEADLINE.search(text)
        if "page_id" not in fields or deadline is None:
            raise WrongPage(f"question {position} did not come; instead:\n{text[:2000]}")
        return cls(
            position=position,
            codes=_CODE.findall(text),
            is_multiple=_CHECKBOX.search(text) is not None,
            version=int(fields["base_version"]),
            page_id=fields["page_id"],
            deadline=datetime.fromisoformat(deadline[1]).timestamp(),
        )


class WrongPage(AssertionError):  # noqa: N818 -- the finding, not a fault of the player
    """Another page than the one asked for came."""
