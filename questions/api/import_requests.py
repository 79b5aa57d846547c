"""What programs say of a file of questions: its bank, what is decided, and what the columns of a table are."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.utils import html

from questions.enums import Level
from questions.formats import names
from rendering.raw_rows import MAX_COLUMNS
from rendering.sheets import MAX_HEADER


class SaidColumnsField(serializers.DictField):
    """What the columns of a table are, by heading; in a form, which has texts alone, as JSON."""

    default_error_messages = {
        "no_json": gettext_lazy("Write an object of headings and fields, such as {example}."),
        "too_many": gettext_lazy("A table has at most {most} columns."),
    }

    def __init__(self, **kwargs: Any) -> None:
        child = serializers.CharField(allow_blank=True, max_length=40)
        super().__init__(child=child, **kwargs)

    def get_value(self, dictionary: Any) -> Any:
        if html.is_html_input(dictionary):
            return dictionary.get(self.field_name, empty)
        return super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except (ValueError, RecursionError):
                self.fail("no_json", example='{"Frage": "stem"}')
        if isinstance(data, dict) and len(data) > MAX_COLUMNS:
            self.fail("too_many", most=MAX_COLUMNS)
        try:
            said: dict[str, str] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            # A list, as of every other field; the headings are whatever the file has.
            told = [f"{name}: {words}" for name, each in error.detail.items() for words in each]
            raise serializers.ValidationError(told) from error
        heading = serializers.CharField(max_length=MAX_HEADER)
        return {heading.run_validation(name): word for name, word in said.items()}


class SaidColumnsSerializer(serializers.Serializer[Any]):
    """What the columns of a table are."""

    columns = SaidColumnsField(
        help_text=gettext_lazy(
            "What stands in each column, by its heading; nothing for one that is left out. Others are known by their "
            "names."
        )
    )


class NewImportSerializer(serializers.Serializer[Any]):
    """A file for a bank, and what is decided about its questions."""

    bank = serializers.SlugField(max_length=60, help_text=gettext_lazy("The short name of the bank."))
    file = serializers.FileField(
        max_length=200, allow_empty_file=True, help_text=gettext_lazy("At most 30 MB and 20,000 questions.")
    )
    format = serializers.ChoiceField(
        choices=[names.AUTO, *names.NAMES],
        default=names.AUTO,
        help_text=gettext_lazy("Seen from the content when left out."),
    )
    dry_run = serializers.BooleanField(
        default=True,
        help_text=gettext_lazy(
            "With false the file is imported once its check found nothing that keeps it out; otherwise it waits to be "
            "committed."
        ),
    )
    level = serializers.ChoiceField(
        choices=Level.choices,
        default=Level.JUNIOR.value,
        help_text=gettext_lazy("Of new questions whose file says none."),
    )
    skill = serializers.SlugField(
        max_length=60,
        required=False,
        default="",
        help_text=gettext_lazy("The short name of the skill of new questions whose file says none."),
    )
    leaves_out = serializers.BooleanField(
        default=False,
        help_text=gettext_lazy("Whether the others are imported where some questions are refused."),
    )
    replaces_drafts = serializers.BooleanField(
        default=False, help_text=gettext_lazy("Whether drafts that somebody wrote here are written over.")
    )
    columns = SaidColumnsField(
        required=False,
        help_text=gettext_lazy(
            "Of a table, as JSON: what stands in each column, by its heading; nothing for one that is left out. Others "
            "are known by their names, or as you said last."
        ),
    )
