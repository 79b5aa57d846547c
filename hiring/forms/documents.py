"""The form by which colleagues add a document to an application."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from candidates.enums import DocumentKind

# Answers come by the form of the job alone.
_KINDS = [choice for choice in DocumentKind.choices if choice[0] != DocumentKind.ANSWER]


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
