from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from accounts import operations
from accounts.enums import Role, Scope
from accounts.models import Actor, ApiKey, Organisation, User

# A Tuesday in the middle of nothing: no month's end, no change of the clock.
NOW = datetime(2026, 6, 16, 9, 30, tzinfo=UTC)
PASSWORD = "correct horse battery staple"

_numbers = count(1)


def make_user(*roles: Role, **fields: Any) -> User:
    """A colleague with organisation `roles`; without any an outsider to everything but their own jobs."""
    number = next(_numbers)
    return operations.create_user(
        email=fields.pop("email", f"colleague{number}@example.org"),
        full_name=fields.pop("full_name", f"Colleague {number}"),
        password=fields.pop("password", PASSWORD),
        roles=roles,
        by=Actor.system(),
        now=fields.pop("now", NOW),
        **fields,
    )


def make_administrator(**fields: Any) -> User:
    return make_user(Role.ADMINISTRATOR, **fields)


def make_recruiter(**fields: Any) -> User:
    return make_user(Role.RECRUITER, **fields)


def actor(user: User) -> Actor:
    return Actor.of_user(user)


def make_api_key(owner: User, *scopes: Scope, **fields: Any) -> tuple[ApiKey, str]:
    """A key and its token. It is good for a year from `NOW` unless the test says otherwise."""
    return operations.create_api_key(
        name=fields.pop("name", "Weekly report"),
        owner=owner,
        scopes=scopes or [Scope.READ],
        expires_at=fields.pop("expires_at", NOW + timedelta(days=365)),
        by=Actor.of_user(owner),
        now=fields.pop("now", NOW),
    )


def make_organisation(**fields: Any) -> Organisation:
    return operations.set_organisation(
        by=Actor.system(),
        now=NOW,
        **{"name": "Larkfield & Söhne", "privacy_contact": "privacy@example.org", **fields},
    )
