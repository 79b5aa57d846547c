"""The forms by which colleagues add a document to an application, and drop résumés on a job."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from candidates.enums import DocumentKind
from hiring.rules.drafts import MOST_AT_ONCE

# Answers come by the form of the job alone.
_KINDS = [choice for choice in DocumentKind.choices if choice[0] != DocumentKind.ANSWER]


class ManyFiles(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"multiple": True, **(attrs or {})})


class DocumentForm(forms.Form):
    """A file and what it is for. Its content is judged where it is kept."""

    kind = forms.ChoiceField(label=_("What it is"), choices=_KINDS, initial=DocumentKind.RESUME)
    file = forms.FileField(
        label=_("File"),
        # Names are cut where they are kept.
        max_length=None,
        help_text=_("PDF, Word (.docx) or plain text (.txt), at most 10 MB."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.docx,.txt"}),
    )


class _FilesField(forms.FileField):
    """Several files; each is cleaned as the one of a `FileField`."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [super(_FilesField, self).clean(file) for file in data or [None]]


class ResumesForm(forms.Form):
    """Résumés, each of somebody else. Their contents are judged where they are kept."""

    resumes = _FilesField(
        label=_("Résumés"),
        # Names are cut where they are kept.
        max_length=None,
        help_text=_("PDF, Word (.docx) or plain text (.txt), each at most 10 MB; at most %(count)d at once.")
        % {"count": MOST_AT_ONCE},
        allow_empty_file=True,
        widget=ManyFiles(attrs={"accept": ".pdf,.docx,.txt"}),
        error_messages={"required": _("Choose at least one file.")},
    )
