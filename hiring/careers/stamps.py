"""A form says, signed, when it was shown, for which job, with which questions and with which words to agree to.

So a script that posts without looking creates nothing, and whoever had a form open while it was changed is asked and
understood by what they saw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.core import signing

from hiring.rules.careers import LONGEST_FORM, QUICKEST_FORM

SALT: Final = "hiring.careers.form"
# Of a stamp with twenty questions; anything longer is none of ours.
LONGEST_STAMP: Final = 600


@dataclass(frozen=True, slots=True)
class Stamp:
    """When and how a form was shown."""

    job: int
    shown_at: datetime
    questions: tuple[int, ...]
    # Of the words that were to be agreed to.
    agreement: str

    def is_early(self, *, now: datetime) -> bool:
        """Whether nobody can have read the form by `now`."""
        return now - self.shown_at < QUICKEST_FORM

    def is_late(self, *, now: datetime) -> bool:
        """Whether the form was open for so long that it is to be looked at anew."""
        return now - self.shown_at > LONGEST_FORM


def digest_of(words: str) -> str:
    """Return what tells one text to agree to from another."""
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def write_stamp(*, job: int, questions: Sequence[int], agreement: str, now: datetime) -> str:
    """Return the stamp of a form that is shown at `now`."""
    facts = {"j": job, "t": int(now.timestamp()), "q": list(questions), "a": digest_of(agreement)}
    return signing.dumps(facts, salt=SALT, compress=True)


def read_stamp(text: str, *, job: int) -> Stamp | None:
    """Return what a stamp says; None for one that is forged, of another job or no stamp at all."""
    if not 0 < len(text) <= LONGEST_STAMP:
        return None
    try:
        facts = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    if facts["j"] != job:
        return None
    shown_at = datetime.fromtimestamp(facts["t"], tz=UTC)
    return Stamp(job, shown_at, tuple(facts["q"]), facts["a"])
