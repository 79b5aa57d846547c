import pytest

from accounts.enums import Role
from accounts.models import Actor
from outbox.models import AccessLink, Event, Message, Work
from outbox.operations import record_event
from tests.factories.accounts import NOW, actor, make_administrator, make_api_key, make_user
from tests.factories.outbox import make_link, make_message, make_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(greeting, register_work):
    """One of each kind, asked for by nobody in particular."""
    register_work("add", lambda work, actor, report: {})
    make_message(link=make_link())
    make_work("add")
    record_event(kind="thing.done", by=Actor.system(), now=NOW)


def seen(by):
    return [model.objects.visible_to(by).exists() for model in (Message, Work, Event, AccessLink)]


def test_administrators_see_mail_work_and_history_and_no_link(rows):
    assert seen(actor(make_administrator())) == [True, True, True, False]


@pytest.mark.parametrize("role", [Role.QUESTION_AUTHOR, Role.ANALYST])
def test_other_roles_see_what_nobody_granted_them_not(rows, role):
    assert seen(actor(make_user(role))) == [False, False, False, False]


def test_case_46_candidate_with_a_link_sees_nothing_of_the_staffs(rows):
    link = AccessLink.objects.get()

    assert seen(Actor.of_link(link_id=link.pk, person_ref=link.person_ref)) == [False, False, False, False]


def test_case_83_api_token_scope_a_key_sees_the_work_that_it_asked_for(rows):
    owner = make_user(Role.ANALYST)
    key, _token = make_api_key(owner)
    by_key = make_work("add", by=Actor.of_key(key))
    make_work("add", by=actor(owner))

    assert list(Work.objects.visible_to(Actor.of_key(key))) == [by_key]


def test_whoever_asked_sees_their_own(rows):
    user = make_user(Role.ANALYST)
    message, work = make_message(by=actor(user)), make_work("add", by=actor(user))

    assert list(Message.objects.visible_to(actor(user))) == [message]
    assert list(Work.objects.visible_to(actor(user))) == [work]
