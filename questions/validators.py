"""What a question must be before anybody meets it. Every message names the place and the mend."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from questions.enums import Kind, Marking
from questions.rules import KeyDraft, OptionDraft

FEWEST_OPTIONS = 2
# One for each letter, by which some files name them.
MOST_OPTIONS = 26
LONGEST_TEXT = 20_000
LONGEST_OPTION = 4000
LONGEST_FEEDBACK = 1000
LONGEST_SOURCE = 500
PLACES = ("", "first", "here", "last")
MARKINGS = frozenset(Marking.values)
CODE = re.compile(r"[a-z0-9_-]{1,20}")
# Fraction itself takes exponents: "1e999999999" keeps a processor busy for hours.
SHARE = re.compile(r"-?\d{1,9}(/\d{1,9}|\.\d{1,9})?", re.ASCII)


def validate_content(*, kind: str, stem: str, options: Sequence[OptionDraft], key: KeyDraft) -> None:
    """Raise `ValidationError` keyed by field (stem, options, key …) for a question that cannot be asked or marked."""
    problems: dict[str, list[str]] = {}
    _collect(problems, "stem", _stem_problems(stem))
    for field, text, most in (
        ("explanation", key.explanation, LONGEST_TEXT),
        ("model_answer", key.model_answer, LONGEST_TEXT),
        ("source", key.source, LONGEST_SOURCE),
    ):
        _collect(problems, field, _length_problems(text, most))
    if kind == Kind.OPEN:
        if options:
            _collect(
                problems, "options", [_("An open question has no options. Remove them or change the kind.")]
            )
        if key.shares:
            _collect(
                problems, "key", [_("An open question has no right options. Write a model answer instead.")]
            )
    else:
        _collect(problems, "options", _option_problems(options))
        if "options" not in problems:
            _collect(problems, "key", _key_problems(kind, options, key))
    if problems:
        raise ValidationError({field: list(texts) for field, texts in problems.items()})


def validate_ready(*, kind: str, key: KeyDraft, skills: int) -> None:
    """Raise `ValidationError` keyed by field for a question that is complete in form but not ready to be asked."""
    if not skills:
        raise ValidationError({"skills": _("Choose at least one skill: scores are reported by skill.")})
    if kind == Kind.OPEN and not key.model_answer.strip():
        raise ValidationError(
            {"model_answer": _("Write what a good answer says, so that interviewers agree on it.")}
        )


# Very many questions have the same few; what is none is not kept.
@lru_cache(maxsize=256)
def parse_share(text: str) -> Fraction:
    """Return the share that `text` ("1", "0", "-1/3") says. Raises `ValueError`."""
    if not SHARE.fullmatch(text):
        raise ValueError(text[:50])
    try:
        share = Fraction(text)
    except ZeroDivisionError as error:
        raise ValueError(text) from error
    if not -1 <= share <= 1:
        raise ValueError(text)
    return share


def _collect(problems: dict[str, list[str]], field: str, texts: list[str]) -> None:
    if texts:
        problems.setdefault(field, []).extend(texts)


def _stem_problems(stem: str) -> list[str]:
    return _length_problems(stem, LONGEST_TEXT) if stem.strip() else [_("Write the question.")]


def _length_problems(text: str, most: int) -> list[str]:
    if len(text) <= most:
        return []
    return [
        _("Shorten it to %(most)d characters at most; it has %(count)d.") % {"most": most, "count": len(text)}
    ]


def _option_problems(options: Sequence[OptionDraft]) -> list[str]:
    if len(options) < FEWEST_OPTIONS:
        return [_("Write at least %(count)d options.") % {"count": FEWEST_OPTIONS}]
    if len(options) > MOST_OPTIONS:
        return [_("Keep to %(count)d options at most.") % {"count": MOST_OPTIONS}]
    problems = []
    codes = [option.code for option in options]
    if len(set(codes)) != len(codes) or not all(CODE.fullmatch(code) for code in codes):
        problems.append(_("Give each option a code of its own, of small letters and digits."))
    if any(option.place not in PLACES for option in options):
        problems.append(_("An option is shuffled, or its place is first, last or where it stands."))
    for number, option in enumerate(options, start=1):
        if not option.text.strip():
            problems.append(_("Option %(number)d is empty. Write it or remove it.") % {"number": number})
        elif len(option.text) > LONGEST_OPTION:
            problems.append(_("Option %(number)d is too long. Shorten it.") % {"number": number})
    texts = [" ".join(option.text.split()) for option in options]
    if len(set(texts)) != len(texts):
        problems.append(_("Two options read the same. Change one of them."))
    return problems


def _key_problems(kind: str, options: Sequence[OptionDraft], key: KeyDraft) -> list[str]:
    codes = [option.code for option in options]
    if set(key.shares) != set(codes) or not set(key.feedback) <= set(codes):
        return [_("The key must speak of the options of this question, and of all of them.")]
    try:
        shares = [parse_share(str(share)) for share in key.shares.values()]
    except ValueError:
        return [_("A share is a number or a fraction from -1 to 1, for example 1/2.")]
    if key.marking not in MARKINGS:
        return [_("Choose how the question is marked.")]
    # Comparing fractions takes longer than all the rest; none is above 1.
    if not any(share.numerator > 0 for share in shares):
        return [_("Mark at least one option as right.")]
    if kind == Kind.SINGLE and not any(share.numerator == share.denominator for share in shares):
        return [_("Mark at least one option as right: where one is chosen, one has to earn the whole mark.")]
    long = [code for code, text in key.feedback.items() if len(text) > LONGEST_FEEDBACK]
    return [
        _("The feedback of option %(number)d is too long. Shorten it.") % {"number": codes.index(code) + 1}
        for code in long
    ]
