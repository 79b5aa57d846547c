"""Bits of templates that are tags of our own."""

from __future__ import annotations

from django.template import Context, Template


def test_values_for_scripts_become_attributes_with_every_quote_escaped():
    template = Template("{% load shell %}<p {% data_attributes save_url=url number=2 paused_at=none %}>")

    shown = template.render(Context({"url": "/x/?a=1&b=\"'><script>", "none": ""}))

    assert shown == (
        '<p data-save-url="/x/?a=1&amp;b=&quot;&#x27;&gt;&lt;script&gt;" data-number="2" data-paused-at="">'
    )
