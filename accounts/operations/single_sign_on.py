"""Single sign-on: whose account at the provider is whose here."""

from __future__ import annotations

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from accounts.models import Actor, User
from accounts.operations.telling import tell
from accounts.rules import SINGLE_SIGN_ON


def link_account(*, user: User, subject: str, now: datetime) -> SocialAccount:
    """Remember that `subject` (a digest of issuer and subject) at the provider is `user`, and return the row.

    Of the provider's words nothing else is kept. Somebody who was quicker with the same subject keeps it.
    """
    try:
        with transaction.atomic():
            account = SocialAccount.objects.create(
                user=user, provider=SINGLE_SIGN_ON, uid=subject, extra_data={}, last_login=now
            )
            tell("accounts.single_sign_on_linked", user, by=Actor.of_user(user), now=now)
    except IntegrityError:
        account = SocialAccount.objects.select_related("user").get(provider=SINGLE_SIGN_ON, uid=subject)
    return account
