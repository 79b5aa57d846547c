"""Every address as every kind of person. The table is `permissions`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from tests.architecture.permissions import API, LETTERS, LINK_ONLY, PAGES, TABLES, Line, Table
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


def value(world: World, path: str) -> Any:
    if path.startswith("="):
        return path[1:]
    first, *rest = path.split(".")
    return reduce(getattr, rest, world.ids[first])


def ask(world: World, letter: str, address: str, method: str = "get") -> HttpResponse:
    client = Client(raise_request_exception=False)
    client.cookies.load(world.cookies[letter])
    with transaction.atomic():
        response: HttpResponse = getattr(client, method)(address)
        transaction.set_rollback(True)
    return response


def got_through(response: HttpResponse) -> bool:
    """Whether a person was let in. Told to sign in, forbidden, not there: no. A form that wants more: yes."""
    assert response.status_code < 500, response.status_code
    if response.status_code == 302:
        return not response["Location"].startswith(("/accounts/login", "/admin/login"))
    return response.status_code in (200, 400, 405, 409)


def who_gets_through(world: World, address: str, method: str = "get") -> str:
    return "".join(letter for letter in LETTERS if got_through(ask(world, letter, address, method)))


@pytest.mark.parametrize("line", PAGES, ids=lambda line: line.name)
def test_case_64_bola_matrix_page(world: World, line: Line) -> None:
    address = reverse(line.name, kwargs={name: value(world, path) for name, path in line.parts.items()})

    assert who_gets_through(world, address, line.method) == "".join(c for c in LETTERS if c in line.who)


def changes(response: HttpResponse) -> bool:
    """Whether the form of a row can be saved; one that can only be read has no such button."""
    return response.status_code == 200 and b'name="_save"' in response.content


@pytest.mark.parametrize("label", TABLES)
def test_case_64_bola_matrix_list(world: World, label: str) -> None:
    table: Table = TABLES[label]
    row = value(world, table.row)
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
            response = ask(world, letter, reverse(address[action], args=[row.pk]))
            found["delete"] += letter * (
                action == "delete" and got_through(response) and response.status_code == 200
            )

    assert found == {"view": table.view, "add": table.add, "change": table.change, "delete": ""}
    for letter in table.blind:
        assert ask(world, letter, changed).status_code in (302, 403, 404)


@pytest.mark.parametrize("name", LINK_ONLY)
def test_case_64_bola_matrix_link_only(world: World, name: str) -> None:
    address = reverse(name, kwargs={part: value(world, path) for part, path in LINK_ONLY[name].items()})

    for letter in "AOx":
        for method in ("get", "post"):
            assert ask(world, letter, address, method).status_code in (404, 405)


def test_case_71_autocomplete_leak_no_address_names_people_to_those_who_may_not_see_them(
    world: World,
) -> None:
    applicant = world.ids["candidate"]
    addresses = [
        reverse(line.name, kwargs={n: value(world, p) for n, p in line.parts.items()}) for line in PAGES
    ]
    addresses += [reverse(admin_names(label)["changelist"]) for label in TABLES]
    for label, table in TABLES.items():
        addresses.append(reverse(admin_names(label)["change"], args=[value(world, table.row).pk]))
    addresses += [
        f"/admin/search/?s={applicant.full_name}",
        f"/admin/candidates/candidate/?q={applicant.public_id}",
    ]

    leaks = [
        (LETTERS[letter], address)
        for letter in "RQNO"
        for address in addresses
        if not address.startswith("/accounts/")
        if applicant.full_name.encode() in body(ask(world, letter, address))
    ]

    assert leaks == []


def body(response: HttpResponse) -> bytes:
    if response.streaming:
        return b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return response.content
