"""Bits of templates that are tags of our own."""

from __future__ import annotations

import pytest
from django.template import Context, Template

from shell.templatetags.shell import in_parts


def test_values_for_scripts_become_attributes_with_every_quote_escaped():
    template = Template("{% load shell %}<p {% data_attributes save_url=url number=2 paused_at=none %}>")

    shown = template.render(Context({"url": "/x/?a=1&b=\"'><script>", "none": ""}))

    assert shown == (
        '<p data-save-url="/x/?a=1&amp;b=&quot;&#x27;&gt;&lt;script&gt;" data-number="2" data-paused-at="">'
    )


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ada.lovelace@example.org", "ada.lovelace<wbr>@example.org"),
        ("<b>@example.org", "&lt;b&gt;<wbr>@example.org"),
        ("–", "–"),
        ("", ""),
    ],
)
def test_an_address_breaks_before_its_at(address: str, shown: str) -> None:
    assert in_parts(address) == shown
