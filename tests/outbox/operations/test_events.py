import pytest

from accounts.enums import Role
from accounts.models import Actor
from accounts.operations import set_roles
from outbox.models import Event
from outbox.operations import EventDraft, record_event, record_events
from tests.factories.accounts import NOW, actor, make_administrator, make_api_key, make_recruiter

pytestmark = pytest.mark.django_db


def test_event_says_what_when_and_who():
    user = make_recruiter()

    event = record_event(
        kind="thing.done",
        by=actor(user),
        now=NOW,
        person_ref="ref",
        about="App.Thing",
        about_id=7,
        data={"n": 1},
    )

    event.refresh_from_db()
    assert (event.kind, event.at, event.person_ref, event.about, event.about_id, event.data) == (
        "thing.done",
        NOW,
        "ref",
        "app.thing",
        7,
        {"n": 1},
    )
    assert (event.actor_kind, event.actor_user, event.actor_key_id) == ("user", user, None)


def test_event_of_a_program_names_its_key_and_owner():
    key, _token = make_api_key(make_recruiter())

    event = record_event(kind="thing.done", by=Actor.of_key(key), now=NOW)

    assert (event.actor_kind, event.actor_user, event.actor_key_id) == ("api_key", key.owner, key.pk)


@pytest.mark.parametrize("count", [1, 3])
def test_many_events_cost_one_statement(django_assert_num_queries, count):
    drafts = [EventDraft(kind="thing.done", about="app.thing", about_id=number) for number in range(count)]

    with django_assert_num_queries(1):
        assert record_events(drafts=drafts, by=Actor.system(), now=NOW) == count

    assert Event.objects.filter(kind="thing.done").count() == count


def test_changes_of_colleagues_are_in_the_history():
    administrator = make_administrator()
    other = make_recruiter()

    set_roles(user=other, roles=[Role.ANALYST], by=actor(administrator), now=NOW)

    event = Event.objects.filter(kind="accounts.roles_changed").latest("pk")
    assert (event.actor_user, event.about_id) == (administrator, other.pk)
