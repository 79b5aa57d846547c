"""What candidates send: the agreement before the start, and answers as a form or as JSON."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

logger = logging.getLogger(__name__)

LARGEST_BODY = 20_000
MOST_CODES = 100
# What the column of versions holds.
LARGEST_VERSION = 2**15 - 1
FIELDS = {"answer", "base_version", "save_id", "page_id", "seconds", "tab_id"}
LONGEST_SIGHT = 24 * 3600


class ConsentForm(forms.Form):
    """The agreement without which nothing starts."""

    consent = forms.BooleanField(
        label=gettext_lazy("I have read this and agree."),
        error_messages={"required": gettext_lazy("Tick the box to agree, then press Start again.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class SignUpForm(forms.Form):
    """Who somebody is who comes by an open link. Name and address are judged where they are written."""

    full_name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Give your name.")},
    )
    email = forms.CharField(
        label=gettext_lazy("Your email address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=gettext_lazy("The link to the test goes there."),
        error_messages={"required": gettext_lazy("Give your email address.")},
    )
    consent = forms.BooleanField(
        label=gettext_lazy("I have read this and agree."),
        error_messages={"required": gettext_lazy("Tick the box to agree, then send the form again.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class AskForm(forms.Form):
    """What somebody needs to take the test fairly."""

    text = forms.CharField(
        label=gettext_lazy("What do you need?"),
        max_length=1000,
        widget=forms.Textarea({"rows": 5}),
        help_text=gettext_lazy(
            "More time, a break, larger type, another format. You need not say why, and no proof is asked for here."
        ),
        error_messages={"required": gettext_lazy("Say in a few words what you need.")},
    )
    wished_minutes = forms.IntegerField(
        label=gettext_lazy("How many more minutes would help?"),
        min_value=1,
        max_value=24 * 60,
        required=False,
        help_text=gettext_lazy("Leave it empty if it is not about time, or if you do not know."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


@dataclass(frozen=True)
class SentAnswer:
    """An answer as a page sent it; whether its codes fit the question is for the operation to say."""

    answer: list[str]
    base_version: int
    save_id: UUID
    page_id: UUID
    # How long the question was in sight since the page last said so; 0 where it did not.
    seconds: int = 0
    # The browser window that sends it; None where it does not say, as from a page without scripts.
    tab_id: UUID | None = None


class BodyTooLargeError(ValueError):
    """More than an answer can be."""


def read_json(request: HttpRequest, *, attempt_id: int) -> SentAnswer:
    """Read an answer from a JSON body. Fields that an answer does not have are left unread and noted in the log.

    Raises `BodyTooLargeError`, and `ValidationError` with words for anything else that is no answer.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        raise BodyTooLargeError
    if request.content_type != "application/json":
        raise ValidationError(_("Send the answer as JSON (Content-Type: application/json)."))
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise ValidationError(_("The answer could not be read. Reload the page and choose again.")) from error
    if not isinstance(body, dict):
        raise ValidationError(_("The answer could not be read. Reload the page and choose again."))
    if body.keys() - FIELDS:
        logger.warning("An answer came with fields that are not its own; attempt %s", attempt_id)
    return SentAnswer(
        answer=_codes(body.get("answer")),
        base_version=_version(body.get("base_version")),
        save_id=_uuid(body.get("save_id"), field="save_id"),
        page_id=_uuid(body.get("page_id"), field="page_id"),
        seconds=_seconds(body.get("seconds")),
        tab_id=read_tab(body.get("tab_id")),
    )


def read_form(data: QueryDict) -> tuple[SentAnswer, list[str]]:
    """Read an answer from a posted page; return it with the codes that the page had shown as chosen.

    A page that comes out of the browser's history may be posted again with another choice, so its saves get an id of
    their own each: saving the same choice twice changes nothing.
    Raises `ValidationError` with words.
    """
    version = data.get("base_version", "")
    sent = SentAnswer(
        answer=_codes(data.getlist("answer")),
        base_version=_version(
            int(version) if version.isascii() and version.isdigit() and len(version) < 11 else None
        ),
        save_id=uuid4(),
        page_id=_uuid(data.get("page_id"), field="page_id"),
    )
    return sent, data.get("shown_answer", "").split()


def _codes(value: object) -> list[str]:
    if (
        not isinstance(value, list)
        or len(value) > MOST_CODES
        or not all(isinstance(code, str) for code in value)
    ):
        raise ValidationError(_("Choose one of the options of this question."))
    return value


def _version(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_VERSION:
        raise ValidationError(_("The page is out of date (base_version). Reload it and choose again."))
    return value


def read_tab(value: object) -> UUID | None:
    """Read the name of a browser window; what is none is told on the side, and left out."""
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None


def _seconds(value: object) -> int:
    """Read what is told on the side: an answer is never refused for it."""
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return max(0, min(value, LONGEST_SIGHT))


def _uuid(value: object, *, field: str) -> UUID:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else _refuse(field)
    except ValueError:
        return _refuse(field)


def _refuse(field: str) -> UUID:
    raise ValidationError(
        _("The page is out of date (%(field)s). Reload it and choose again.") % {"field": field}
    )
