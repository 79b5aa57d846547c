"""What strangers find, and pages that ask for the link of a mail."""

from __future__ import annotations

from tests.architecture.permissions.lines import EVERYBODY, Line

PUBLIC = [
    Line("front", EVERYBODY),
    # Probes. The tests come from this machine, which may read the numbers; tests/config/test_probes.py asks as others.
    Line("healthz", EVERYBODY),
    Line("readyz", EVERYBODY),
    Line("metrics", EVERYBODY),
    # Pages for strangers.
    Line("taking:open-link", EVERYBODY, {"code": "open_link.public_id"}),
    Line("taking:open-link-sent", EVERYBODY, {"code": "open_link.public_id"}),
    # Careers pages.
    Line("careers:jobs", EVERYBODY),
    Line("careers:rss", EVERYBODY),
    Line("careers:json", EVERYBODY),
    Line("careers:job", EVERYBODY, {"slug": "job.slug"}),
    Line("careers:apply", EVERYBODY, {"slug": "job.slug"}),
    Line("careers:apply", EVERYBODY, {"slug": "job.slug"}, "post"),
    Line("careers:sent", EVERYBODY, {"slug": "job.slug"}),
    Line("careers:go", EVERYBODY, {"code": "tracking_link.public_id"}),
    # What candidates' pages and mail look like
    Line("look", EVERYBODY, {"colour": "=b91c1c", "digest": "=older"}),
    Line("logo", "", {"digest": "=none"}),  # nobody has uploaded one
    Line("picture", "", {"public_id": "=none"}),  # only who was shown its name
]

# These pages ask for the link of a mail, whoever is signed in: without it there is nothing to see.
LINK_ONLY = {
    "doors:join": {"token": "=nothing"},
    "doors:reset": {"token": "=nothing"},
    "doors:choose-password": {},
    "careers:status-enter": {"token": "=nothing"},
    "careers:status": {"code": "=abcdefghjkmnpqrs"},
    "careers:withdraw": {"code": "=abcdefghjkmnpqrs"},
    "careers:send": {"code": "=abcdefghjkmnpqrs"},
    "careers:replace": {"code": "=abcdefghjkmnpqrs", "document": "=abcdefghjkmnpqrs"},
    "taking:enter": {"token": "=nothing"},
    "taking:confirm-enter": {"token": "=nothing"},
    "taking:confirm": {"code": "=abcdefghjkmnpqrs"},
    "taking:test": {"code": "=abcdefghjkmnpqrs"},
    "taking:more-time": {"code": "=abcdefghjkmnpqrs"},
    "taking:practice": {"code": "=abcdefghjkmnpqrs"},
    "taking:start": {"code": "=abcdefghjkmnpqrs"},
    "taking:language": {"code": "=abcdefghjkmnpqrs"},
    "taking:here": {"code": "=abcdefghjkmnpqrs"},
    "taking:clock": {"code": "=abcdefghjkmnpqrs"},
    "taking:notes": {"code": "=abcdefghjkmnpqrs"},
    "taking:question": {"code": "=abcdefghjkmnpqrs", "position": "=1"},
    "taking:save": {"code": "=abcdefghjkmnpqrs", "position": "=1"},
    "taking:flag": {"code": "=abcdefghjkmnpqrs", "position": "=1"},
    "taking:problem": {"code": "=abcdefghjkmnpqrs", "position": "=1"},
    "taking:buffer": {"code": "=abcdefghjkmnpqrs", "position": "=1"},
    "taking:on": {"code": "=abcdefghjkmnpqrs"},
    "taking:part": {"code": "=abcdefghjkmnpqrs"},
    "taking:overview": {"code": "=abcdefghjkmnpqrs"},
    "taking:submit": {"code": "=abcdefghjkmnpqrs"},
    "taking:finished": {"code": "=abcdefghjkmnpqrs"},
}
