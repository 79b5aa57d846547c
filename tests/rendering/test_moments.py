from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from rendering.moments import exact_time, iso_time, relative_time, time_of_day

NOW = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english_in_berlin():
    with translation.override("en"), timezone.override(ZoneInfo("Europe/Berlin")):
        yield


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(seconds=59), "in less than a minute"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(minutes=-59, seconds=-59), "59 minutes ago"),
        (timedelta(minutes=5), "in 5 minutes"),
        (timedelta(hours=-1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "in 23 hours"),
        (timedelta(days=-1, hours=-23), "1 day ago"),
        (timedelta(days=3), "in 3 days"),
        (timedelta(days=-91), "91 days ago"),
        (timedelta(days=-92), "3 months ago"),
        (timedelta(days=400), "in 13 months"),
        (timedelta(days=-731), "2 years ago"),
    ],
)
def test_relative_time_counts_whole_units(distance, words):
    assert relative_time(NOW + distance, NOW) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [(14, "yesterday"), (15, "today"), (16, "tomorrow"), (12, "3 days ago"), (20, "in 5 days")],
)
def test_relative_time_of_a_date_counts_days_of_the_calendar(day, words):
    assert relative_time(date(2026, 3, day), NOW) == words


def test_relative_time_of_a_date_uses_the_readers_zone():
    late = datetime(2026, 3, 15, 23, 30, tzinfo=UTC)

    assert relative_time(date(2026, 3, 16), late) == "today"


def test_exact_time_names_the_zone_of_that_day():
    assert exact_time(datetime(2026, 3, 12, 13, 5, tzinfo=UTC)) == "12 March 2026, 14:05 CET"
    assert exact_time(datetime(2026, 7, 12, 13, 5, tzinfo=UTC)) == "12 July 2026, 15:05 CEST"
    assert exact_time(date(2026, 3, 12)) == "12 March 2026"


def test_exact_time_is_in_the_readers_language():
    with translation.override("de"):
        assert exact_time(date(2026, 3, 12)) == "12. März 2026"


def test_time_of_day_names_the_zone_of_that_day():
    assert time_of_day(datetime(2026, 1, 5, 11, 30, 9, tzinfo=UTC)) == "12:30:09 CET"
    assert time_of_day(datetime(2026, 7, 5, 11, 30, 9, tzinfo=UTC)) == "13:30:09 CEST"


def test_iso_time_is_for_machines():
    assert (
        iso_time(datetime(2026, 3, 12, 14, 5, 9, 7, tzinfo=ZoneInfo("Europe/Berlin")))
        == "2026-03-12T13:05:09+00:00"
    )
    assert iso_time(date(2026, 3, 12)) == "2026-03-12"


def _page(source, **context):
    return Template("{% load rendering %}" + source).render(Context(context))


def test_moment_tag_shows_both_and_tells_screen_readers():
    html = _page("{% moment at %}", at=datetime(2026, 3, 12, 11, 5, tzinfo=UTC), now=NOW)

    assert html == (
        '<time datetime="2026-03-12T11:05:00+00:00" title="12 March 2026, 12:05 CET">3 days ago'
        '<span class="moment-exact"> (12 March 2026, 12:05 CET)</span></time>'
    )


def test_moment_tag_of_nothing_shows_what_was_asked_for():
    assert _page("[{% moment at %}]", at=None) == "[]"
    assert _page("{% moment at empty=word %}", at=None, word="never <b>") == "never &lt;b&gt;"


def test_markdown_filters_render_safely_and_take_none():
    assert _page("{{ text|markdown }}", text="**a** <b>") == "<p><strong>a</strong> &lt;b&gt;</p>\n"
    assert _page("{{ text|markdown_inline }}", text="`a` <b>") == "<code>a</code> &lt;b&gt;"
    assert _page("{{ text|markdown }}{{ text|markdown_inline }}", text=None) == ""
