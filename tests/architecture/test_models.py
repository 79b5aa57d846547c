"""Facts that hold for every model there is, and for every one that will be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models

from accounts.models import VisibleQuerySet
from accounts.registries import has_grants
from candidates.models import Candidate
from candidates.registries import person_parts

# Low to high.
STACK = ["accounts", "outbox", "candidates", "questions", "assessments", "hiring"]

# Models with a way to a person that hold nothing of the person themselves: why no part has to move or blank them.
NOTHING_PERSONAL: dict[str, str] = {}
# Rows that no page lists: what they open is asked for by token alone.
NEVER_LISTED = {"outbox.AccessLink"}


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in STACK]


def relations(model: type[models.Model]) -> Iterator[models.Field]:
    """The columns of `model` that point at another model."""
    for field in model._meta.get_fields():
        if field.is_relation and not field.auto_created and field.related_model:
            yield field


def test_no_model_points_up() -> None:
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in own_models()
        for field in relations(model)
        if field.related_model._meta.app_label in STACK
        and STACK.index(field.related_model._meta.app_label) > STACK.index(model._meta.app_label)
    ]

    assert upward == []


def personal_models() -> set[str]:
    """Every model with a chain of columns that ends at a person, or with the public id of one."""
    found: set[type[models.Model]] = {Candidate}
    found |= {
        model
        for model in own_models()
        if any(field.name == "person_ref" for field in model._meta.get_fields())
    }
    grew = True
    while grew:
        more = {
            model
            for model in own_models()
            if model not in found and any(field.related_model in found for field in relations(model))
        }
        grew = bool(more)
        found |= more
    return {model._meta.label for model in found}


def test_every_personal_model_has_a_part() -> None:
    covered = {label.lower() for part in person_parts() for label in part.models}
    personal = {label.lower() for label in personal_models()}

    missing = sorted(personal - covered - {label.lower() for label in NOTHING_PERSONAL})

    assert missing == []


def test_parts_name_models_that_exist() -> None:
    known = {model._meta.label_lower for model in own_models()}

    assert {label.lower() for part in person_parts() for label in part.models} <= known


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_every_model_in_the_admin_is_seen_through_grants(model: type[models.Model]) -> None:
    assert isinstance(model._default_manager.all(), VisibleQuerySet)
    assert has_grants(model._meta.label)


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_every_model_with_visible_rows_has_a_grant(model: type[models.Model]) -> None:
    if isinstance(model._default_manager.all(), VisibleQuerySet) and model._meta.label not in NEVER_LISTED:
        assert has_grants(model._meta.label), "nobody but the system would ever see a row"


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_no_model_has_an_order_of_its_own(model: type[models.Model]) -> None:
    assert not model._meta.ordering


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_every_constraint_and_index_is_named_by_us(model: type[models.Model]) -> None:
    for constraint in model._meta.constraints:
        assert constraint.name.startswith(f"{model._meta.app_label}_"), constraint.name


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_every_model_says_which_row_it_is(model: type[models.Model]) -> None:
    if not model._meta.auto_created:
        assert model.__str__ is not models.Model.__str__


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_no_model_hides_logic_in_saving(model: type[models.Model]) -> None:
    allowed = "django"  # AbstractBaseUser's own
    for name in ("save", "delete"):
        assert getattr(model, name).__module__.startswith(allowed), name
