"""The history of a question as people read it: its versions with their keys, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from questions.enums import Kind, Level, Marking
from questions.models import AnswerKey, Question, QuestionVersion
from questions.queries.keys import editions_with_keys
from questions.rules.differences import Block, is_same, text_difference

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True, slots=True)
class Edition:
    """A version with one revision of its key: what was asked and what was right at one time."""

    version: QuestionVersion
    key: AnswerKey

    @property
    def code(self) -> str:
        """How an address names it: "2.1" is the first key of the second version."""
        return f"{self.version.number}.{self.key.revision}"

    @property
    def label(self) -> str:
        """How people name it."""
        return _("Version %(version)d, key %(key)d") % {
            "version": self.version.number,
            "key": self.key.revision,
        }


@dataclass(frozen=True, slots=True)
class OptionDifference:
    """An option of either edition, found again by its code. `change` is "new", "gone", "changed" or "same"."""

    code: str
    change: str
    text: tuple[Block, ...]
    # What became of its share of the mark, its place and its number, a sentence each.
    notes: tuple[str, ...]
    feedback: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two editions; what is the same is left out, but for the words around a change."""

    stem: tuple[Block, ...]
    options: tuple[OptionDifference, ...]
    # A title and what differs below it: explanation, look-fors and the like.
    parts: tuple[tuple[str, tuple[Block, ...]], ...]
    notes: tuple[str, ...]
    # What became of its level, its tags and the like, where that is compared.
    facts: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether both say the same."""
        return not (self.stem or self.options or self.parts or self.notes or self.facts)


def editions_of(question: Question) -> list[Edition]:
    """Return every version of `question` with every revision of its key, the newest first. One query.

    For authors only: candidates' pages never load a key.
    """
    return [Edition(key.version, key) for key in editions_with_keys(question)]


def difference_between(old: Edition, new: Edition, *, kind: str) -> Difference:
    """Return what a reader has to know of the way from `old` to `new`. Costs no query."""
    parts = (
        (_("Explanation"), old.key.explanation, new.key.explanation),
        (_("Source"), old.key.source, new.key.source),
        (_("Model answer"), old.key.model_answer, new.key.model_answer),
        (_("Look-fors"), _lines(old.key.look_fors), _lines(new.key.look_fors)),
        (_("Warning signs"), _lines(old.key.warning_signs), _lines(new.key.warning_signs)),
        (_("Follow-up questions"), _lines(old.key.follow_ups), _lines(new.key.follow_ups)),
    )
    marking: tuple[str, ...] = ()
    if kind == Kind.MULTIPLE and old.key.marking != new.key.marking:
        marking = (
            _("Marking was “%(old)s” and is “%(new)s”.")
            % {"old": Marking(old.key.marking).label, "new": Marking(new.key.marking).label},
        )
    return Difference(
        stem=_changed(old.version.stem, new.version.stem),
        options=tuple(each for each in _options(old, new) if each.change != "same"),
        parts=tuple((title, blocks) for title, one, two in parts if (blocks := _changed(one, two))),
        notes=marking,
    )


def drafts_difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """Return what differs between a question as it is here and as a file says it, both as plain data.

    Each has "kind", "stem" and "options", its "key" and its "facts" as the report of an import keeps them.
    """
    kinds = (before["kind"], after["kind"])
    found = difference_between(_edition(before), _edition(after), kind=kinds[1])
    facts = (
        [_fact_words(_("Kind"), *(str(Kind(kind).label) for kind in kinds))] if kinds[0] != kinds[1] else []
    )
    for name, label in _FACTS.items():
        old, new = (_fact(name, said["facts"][name]) for said in (before, after))
        if old != new:
            facts.append(_fact_words(str(label), old, new))
    return replace(found, facts=tuple(facts))


def _edition(said: Mapping[str, Any]) -> Edition:
    return Edition(QuestionVersion(stem=said["stem"], options=said["options"]), AnswerKey(**said["key"]))


def _fact(name: str, value: Any) -> str:
    if name == "level":
        return str(Level(value).label)
    return ", ".join(value) if isinstance(value, list) else str(value)


def _fact_words(label: str, old: str, new: str) -> str:
    words = _("%(label)s: it was “%(old)s” and is “%(new)s”.")
    return words % {"label": label, "old": old or "–", "new": new or "–"}


_FACTS: Final[Mapping[str, _StrOrPromise]] = {
    "name": gettext_lazy("Name"),
    "category": gettext_lazy("Category"),
    "level": gettext_lazy("Level"),
    "difficulty": gettext_lazy("Intended difficulty"),
    "skills": gettext_lazy("Skills"),
    "tags": gettext_lazy("Tags"),
}


def share_words(share: str) -> str:
    """Say a share of the mark in words: "the whole mark", "nothing", "1/3 of the mark", "minus 1/3 of the mark"."""
    exact = Fraction(share)
    if abs(exact) == 1:
        return _("the whole mark") if exact == 1 else _("minus the whole mark")
    if exact == 0:
        return _("nothing")
    words = _("%(share)s of the mark") if exact > 0 else _("minus %(share)s of the mark")
    return words % {"share": abs(exact)}


def _changed(old: str, new: str) -> tuple[Block, ...]:
    blocks = text_difference(old, new) if old != new else ()
    return () if is_same(blocks) else blocks


def _lines(texts: Sequence[str]) -> str:
    return "\n".join(texts)


def _options(old: Edition, new: Edition) -> list[OptionDifference]:
    before = {option["code"]: option for option in old.version.options}
    after = {option["code"]: option for option in new.version.options}
    kept = [code for code in before if code in after]
    numbers = (
        {code: place for place, code in enumerate(codes)}
        for codes in (kept, [c for c in after if c in before])
    )
    was_at, is_at = numbers
    found = []
    for code in [*after, *(code for code in before if code not in after)]:
        one, two = before.get(code), after.get(code)
        feedback = _changed(old.key.feedback.get(code, ""), new.key.feedback.get(code, ""))
        if one is None or two is None:
            option: Any = two or one
            key = new.key if two is not None else old.key
            text = text_difference(one["text"] if one else "", two["text"] if two else "")
            change = "new" if two is not None else "gone"
            notes = _of_one(option, key, is_new=two is not None)
        else:
            text = _changed(one["text"], two["text"])
            notes = _of_both(code, one, two, old.key, new.key)
            if was_at[code] != is_at[code]:
                numbers_of = {"old": list(before).index(code) + 1, "new": list(after).index(code) + 1}
                notes += (_("It was option %(old)d and is option %(new)d.") % numbers_of,)
            change = "changed" if text or notes or feedback else "same"
            # The words stay beside what else became of it.
            text = text or text_difference(one["text"], two["text"])
        found.append(OptionDifference(code, change, text, notes, feedback))
    return found


def _of_one(option: dict[str, str], key: AnswerKey, *, is_new: bool) -> tuple[str, ...]:
    share = key.shares.get(option["code"])
    if share is None:
        return ()
    words = _("Choosing it earns %(share)s.") if is_new else _("Choosing it earned %(share)s.")
    return (words % {"share": share_words(share)},)


def _of_both(
    code: str, one: dict[str, str], two: dict[str, str], old: AnswerKey, new: AnswerKey
) -> tuple[str, ...]:
    notes: tuple[str, ...] = ()
    before, after = old.shares.get(code, "0"), new.shares.get(code, "0")
    if Fraction(before) != Fraction(after):
        words = _("Choosing it earned %(old)s and now earns %(new)s.")
        notes += (words % {"old": share_words(before), "new": share_words(after)},)
    if one.get("place", "") != two.get("place", ""):
        words = _("It was %(old)s and is %(new)s.")
        notes += (words % {"old": _place(one), "new": _place(two)},)
    return notes


def _place(option: dict[str, str]) -> str:
    return {
        "first": _("always first"),
        "here": _("always at its number"),
        "last": _("always last"),
    }.get(option.get("place", ""), _("shuffled with the others"))
