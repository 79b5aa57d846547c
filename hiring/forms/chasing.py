"""Forms of the list of what needs somebody."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CorrectAddressForm(forms.Form):
    """The right address of a person. Whether it is one is judged where it is written."""

    email = forms.CharField(label=_("The right address"), max_length=320)
