import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Actor
from outbox import operations, queries
from outbox.enums import MessageState
from outbox.models import Message
from tests.factories.accounts import NOW
from tests.factories.outbox import make_message

pytestmark = pytest.mark.django_db


def release(*arguments: str) -> str:
    said = StringIO()
    call_command("release_mail", *arguments, stdout=said)
    return said.getvalue()


def test_release_cancels_what_is_old_and_lets_the_rest_go(greeting):
    old, young = make_message(), make_message(now=NOW + timedelta(hours=1))
    operations.hold_mail(by=Actor.system(), now=NOW)

    said = json.loads(release("--cancel-before", "2026-06-16T09:45", "--json"))

    assert said == {"released": True, "cancelled": 1}
    assert dict(Message.objects.values_list("pk", "state")) == {
        old.pk: MessageState.CANCELLED,
        young.pk: MessageState.QUEUED,
    }
    assert queries.mail_hold() is None
    assert release() == "Mail was not held.\n"


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-40T00:00"])
def test_release_before_no_moment_does_nothing(greeting, moment):
    make_message()
    operations.hold_mail(by=Actor.system(), now=NOW)

    with pytest.raises(CommandError, match="which is no moment"):
        release("--cancel-before", moment)

    assert queries.mail_hold() is not None
