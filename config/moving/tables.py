"""Which tables are moved, and what PostgreSQL will ask of them, as the models say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models import Q

from config.moving.columns import (
    Bytes,
    Column,
    Document,
    Exact,
    Identifier,
    Kind,
    Moment,
    Real,
    Text,
    Truth,
    Whole,
)

# Made anew by the migrations of the target; rows of ours that point at them are led to the new ones by name.
MADE_ANEW = ("contenttypes.ContentType", "auth.Permission")
# Colleagues sign in again.
LEFT_BEHIND = ("sessions.Session",)
# What the migrations write into an empty database, beside the tables above; the copy brings the rows of the source.
SEEDED = frozenset(
    {
        "django_migrations",
        "django_content_type",
        "auth_permission",
        "auth_group",
        "auth_group_permissions",
        "candidates_consenttext",
        "hiring_rejectionreason",
    }
)
# By Django's name for the type of a field; whole numbers have their ranges from the database.
KINDS: dict[str, Callable[[Any], Kind]] = {
    "BinaryField": lambda field: Bytes(),
    "BooleanField": lambda field: Truth(),
    "CharField": lambda field: Text(field.max_length),
    "DateTimeField": lambda field: Moment(),
    "DecimalField": lambda field: Exact(field.max_digits, field.decimal_places),
    "FileField": lambda field: Text(field.max_length),
    "FloatField": lambda field: Real(),
    "JSONField": lambda field: Document(),
    "SlugField": lambda field: Text(field.max_length),
    "TextField": lambda field: Text(),
    "UUIDField": lambda field: Identifier(),
}


@dataclass(frozen=True, slots=True)
class UniqueSet:
    """Columns whose values, together, may stand in one row only, of the rows that `condition` picks."""

    columns: tuple[str, ...]
    condition: Q | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is moved, with the columns that hold what it says."""

    model: type[models.Model]
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        """The column that tells rows apart: the primary key; SQLite's own number where that is several columns."""
        field = key_field(self.model)
        return "rowid" if isinstance(field, models.CompositePrimaryKey) else str(field.column)

    def unique_sets(self) -> Iterator[UniqueSet]:
        """Yield what may not stand twice, beside a primary key of one column."""
        options = self.model._meta
        if isinstance(options.pk, models.CompositePrimaryKey):
            yield UniqueSet(self._columns_of(options.pk.field_names), None)
        field: Any
        for field in options.concrete_fields:
            if field.unique and not field.primary_key:
                yield UniqueSet((field.column,), None)
        for names in options.unique_together:
            yield UniqueSet(self._columns_of(names), None)
        for constraint in options.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                if constraint.expressions:
                    raise LookupError(
                        f"{constraint.name} is made of expressions, which nothing here can look for."
                    )
                yield UniqueSet(self._columns_of(constraint.fields), constraint.condition)

    def checks(self) -> Iterator[models.CheckConstraint]:
        """Yield the conditions that every row has to meet."""
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                yield constraint

    def _columns_of(self, names: Any) -> tuple[str, ...]:
        return tuple(str(self.model._meta.get_field(name).column) for name in names)  # type: ignore[union-attr]


def moved_tables(operations: BaseDatabaseOperations) -> list[Table]:
    """Return every table that is moved; `operations` (of the target) know its ranges."""
    return [
        Table(model, tuple(column_of(field, operations) for field in model._meta.concrete_fields))
        for model in apps.get_models(include_auto_created=True)
        if is_stored(model) and model._meta.label not in MADE_ANEW + LEFT_BEHIND
    ]


def is_stored(model: type[models.Model]) -> bool:
    return model._meta.managed and not model._meta.proxy


def key_field(model: type[models.Model]) -> Any:
    assert model._meta.pk is not None
    return model._meta.pk


def column_of(field: Any, operations: BaseDatabaseOperations) -> Column:
    refers_to = None
    if field.remote_field is not None:
        other = field.target_field
        refers_to = (other.model._meta.db_table, other.column)
    return Column(field.column, kind_of(field, operations), field.null, refers_to)


def kind_of(field: Any, operations: BaseDatabaseOperations) -> Kind:
    """Return the kind of a field's column. Raises `LookupError` for one that nobody has thought of."""
    while field.remote_field is not None:
        field = field.target_field
    name = field.get_internal_type()
    if name in operations.integer_field_ranges:
        return Whole(*operations.integer_field_range(name))
    if name not in KINDS:
        raise LookupError(f"{field} is a {name}, and nothing here knows what PostgreSQL takes for it.")
    return KINDS[name](field)
