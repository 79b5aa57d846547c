"""Feeds as RSS 2.0 and JSON Feed 1.1, and facts for search engines as JSON-LD. Nothing in a value ends an element."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lxml import etree

from rendering.characters import clean_line, clean_text
from rendering.moments import iso_time

ATOM = "http://www.w3.org/2005/Atom"
# What could end the element that a value stands in, or be read as a character of a page.
_ESCAPES = {
    ord("<"): "\\u003C",
    ord(">"): "\\u003E",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What a feed is called, where it stands and what it is about."""

    title: str
    # Of the page that it follows, and its own.
    url: str
    own_url: str
    description: str
    language: str


@dataclass(frozen=True, kw_only=True)
class FeedItem:
    """Something that a feed tells of. `html` is sanitised already."""

    title: str
    url: str
    html: str
    summary: str
    at: datetime
    tags: Sequence[str] = ()


def rss(feed: Feed, items: Sequence[FeedItem]) -> bytes:
    """Return the feed as RSS 2.0."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap={"atom": ATOM})
    channel = etree.SubElement(root, "channel")
    _add(channel, "title", clean_line(feed.title))
    _add(channel, "link", feed.url)
    _add(channel, "description", clean_line(feed.description))
    _add(channel, "language", feed.language)
    own = {"href": feed.own_url, "rel": "self", "type": "application/rss+xml"}
    etree.SubElement(channel, f"{{{ATOM}}}link", own)
    for item in items:
        element = etree.SubElement(channel, "item")
        _add(element, "title", clean_line(item.title))
        _add(element, "link", item.url)
        _add(element, "guid", item.url)
        _add(element, "pubDate", format_datetime(item.at))
        _add(element, "description", clean_text(item.html) or clean_line(item.summary))
        for tag in item.tags:
            _add(element, "category", clean_line(tag))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def json_feed(feed: Feed, items: Sequence[FeedItem]) -> dict[str, Any]:
    """Return the feed as JSON Feed 1.1."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.url,
        "feed_url": feed.own_url,
        "description": feed.description,
        "language": feed.language,
        "items": [
            {
                "id": item.url,
                "url": item.url,
                "title": item.title,
                "content_html": item.html or item.summary,
                "summary": item.summary,
                "date_published": iso_time(item.at),
                "tags": list(item.tags),
            }
            for item in items
        ],
    }


def linked_data(facts: Mapping[str, Any]) -> SafeString:
    """Return facts for search engines as an element of a page: data that no browser runs."""
    text = json.dumps(facts, ensure_ascii=False).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 -- escaped above


def _add(parent: Any, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text
