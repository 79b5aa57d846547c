from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Value
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models.rules import RoleRule
from accounts.models.visible import VisibleQuerySet
from accounts.rules import normalise_email


class UserManager(BaseUserManager["User"].from_queryset(VisibleQuerySet)):  # type: ignore[misc]
    """Django's own commands create users through these; the product uses `accounts.operations.create_user`."""

    def get_by_natural_key(self, username: str | None) -> User:
        user: User = self.get(email=normalise_email(username or ""))
        return user

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user: User = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person of the organisation who signs in with an email address."""

    email = models.EmailField(
        _("email address"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("A colleague with this email address exists already.")},
    )
    full_name = models.CharField(_("name"), max_length=150)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_staff = models.BooleanField(_("may sign in to the staff pages"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    # Part of the digest that every session carries: another number ends all of them.
    session_round = models.PositiveIntegerField(default=0, editable=False)
    # {"<list>": ["<column>", …]}: what this person chose to see of a list; where nothing stands, what everybody sees.
    list_columns = models.JSONField(default=dict, editable=False)
    date_joined = models.DateTimeField(_("added at"), default=timezone.now)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("colleague")
        verbose_name_plural = _("colleagues")

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        digest: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        if not self.session_round:
            return digest
        return salted_hmac(
            "accounts.session_round", f"{digest}|{self.session_round}", secret=secret
        ).hexdigest()

    def role_names(self) -> frozenset[str]:
        """The organisation roles of this person. Costs one query, once per instance."""
        return self._roles_and_rules()[0]

    def role_rules(self) -> Mapping[tuple[str, str], bool]:
        """Where this installation differs from what roles may do by default, by role and capability. Comes with the
        roles of this person, in one query.
        """
        return self._roles_and_rules()[1]

    def _roles_and_rules(self) -> tuple[frozenset[str], Mapping[tuple[str, str], bool]]:
        cached: tuple[frozenset[str], Mapping[tuple[str, str], bool]] | None = self.__dict__.get("_held")
        if cached is not None:
            return cached
        held = self.groups.order_by().values_list(
            "name",
            Value("", output_field=models.CharField()),
            Value(True, output_field=models.BooleanField()),
        )
        ruled = RoleRule.objects.order_by().values_list("role", "capability", "allowed")
        rows = list(held.union(ruled, all=True))
        names = {name for name, capability, _allowed in rows if not capability} & set(Role.values)
        if self.is_superuser:
            names.add(Role.ADMINISTRATOR.value)
        rules = {(role, capability): bool(allowed) for role, capability, allowed in rows if capability}
        self.__dict__["_held"] = frozenset(names), rules
        return frozenset(names), rules

    def forget_roles(self) -> None:
        """Read roles and rules anew when they are asked for again."""
        self.__dict__.pop("_held", None)
