"""What was found, in words: the place, what is the matter there, and the mend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from questions.enums import FindingKind, Weight
from questions.models import QuestionFinding
from rendering.highlighting import language_named

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FindingWords:
    """A finding for people: what it is, how much it matters, where it is, and what to do; the number of the question
    that it is about too, where the reader may see that one.
    """

    title: str
    weight: Weight
    place: str
    mend: str
    other: int | None = None


@dataclass(frozen=True, slots=True)
class OtherQuestion:
    """A question that a finding names: what lists call it, and its bank."""

    title: str
    bank_id: int
    bank: str


def finding_words(
    finding: QuestionFinding, *, others: Mapping[int, OtherQuestion] | None = None
) -> FindingWords:
    """Return the words of a finding. Costs no query.

    Arguments: `others`, the questions that it may name, by their numbers; the bank is said of those of another one.
    """
    values = finding.values
    is_alike = finding.kind == FindingKind.NEAR_DUPLICATE
    number = int(values.get("other", 0)) if is_alike else 0
    other = (others or {}).get(number)
    if other is None:
        return words_of(finding.kind, finding.weight, finding.place, values)
    if other.bank_id != finding.bank_id:
        values = {**values, "other_bank": other.bank}
    words = words_of(finding.kind, finding.weight, finding.place, values, {number: other.title})
    return replace(words, other=number)


def words_of(
    kind: str, weight: str, place: str, values: Values, others: Mapping[int, str] | None = None
) -> FindingWords:
    """Return the words of something that was found, whether or not it has a row."""
    known = FindingKind(kind)
    named = (
        {**values, "other_name": (others or {}).get(int(values.get("other", 0) or 0), "")}
        if (known is FindingKind.NEAR_DUPLICATE)
        else values
    )
    return FindingWords(str(known.label), Weight(weight), place_words(place), _MENDS[known](named))


def place_words(place: str) -> str:
    """Return what people call a place: "Option b, code block 1"."""
    words = []
    parts = iter(place.split("."))
    for name in parts:
        match name:
            case "option":
                words.append(_("Option %(code)s") % {"code": next(parts, "")})
            case "code":
                words.append(_("code block %(number)s") % {"number": next(parts, "")})
            case "picture":
                words.append(_("picture %(number)s") % {"number": next(parts, "")})
            case _plain:
                words.append(_plain_place(name))
    return ", ".join(words)


def _plain_place(name: str) -> str:
    names = {
        "stem": _("Question"),
        "key": _("Key"),
        "feedback": _("feedback"),
        "explanation": _("Explanation"),
        "model_answer": _("Model answer"),
        "skills": _("Skills"),
        "bank": _("The whole bank"),
    }
    return names.get(name, name)


def _quoted(words: object) -> str:
    return ", ".join(f"“{word}”" for word in words) if isinstance(words, list) else f"“{words}”"


def _several_keys(values: Values) -> str:
    return _(
        "Options %(options)s are each worth the whole mark. Leave one right option, or let people choose all that "
        "apply."
    ) % {"options": ", ".join(map(str, values.get("options", [])))}


def _shares_sum(values: Values) -> str:
    return _("The right options add up to %(sum)s of the mark. Let them add up to 1.") % {
        "sum": values.get("sum", "")
    }


def _duplicate(values: Values) -> str:
    return _("It reads like option %(other)s. Change or remove one of them.") % {
        "other": values.get("other", "")
    }


def _letters(values: Values) -> str:
    return _(
        "It speaks of %(letters)s, and options are shuffled. Write out what they say, or give each a fixed place."
    ) % {"letters": _quoted(values.get("letters", ""))}


def _negative(values: Values) -> str:
    return _("Set %(words)s in bold, or ask for what is right instead.") % {
        "words": _quoted(values.get("words", []))
    }


def _absolute(values: Values) -> str:
    return _(
        "%(words)s is in no right option: who guesses strikes it out. Say it less absolutely, or use the word in a "
        "right option too."
    ) % {"words": _quoted(values.get("words", []))}


def _explanation(values: Values) -> str:
    return _("Write why the right answer is right. Whoever reviews or marks asks for it.")


def _code(values: Values) -> str:
    language = language_named(str(values.get("language", ""))).label
    named = {
        "language": language,
        "line": values.get("line", 1),
        "sign": values.get("sign", ""),
    }
    said = {
        "quote": _("Line %(line)s: the quote %(sign)s is not closed."),
        "not_closed": _("Line %(line)s: %(sign)s is not closed."),
        "not_opened": _("Line %(line)s: %(sign)s closes nothing."),
        "tag_cut": _("Line %(line)s: the tag %(sign)s is cut off."),
        "parser": _("Line %(line)s: “%(sign)s”, says its parser."),
    }.get(str(values.get("why", "")), "")
    mend = _("Mend the code, or write “text” behind the fence where it is no %(language)s.")
    return f"{said} {mend}".strip() % named


def _language(values: Values) -> str:
    if not values.get("language"):
        return _("Write the language behind the three backticks, “text” for output.")
    return _(
        "“%(language)s” is not known. Write python, html, jinja, sql, bash, javascript, json … or text."
    ) % {"language": values["language"]}


def _remote(values: Values) -> str:
    return _("“%(address)s” lies elsewhere and is not shown. Upload the picture here.") % {
        "address": values.get("address", "")
    }


def _missing(values: Values) -> str:
    return _("There is no picture “%(address)s” here. Upload it, or take it out.") % {
        "address": values.get("address", "")
    }


def _long(values: Values) -> str:
    return _(
        "Reading it takes about %(seconds)s seconds, more than %(most)s. Shorten the question or its code, or split "
        "it into two."
    ) % {"seconds": values.get("seconds", ""), "most": values.get("most", "")}


def _near(values: Values) -> str:
    named = {
        "percent": values.get("percent", ""),
        "name": values.get("other_name", ""),
        "bank": values.get("other_bank", ""),
    }
    if not named["name"]:
        said = _("It is %(percent)s %% the same as another question.")
    elif named["bank"]:
        said = _("It is %(percent)s %% the same as “%(name)s” in the bank %(bank)s.")
    else:
        said = _("It is %(percent)s %% the same as “%(name)s”.")
    mend = _("Retire one of them, or let them ask for other things.")
    return f"{said % named} {mend}"


def _length(values: Values) -> str:
    return ngettext(
        "In %(hits)s of %(count)d question the longest option is the right one; by chance it would be %(expected)s. "
        "Shorten right options, or lengthen wrong ones.",
        "In %(hits)s of %(count)d questions the longest option is the right one; by chance it would be %(expected)s. "
        "Shorten right options, or lengthen wrong ones.",
        int(values.get("questions", 0)),
    ) % {"hits": values.get("hits"), "count": values.get("questions", 0), "expected": values.get("expected")}


def _position(values: Values) -> str:
    return ngettext(
        "In %(hits)s of %(count)d question option number %(number)s is the right one; by chance it would be "
        "%(expected)s. Reorder options: tests without shuffling, and files, show them as they are written.",
        "In %(hits)s of %(count)d questions option number %(number)s is the right one; by chance it would be "
        "%(expected)s. Reorder options: tests without shuffling, and files, show them as they are written.",
        int(values.get("questions", 0)),
    ) % {
        "hits": values.get("hits"),
        "count": values.get("questions", 0),
        "number": values.get("number"),
        "expected": values.get("expected"),
    }


_MENDS: Final[Mapping[FindingKind, Callable[[Values], str]]] = {
    FindingKind.NO_KEY: lambda _values: _("Mark the right option."),
    FindingKind.SEVERAL_KEYS: _several_keys,
    FindingKind.SHARES_SUM: _shares_sum,
    FindingKind.EMPTY_OPTION: lambda _values: _("Write it, or remove it."),
    FindingKind.DUPLICATE_OPTIONS: _duplicate,
    FindingKind.ALL_NONE_UNPINNED: lambda _values: _(
        "It speaks of the options above it, and options are shuffled. Let it stand last."
    ),
    FindingKind.REFERS_TO_LETTERS: _letters,
    FindingKind.NEGATIVE_PLAIN: _negative,
    FindingKind.ABSOLUTE_WORD: _absolute,
    FindingKind.NO_EXPLANATION: _explanation,
    FindingKind.NO_SKILL: lambda _values: _("Choose at least one skill: scores are reported by skill."),
    FindingKind.FENCE_OPEN: lambda _values: _(
        "All that follows is shown as code. Close the block with a line of three backticks."
    ),
    FindingKind.CODE_BROKEN: _code,
    FindingKind.UNKNOWN_LANGUAGE: _language,
    FindingKind.PICTURE_REMOTE: _remote,
    FindingKind.PICTURE_MISSING: _missing,
    FindingKind.PICTURE_UNDESCRIBED: lambda _values: _(
        "Say between the square brackets what it shows, for whoever does not see it."
    ),
    FindingKind.TOO_LONG: _long,
    FindingKind.NEAR_DUPLICATE: _near,
    FindingKind.LENGTH_TELLS: _length,
    FindingKind.POSITION_TELLS: _position,
}
