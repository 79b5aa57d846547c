from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model

from accounts import registries
from accounts.models import Actor, User
from accounts.registries import may_see_field, register_mask
from tests.factories.accounts import actor, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def masked(monkeypatch: pytest.MonkeyPatch) -> None:
    """One's own login is the only one that one sees."""
    monkeypatch.setattr(registries, "_masks", {})

    def is_own(reader: Actor, row: Model | None) -> bool:
        return row is not None and reader.user == row

    register_mask("accounts.User", "email", is_own)


def test_mask_decides_by_the_row_and_without_one_for_all_of_them(masked: Any) -> None:
    somebody: User = make_user()
    reader = actor(somebody)

    assert may_see_field("accounts.User", "email", reader, somebody)
    assert not may_see_field("accounts.user", "email", reader, make_user())
    assert not may_see_field("accounts.User", "email", reader)
    assert may_see_field("accounts.User", "email", Actor.system())
    assert may_see_field("accounts.User", "full_name", reader)
