"""Every address as every kind of person. The table is `permissions`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from tests.architecture.permissions import (
    ACTIONS,
    API,
    AUTOCOMPLETES,
    EXPORTS,
    FIELDS,
    LETTERS,
    LINK_ONLY,
    PAGES,
    TABLES,
    Line,
    Table,
)
from tests.architecture.world import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:No directory at")]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all of them; what a request changes is undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world()
        for letter, name in LETTERS.items():
            client = Client(raise_request_exception=False)
            if name:
                client.force_login(world.users[name])
            world.cookies[letter] = client.cookies
        yield world
        transaction.set_rollback(True)


def names(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield f"{namespace}{pattern.name}"
        else:
            yield from names(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)


def admin_names(label: str) -> dict[str, str]:
    base = "admin:" + label.lower().replace(".", "_")
    return {action: f"{base}_{action}" for action in ("changelist", "add", "change", "history", "delete")}


def test_case_64_bola_matrix_every_address_has_a_line() -> None:
    listed = {line.name for line in PAGES} | set(LINK_ONLY) | API
    listed |= {name for label in TABLES for name in admin_names(label).values()}

    assert set(names()) - listed == set()
    assert listed - set(names()) == set()


def test_case_64_bola_matrix_every_list_of_the_admin_has_a_line() -> None:
    assert {model._meta.label for model in admin.site._registry} == set(TABLES)


def value(ids: Mapping[str, Any], path: str) -> Any:
    if path.startswith("="):
        return path[1:]
    first, *rest = path.split(".")
    return reduce(getattr, rest, ids[first])


def address_of(line: Line, ids: Mapping[str, Any]) -> str:
    return reverse(line.name, kwargs={name: value(ids, path) for name, path in line.parts.items()})


@dataclass(frozen=True)
class Seen:
    """What somebody got: how it was answered, whether it is a form that can be saved, which texts of the world are in
    it ("own:phone").
    """

    status: int
    location: str
    saves: bool
    found: frozenset[str]


def texts(world: World) -> dict[str, bytes]:
    own = {f"own:{name}": field.text.format(**world.ids) for name, field in FIELDS.items()}
    other = {f"other:{name}": field.of_other().format(**world.other) for name, field in FIELDS.items()}
    return {name: text.encode() for name, text in (own | other).items()}


def body(response: HttpResponse) -> bytes:
    if response.streaming:
        return b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return response.content


def ask(world: World, letter: str, address: str, method: str = "get") -> Seen:
    kept = world.seen.get((letter, address)) if method == "get" else None
    if kept is not None:
        return kept
    client = Client(raise_request_exception=False)
    client.cookies.load(world.cookies[letter])
    with transaction.atomic():
        response: HttpResponse = getattr(client, method)(address)
        content = body(response) if response.status_code != 302 else b""
        transaction.set_rollback(True)
    # Numbers are grouped where people read them. Beginning with the comma, which is rare, it is found at once.
    # An address of mail may say where it breaks.
    plain = re.sub(rb",(?<=\d,)(?=\d)", b"", content).replace(b"<wbr>", b"")
    seen = Seen(
        response.status_code,
        response.headers.get("Location", ""),
        b'name="_save"' in content,
        frozenset(name for name, text in texts(world).items() if text in plain),
    )
    if method == "get":
        world.seen[letter, address] = seen
    return seen


def got_through(seen: Seen) -> bool:
    """Whether a person was let in. Told to sign in, forbidden, not there: no. A form that wants more: yes."""
    assert seen.status < 500, seen.status
    if seen.status == 302:
        return not seen.location.startswith(("/accounts/login", "/admin/login"))
    return seen.status in (200, 400, 405, 409)


def letters(who: str) -> str:
    return "".join(letter for letter in LETTERS if letter in who)


@pytest.mark.parametrize("line", PAGES, ids=lambda line: line.name)
def test_case_64_bola_matrix_page(world: World, line: Line) -> None:
    address = address_of(line, world.ids)

    through = [letter for letter in LETTERS if got_through(ask(world, letter, address, line.method))]

    assert "".join(through) == letters(line.who)


def changes(seen: Seen) -> bool:
    """Whether the form of a row can be saved; one that can only be read has no such button."""
    return seen.status == 200 and seen.saves


@pytest.mark.parametrize("label", TABLES)
def test_case_64_bola_matrix_list(world: World, label: str) -> None:
    table: Table = TABLES[label]
    row = value(world.ids, table.row)
    address = admin_names(label)
    listed = reverse(address["changelist"])
    added = reverse(address["add"])
    changed = reverse(address["change"], args=[row.pk])
    found: dict[str, str] = dict.fromkeys(("view", "add", "change", "delete"), "")
    for letter in LETTERS:
        found["view"] += letter * got_through(ask(world, letter, f"{listed}?q=quark"))
        found["add"] += letter * got_through(ask(world, letter, added))
        found["change"] += letter * changes(ask(world, letter, changed))
        for action in ("delete", "history"):
            seen = ask(world, letter, reverse(address[action], args=[row.pk]))
            found["delete"] += letter * (action == "delete" and got_through(seen) and seen.status == 200)

    assert found == {"view": table.view, "add": table.add, "change": table.change, "delete": ""}
    for letter in table.blind:
        assert ask(world, letter, changed).status in (302, 403, 404)


@pytest.mark.parametrize("name", LINK_ONLY)
def test_case_64_bola_matrix_link_only(world: World, name: str) -> None:
    address = reverse(name, kwargs={part: value(world.ids, path) for part, path in LINK_ONLY[name].items()})

    for letter in "AOx":
        for method in ("get", "post"):
            assert ask(world, letter, address, method).status in (404, 405)


def readings(world: World) -> list[str]:
    """Every address that shows something: pages, lists and forms of the admin, files, searches, calls of the API."""
    lines = [line for line in PAGES if line.method == "get" and not line.name.startswith("account")]
    found = [address_of(line, world.ids) for line in lines]
    # Addresses of the other job, with what is its own.
    both = {**world.ids, **world.other}
    found += [
        address_of(line, both)
        for line in lines
        if {path.partition(".")[0] for path in line.parts.values()} & world.other.keys()
    ]
    for label, table in TABLES.items():
        names = admin_names(label)
        found.append(f"{reverse(names['changelist'])}?q=quark")
        first, _dot, _rest = table.row.partition(".")
        for ids in (world.ids, both) if first in world.other else (world.ids,):
            found.append(reverse(names["change"], args=[value(ids, table.row).pk]))
    found += [f"/admin/search/?s={text}" for text in ("Ada own Quark", "Ada foreign Quark")]
    found += [reverse(name) for name in sorted(API) if name.endswith("-list")]
    for ids in (world.ids, both):
        person, application, job = ids["candidate"], ids["application"], ids["job"]
        found += [
            f"/admin/candidates/candidate/?q={person.public_id}",
            reverse("v1:candidate-detail", args=[person.public_id]),
            reverse("v1:application-detail", args=[application.public_id]),
            reverse("v1:job-detail", args=[job.slug]),
        ]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("name", FIELDS)
def test_case_64_bola_matrix_field(world: World, name: str) -> None:
    addresses = readings(world)

    found = {
        side: "".join(
            letter
            for letter in LETTERS
            if any(f"{side}:{name}" in ask(world, letter, address).found for address in addresses)
        )
        for side in ("own", "other")
    }

    assert found == {"own": letters(FIELDS[name].own), "other": letters(FIELDS[name].other)}


def test_case_71_autocomplete_leak_no_address_names_people_to_those_who_may_not_see_them(
    world: World,
) -> None:
    leaks = [
        (LETTERS[letter], address)
        for letter in "RQNO"
        for address in readings(world)
        if "own:name" in ask(world, letter, address).found
    ]

    assert leaks == []


def test_case_64_bola_matrix_every_file_has_a_line() -> None:
    files = {line.name for line in PAGES if line.name.endswith(("-file", "_export"))} - {"outbox:work-file"}

    assert files - set(EXPORTS) == set()


@pytest.mark.parametrize(
    "name", [line.name for line in PAGES if line.name in EXPORTS and line.method == "get"]
)
def test_case_64_bola_matrix_export(world: World, name: str) -> None:
    export = EXPORTS[name]
    line = next(line for line in PAGES if line.name == name and line.method == "get")
    address = address_of(replace(line, parts={**line.parts, **export.parts}), world.ids)

    named = [letter for letter in LETTERS if "own:name" in ask(world, letter, address).found]
    reached = {
        letter
        for letter in named
        if ask(world, letter, address).found & {"other:name"} and letter not in ("A", "R")
    }

    assert ("".join(named), reached) == (letters(export.named), set())
    for letter in export.nameless:
        seen = ask(world, letter, address)
        assert (seen.status, seen.found) == (200, frozenset())


def test_case_64_bola_matrix_every_action_has_a_line(world: World) -> None:
    found: dict[str, dict[str, str]] = {}
    for model, model_admin in admin.site._registry.items():
        for letter, who in LETTERS.items():
            request = RequestFactory().get("/")
            if not who:
                continue
            request.user = world.users[who]
            if not model_admin.has_view_permission(request):
                continue
            for action in model_admin.get_actions(request):
                row = found.setdefault(model._meta.label, {})
                row[action] = row.get(action, "") + letter

    assert found == ACTIONS


def test_case_71_autocomplete_leak_every_lookup_has_a_line() -> None:
    found = {
        model._meta.label: set(model_admin.autocomplete_fields)
        for model, model_admin in admin.site._registry.items()
        if model_admin.autocomplete_fields
    }

    assert found == AUTOCOMPLETES
