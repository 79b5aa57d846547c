"""Parts of pages that are rendered once: what they depend on makes them anew, nothing else does."""

from __future__ import annotations

from django.template import Context, Template
from django.utils import translation

SHOWN = Template(
    '{% load i18n shell %}{% kept name %}{% translate "Save" %} {{ name }} {{ other }}{% endkept %}'
)


def show(**values):
    return SHOWN.render(Context(values))


def test_kept_part_is_rendered_once_for_its_values():
    template = Template("{% load shell %}{% kept name %}{{ name }} {{ other }}{% endkept %}")

    first = template.render(Context({"name": "<a>", "other": 1}))

    assert first == "&lt;a&gt; 1"
    assert template.render(Context({"name": "<a>", "other": 2})) == first
    assert template.render(Context({"name": "b", "other": 3})) == "b 3"


def test_kept_part_speaks_every_language():
    with translation.override("en"):
        english = show(name="x", other="")
    with translation.override("de"):
        german = show(name="x", other="")

    assert english.startswith("Save ")
    assert german != english
    with translation.override("en"):
        assert show(name="x", other="") == english


def test_kept_part_forgets_rather_than_grow_for_ever():
    template = Template("{% load shell %}{% kept number %}{{ number }}{% endkept %}")
    node = next(iter(template.nodelist.get_nodes_by_type(type(template.nodelist[-1]))))

    for number in range(node.MOST * 3):
        assert template.render(Context({"number": number})) == str(number)

    assert len(node._kept) <= node.MOST
