"""Forms that take questions in and out as files."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from questions.enums import Level
from questions.formats import WRITERS, names
from questions.models import Skill
from questions.operations.exporting import Which
from questions.operations.importing import ImportChoices
from questions.queries.column_words import column_choices
from shell.file_columns import COLUMN, FileColumnsForm

FORMATS: Final = {
    names.GIFT: "GIFT",
    names.AIKEN: "Aiken",
    names.MOODLE_XML: "Moodle XML",
    names.QTI_2_1: "QTI 2.1",
    names.QTI_2_2: "QTI 2.2",
    names.QTI_3_0: "QTI 3.0",
    names.CANVAS: "Canvas, Common Cartridge (QTI 1.2)",
    names.CSV: "CSV",
    names.XLSX: "XLSX (Excel)",
    names.MARKDOWN: "Markdown",
    names.JSON: "JSON",
    names.YAML: "YAML",
}


class ImportForm(forms.Form):
    """A file, and what is decided about its questions."""

    file = forms.FileField(
        label=_("File"), help_text=_("At most 30 MB and 20,000 questions. It is read by a worker, not here.")
    )
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[(names.AUTO, _("See from the content")), *FORMATS.items()],
        initial=names.AUTO,
    )
    level = forms.ChoiceField(
        label=_("Level of new questions whose file says none"), choices=Level.choices, initial=Level.JUNIOR
    )
    skill = forms.ModelChoiceField(
        label=_("Skill of new questions whose file says none"),
        queryset=Skill.objects.order_by("name", "pk"),
        required=False,
        to_field_name="slug",
        empty_label=_("No skill"),
    )
    leaves_out = forms.BooleanField(
        label=_("Import the others where some questions are refused"), required=False
    )
    replaces_drafts = forms.BooleanField(
        label=_("Write over drafts that somebody wrote here"), required=False
    )

    def __init__(self, *args: Any, kept: str = "", **kwargs: Any) -> None:
        """`kept` is the name of a file that is here already and is taken where no other is chosen."""
        super().__init__(*args, **kwargs)
        if kept:
            self.fields["file"].required = False
            self.fields["file"].help_text = gettext(
                "Choose the mended file. Without one, %(name)s is checked again with what you choose below."
            ) % {"name": kept}

    def choices(self) -> ImportChoices:
        """What was decided."""
        data: dict[str, Any] = self.cleaned_data
        return ImportChoices(
            level=data["level"],
            skill=data["skill"].slug if data["skill"] else "",
            leaves_out=data["leaves_out"],
            replaces_drafts=data["replaces_drafts"],
        )


class ColumnsForm(FileColumnsForm):
    """A choice for each column of a table of questions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=[("", gettext("Leave out")), *column_choices()], **kwargs)

    def add_refusal(self, error: ValidationError) -> None:
        """Show what is wrong with the columns, each where it is chosen; what is keyed by no header above them."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        by_header = {column["header"]: f"{COLUMN}{column['letter']}" for column in self.columns}
        for header, words in error.error_dict.items():
            self.add_error(by_header.get(header), words)


class ExportForm(forms.Form):
    """A format, and which questions."""

    format = forms.ChoiceField(label=_("Format"), choices=[(name, FORMATS[name]) for name in WRITERS])
    which = forms.ChoiceField(
        label=_("Which questions"),
        choices=[
            (Which.CURRENT.value, _("All but retired ones")),
            (Which.READY.value, _("Ready ones, as tests draw them")),
            (Which.DRAFTS.value, _("Drafts, and what is in review")),
            (Which.RETIRED.value, _("Retired ones")),
            (Which.ALL.value, _("All of them")),
        ],
    )
