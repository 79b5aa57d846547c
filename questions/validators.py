"""What a question must be before anybody meets it. Every message names the place and the mend."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from questions.enums import Kind, Marking
from questions.rules import KeyDraft, OptionDraft
from rendering.markdown import MarkdownTooLongError, render_markdown

FEWEST_OPTIONS = 2
MOST_OPTIONS = 12
LONGEST_OPTION = 4000
PLACES = ("", "last")
CODE = re.compile(r"[a-z0-9_-]{1,20}")
# Fraction itself takes exponents: "1e999999999" keeps a processor busy for hours.
SHARE = re.compile(r"-?\d{1,9}(/\d{1,9}|\.\d{1,9})?", re.ASCII)


def validate_content(*, kind: str, stem: str, options: Sequence[OptionDraft], key: KeyDraft) -> None:
    """Raise `ValidationError` keyed by field (stem, options, key) for a question that cannot be asked or marked."""
    problems: dict[str, list[str]] = {}
    _collect(problems, "stem", _stem_problems(stem))
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
    if not stem.strip():
        return [_("Write the question.")]
    try:
        render_markdown(stem)
    except MarkdownTooLongError as error:
        return [str(error)]
    return []


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
        problems.append(_("An option is either shuffled or last."))
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
        shares = {code: parse_share(str(share)) for code, share in key.shares.items()}
    except ValueError:
        return [_("A share is a number or a fraction from -1 to 1, for example 1/2.")]
    if key.marking not in Marking.values:
        return [_("Choose how the question is marked.")]
    positive = [share for share in shares.values() if share > 0]
    if not positive:
        return [_("Mark at least one option as right.")]
    if kind == Kind.SINGLE and (max(positive) != 1 or len([share for share in positive if share == 1]) != 1):
        return [_("Mark exactly one option as right, or let people choose all that apply.")]
    if kind == Kind.MULTIPLE and sum(positive) != 1:
        return [_("The shares of the right options must add up to 1.")]
    return []
