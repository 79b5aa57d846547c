"""What a form of a question is made of: a row for each option, and lists of lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One row as it was typed."""

    code: str
    text: str
    is_right: bool
    feedback: str
    is_last: bool


class OptionWidget(forms.MultiWidget):
    """A row: the text, whether it is right, what people read when they chose it, whether it stays last."""

    template_name = "questions/widgets/option.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        widgets = {
            "code": forms.HiddenInput,
            "text": UnfoldAdminTextareaWidget({"rows": 2}),
            "right": UnfoldBooleanWidget,
            "feedback": UnfoldAdminTextInputWidget,
            "last": UnfoldBooleanWidget,
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: OptionRow | None) -> list[Any]:
        if value is None:
            return ["", "", False, "", False]
        return [value.code, value.text, value.is_right, value.feedback, value.is_last]


class OptionField(forms.MultiValueField):
    """A row of `OptionWidget`; a row without text is no option."""

    widget = OptionWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = (
            forms.CharField(required=False, max_length=20),
            forms.CharField(required=False, max_length=4000, strip=False),
            forms.BooleanField(required=False),
            forms.CharField(required=False, max_length=1000),
            forms.BooleanField(required=False),
        )
        super().__init__(fields, required=False, require_all_fields=False, **kwargs)

    def compress(self, values: list[Any]) -> OptionRow | None:
        if not values:
            return None
        code, text, is_right, feedback, is_last = values
        text = (text or "").replace("\r\n", "\n").strip("\n")
        if not text.strip():
            if is_right or feedback:
                raise ValidationError(gettext("This option has no text. Write it, or clear the row."))
            return None
        return OptionRow(code or "", text, bool(is_right), feedback or "", bool(is_last))


class LinesField(forms.CharField):
    """A list, one entry a line."""

    widget = UnfoldAdminTextareaWidget({"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]
