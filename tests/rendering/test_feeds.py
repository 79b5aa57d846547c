from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from lxml import etree

from rendering.feeds import Feed, FeedItem, json_feed, linked_data, rss

AT = datetime(2026, 6, 16, 9, 30, tzinfo=UTC)
FEED = Feed(
    title="Jobs at A & B",
    url="https://jobs.example.org/jobs/",
    own_url="https://jobs.example.org/jobs.rss",
    description="What is open",
    language="en",
)


def item(**fields: str) -> FeedItem:
    facts = {
        "title": "Baker",
        "url": "https://jobs.example.org/jobs/baker/",
        "html": "<p>Bread</p>",
        "summary": "",
    }
    return FeedItem(**{**facts, **fields}, at=AT, tags=("Kitchen",))  # type: ignore[arg-type]


def test_rss_says_what_json_says() -> None:
    channel = etree.fromstring(rss(FEED, [item()])).find("channel")
    assert channel is not None
    feed = json_feed(FEED, [item()])

    assert channel.findtext("title") == feed["title"] == "Jobs at A & B"
    assert channel.findtext("item/title") == feed["items"][0]["title"] == "Baker"
    assert channel.findtext("item/guid") == feed["items"][0]["id"]
    assert channel.findtext("item/description") == feed["items"][0]["content_html"] == "<p>Bread</p>"
    assert channel.findtext("item/category") == feed["items"][0]["tags"][0] == "Kitchen"
    assert channel.findtext("item/pubDate") == "Tue, 16 Jun 2026 09:30:00 +0000"
    assert feed["items"][0]["date_published"] == "2026-06-16T09:30:00+00:00"
    own = channel.find("{http://www.w3.org/2005/Atom}link")
    assert own is not None
    assert own.get("href") == FEED.own_url


@pytest.mark.parametrize("evil", ["</title><script>", "]]>", "\x00\x0b", "a\r\nb", "&amp;", "\ud800"])
def test_case_1_nothing_in_a_title_breaks_a_feed(evil: str) -> None:
    root = etree.fromstring(rss(FEED, [item(title=f"Baker {evil}", html=f"<p>{evil}</p>")]))

    assert len(root.findall(".//item")) == 1
    assert str(root.findtext(".//item/title")).startswith("Baker")


@pytest.mark.parametrize("evil", ["</script><script>alert(1)</script>", "<!--", "\u2028", "&lt;", "'\""])
def test_case_9_json_in_html_linked_data_ends_no_element(evil: str) -> None:
    shown = str(linked_data({"title": evil, evil: [evil]}))

    inside = shown.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set("<>&\u2028") & set(inside)
    assert json.loads(inside) == {"title": evil, evil: [evil]}
