"""What a form of a question is made of: shares of the mark as people write them, lists of lines and of words."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from questions.formats.fractions import exact_share, fraction_said, part_of

_NUMBER = re.compile(r"-?\d{1,9}\.\d{1,20}", re.ASCII)


class TextField(forms.CharField):
    """A text of several lines, kept as files keep it: browsers send line ends of their own."""

    def __init__(self, *, rows: int, max_length: int = 20_000, **kwargs: Any) -> None:
        widget = forms.Textarea({"rows": rows, "cols": None})
        widget.attrs.pop("cols")
        super().__init__(strip=False, max_length=max_length, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").strip("\n")


class ShareField(forms.CharField):
    """A share of the mark, exactly: "1/3", "0.5", "33.33333 %". Cleaned it is a `Fraction`, None where it is empty."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput({"size": 10, "autocomplete": "off", "spellcheck": "false"})
        super().__init__(required=False, max_length=30, widget=widget, **kwargs)

    def clean(self, value: Any) -> Fraction | None:
        typed = super().clean(value)
        return share_typed(typed) if typed else None


def share_typed(typed: str) -> Fraction:
    """Return the share that somebody wrote; a third is a third, with however many digits.

    Raises `ValidationError` for what is none.
    """
    text = "".join(typed.split()).replace("−", "-").replace(",", ".").removeprefix("+")
    try:
        if text.endswith("%"):
            return exact_share(text.removesuffix("%"))
        if _NUMBER.fullmatch(text):
            share = Fraction(text)
            if not -1 <= share <= 1:
                raise OverflowError
            return part_of(share, Fraction(1))
        return fraction_said(text)
    except OverflowError as error:
        raise ValidationError(_("A share is at most 1, the whole mark, and at least -1.")) from error
    except ValueError as error:
        raise ValidationError(
            _("Write a fraction, a number or a percentage: 1/3, 0.5 or 33.33333 %.")
        ) from error


class LinesField(forms.CharField):
    """A list, one entry a line."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea({"rows": 4})
        widget.attrs.pop("cols")
        super().__init__(required=False, max_length=20_000, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]


class WordsField(forms.CharField):
    """A list of short words, with commas between them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=2000, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = (" ".join(word.split()) for word in str(value or "").split(","))
        return list(dict.fromkeys(word for word in words if word))
