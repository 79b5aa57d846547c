"""Fields of forms are written as Django's own templates write them."""

from datetime import date

import pytest
from django import forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from rendering.widgets import WrittenWidgets

NASTY = """<b> & "quoted" 'single'"""
ATTRIBUTES = [
    {},
    {"id": "id_x", "class": NASTY, "required": True, "disabled": False, "data-n": 1000},
    {"title": gettext_lazy("Name"), "data-safe": SafeString("&amp;"), "data-none": None},
]
CHOICES = [
    ("", "—"),
    ("a", NASTY),
    ("&", SafeString("&amp;")),
    (1234, 1234),
    (NASTY, [("x", gettext_lazy("Name")), ("y", "Two")]),
]
WIDGETS = [
    *(forms.TextInput(), forms.NumberInput(), forms.EmailInput(), forms.URLInput(), forms.HiddenInput()),
    *(forms.DateInput(), forms.DateTimeInput(), forms.TimeInput(), forms.CheckboxInput(), forms.Textarea()),
    *(forms.Select(choices=CHOICES), forms.SelectMultiple(choices=CHOICES), forms.NullBooleanSelect()),
    *(forms.RadioSelect(choices=CHOICES), forms.CheckboxSelectMultiple(choices=CHOICES), forms.FileInput()),
    *(forms.SearchInput(), forms.PasswordInput(), forms.SelectDateWidget()),
]


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: type(widget).__name__)
@pytest.mark.parametrize("attributes", ATTRIBUTES)
@pytest.mark.parametrize("value", [None, "", "a", NASTY, 1234, date(2026, 3, 1), True])
def test_fields_are_written_as_templates_write_them(widget, attributes, value):
    if isinstance(widget, forms.SelectMultiple | forms.CheckboxSelectMultiple):
        value = [value]

    def written(renderer):
        return widget.render('one"two', value, attributes, renderer)

    expected = written(DjangoTemplates())
    found = written(WrittenWidgets())
    assert found == expected
    assert isinstance(found, SafeString)


def test_forms_are_written_by_it():
    assert settings.FORM_RENDERER == "rendering.widgets.WrittenWidgets"
    assert isinstance(get_default_renderer(), WrittenWidgets)
