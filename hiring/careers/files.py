"""Files in the form of a job: judged when they come, and kept for an hour while the form is not taken yet.

A browser forgets a chosen file with every page. So one that is all right waits here, named by a signed field of the
form, until the form is sent as it is to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.html import escape
from django.utils.translation import gettext as _

from hiring.models import StagedUpload
from rendering.documents.sniffing import DocumentRefused, Kind, sniff

# The field of the form that names what is kept.
KEPT: Final = "kept"
SALT: Final = "hiring.careers.kept"
# Of a form with twenty files; anything longer is none of ours.
LONGEST_HANDLE: Final = 2_000


class DocumentField(forms.FileField):
    """A file of a kind in `accepts`. What waits here already is its initial value: it stands if nothing is chosen."""

    widget = forms.FileInput

    def __init__(self, *, accepts: frozenset[Kind], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.accepts = accepts
        endings = sorted(
            {f".{kind.value}" for kind in accepts} | ({".jpeg"} if Kind.JPEG in accepts else set())
        )
        self.widget.attrs["accept"] = ",".join(endings)

    def to_python(self, data: Any) -> UploadedFile | None:
        if data in self.empty_values:
            return None
        if not isinstance(data, UploadedFile):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            found = sniff(data, data.name or "", accepts=self.accepts)
        except DocumentRefused as refusal:
            raise ValidationError(refusal.words, code=refusal.code) from refusal
        # What it was found to be, whatever the browser says.
        data.content_type = found.media_type
        return data

    def show_kept(self, staged: StagedUpload) -> None:
        """Say below the field what waits here, so that nothing has to be chosen again."""
        kept = _("%(name)s, %(size)s, is kept for an hour. Choose another file to replace it.") % {
            "name": staged.filename,
            "size": filesizeformat(staged.size),
        }
        # The template would take it for HTML.
        self.help_text = escape(kept)
        self.required = False


def size_of(chosen: UploadedFile | StagedUpload) -> int:
    """Return how many bytes a file has that was just chosen or waits here."""
    return chosen.size or 0


def opened(chosen: UploadedFile | StagedUpload) -> File[bytes]:
    """Return a file with its bytes and the name that its person gave it."""
    if isinstance(chosen, StagedUpload):
        return File(chosen.file.open("rb"), name=chosen.filename)
    return chosen


def write_handle(staged: Mapping[str, StagedUpload], *, job: int) -> str:
    """Return what names the files that wait for the form of a job, by field; "" for none."""
    if not staged:
        return ""
    facts = {"j": job, "f": {field: upload.public_id for field, upload in staged.items()}}
    return signing.dumps(facts, salt=SALT, compress=True)


def read_handle(text: str, *, job: int) -> dict[str, str]:
    """Return the codes of the files that wait, by field; none for a handle that is forged or of another job."""
    if not 0 < len(text) <= LONGEST_HANDLE:
        return {}
    try:
        facts = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError):
        return {}
    return dict(facts["f"]) if facts["j"] == job else {}
