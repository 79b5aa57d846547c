"""A test and a colleague who looks at its results. Models are imported late: this file is read before the apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from assessments.models import Assessment


@pytest.fixture
def signed_in(db: None) -> Callable[[User], Client]:
    """`signed_in(user)` returns a browser of that colleague."""
    from django.test import Client

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def recruiter(signed_in: Callable[[User], Client]) -> Client:
    """The browser of a recruiter who is on no job."""
    from accounts.enums import Role
    from tests.factories.accounts import make_user

    return signed_in(make_user(Role.RECRUITER))


@pytest.fixture
def assessment(db: None) -> Assessment:
    """A published test of ten questions."""
    from tests.factories.assessments import make_assessment

    return make_assessment(questions=10)
