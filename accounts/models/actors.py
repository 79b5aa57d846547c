from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from accounts.enums import ActorKind, Role

if TYPE_CHECKING:
    from accounts.models.keys import ApiKey
    from accounts.models.users import User


@dataclass(frozen=True)
class Actor:
    """Who does or sees something: a person, a program with a key, a candidate with a link, or the system itself."""

    kind: ActorKind
    user: User | None = None
    api_key: ApiKey | None = None
    link_id: int | None = None
    person_ref: str = ""

    @classmethod
    def of_user(cls, user: User) -> Actor:
        """A signed-in colleague."""
        return cls(kind=ActorKind.USER, user=user)

    @classmethod
    def of_key(cls, key: ApiKey) -> Actor:
        """A program: it acts as its owner, within its scopes and jobs."""
        return cls(kind=ActorKind.API_KEY, user=key.owner, api_key=key)

    @classmethod
    def of_link(cls, *, link_id: int, person_ref: str) -> Actor:
        """A candidate holding a mailed link."""
        return cls(kind=ActorKind.LINK, link_id=link_id, person_ref=person_ref)

    @classmethod
    def system(cls) -> Actor:
        """Workers and commands: sees everything, is named as the system in the history."""
        return cls(kind=ActorKind.SYSTEM)

    @classmethod
    def of_request(cls, request: Any) -> Actor:
        """The actor of an authenticated staff or API request."""
        key = getattr(request, "auth", None)
        return cls.of_user(request.user) if key is None else cls.of_key(key)

    @property
    def is_system(self) -> bool:
        return self.kind is ActorKind.SYSTEM

    @cached_property
    def roles(self) -> frozenset[str]:
        """Organisation roles. The first use costs one query."""
        if self.user is None or not self.user.is_active:
            return frozenset()
        return self.user.role_names()

    @property
    def rules(self) -> Mapping[tuple[str, str], bool]:
        """Where this installation differs from what roles may do by default. Comes with the roles, in one query."""
        return {} if self.user is None else self.user.role_rules()

    def has_role(self, *roles: Role) -> bool:
        """Whether the actor has one of `roles`; the system has all of them."""
        return self.is_system or not self.roles.isdisjoint(roles)

    def record(self) -> dict[str, Any]:
        """What the history keeps of the actor: kinds and ids, no names."""
        return {
            "actor_kind": self.kind.value,
            "actor_user_id": self.user.pk if self.user else None,
            "actor_key_id": self.api_key.pk if self.api_key else None,
        }
