"""What colleagues write to people of a job: what it is made of, how it is told apart, how long it waits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from hiring.enums import LetterReply
from outbox.rules import Attachment, has_link

# So long a letter waits before anything else, that whoever sent it can think twice.
LETTER_WAITS: Final = timedelta(seconds=30)
# What is to go out later than this is forgotten by whoever wrote it.
LETTER_LATEST: Final = timedelta(days=90)
# How many letters of a selection are shown on a page.
LETTERS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWords:
    """What a letter says in a language, with its merge fields in it: to people of one job where `scope` names it, else
    to everybody.
    """

    language: str
    subject: str
    body: str
    button: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter with its merge fields in it: as it was typed, the same for everybody who gets it; as it is saved, the
    same in `others`, the languages that it is saved in as well, and the words of jobs that have their own.
    """

    subject: str
    body: str
    language: str
    button: str = ""
    others: tuple[LetterWords, ...] = ()
    reply_to: LetterReply = LetterReply.ORGANISATION
    send_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The letter as plain data, to be frozen with the work that sends it."""
        return {
            **asdict(self),
            "reply_to": self.reply_to.value,
            "send_at": self.send_at.isoformat() if self.send_at else None,
            "attachments": [asdict(each) for each in self.attachments],
        }

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> Letter:
        """The letter that was frozen."""
        return cls(
            subject=data["subject"],
            body=data["body"],
            language=data["language"],
            reply_to=LetterReply(data["reply_to"]),
            send_at=datetime.fromisoformat(data["send_at"]) if data["send_at"] else None,
            attachments=tuple(Attachment(**each) for each in data["attachments"]),
            button=data["button"],
            others=tuple(LetterWords(**each) for each in data["others"]),
        )

    def read_in(self, language: str, scope: str) -> Letter:
        """The letter as it is for somebody of the job `scope` who reads `language`: in it where it has words in it, in
        those of the job where that has its own, else as it is.
        """
        words = self.words_for(language, scope)
        if words is None:
            return self
        return replace(
            self,
            language=words.language,
            subject=words.subject,
            body=words.body,
            button=words.button,
            others=(),
        )

    def words_for(self, language: str, scope: str) -> LetterWords | None:
        """Return the other words that somebody gets; None for the letter's. Their language comes before their job."""
        said = {(each.language, each.scope): each for each in self.others}
        if language != self.language:
            found = said.get((language, scope)) or said.get((language, ""))
            if found is not None:
                return found
        return said.get((self.language, scope))

    @property
    def has_link(self) -> bool:
        """Whether it leads its reader to the page that says where they stand."""
        return has_link(self.body)

    def fingerprint(self) -> str:
        """What tells this letter from one with another word in it: only what was looked at is sent."""
        return hashlib.sha256(json.dumps(self.as_data(), sort_keys=True).encode()).hexdigest()[:32]

    def due_at(self, *, now: datetime) -> datetime:
        """When it goes out that was sent now."""
        soonest = now + LETTER_WAITS
        return max(self.send_at, soonest) if self.send_at else soonest


def job_scope(job_id: int | str) -> str:
    """Name the scope of words of mail that hold for one job, and of mail about an application for it."""
    return f"job:{job_id}"


def letter_intent(batch: str, candidate_id: int) -> str:
    """Name a letter of a batch: nobody gets it twice, however many applications of theirs were chosen."""
    return f"letter:{batch}:{candidate_id}"
