from datetime import timedelta

import pytest

from accounts.models import Actor
from outbox import operations
from outbox.enums import LinkPurpose
from outbox.models import AccessLink, Event
from outbox.queries import find_link, link_url
from outbox.rules import link_token
from tests.factories.accounts import NOW
from tests.factories.outbox import make_link

pytestmark = pytest.mark.django_db
BY = {"by": Actor.system(), "now": NOW}


def find(token):
    return find_link(token, purpose=LinkPurpose.TEST, now=NOW)


def test_token_finds_its_link_with_one_query(django_assert_num_queries):
    link = make_link()

    with django_assert_num_queries(1):
        found = find(link_token(link))

    assert found == link
    assert found.is_open(now=NOW)


def test_case_39_token_brute_unknown_and_malformed_find_nothing():
    link = make_link()
    token = link_token(link)

    assert find(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert find("z" * 16 + token[16:]) is None
    assert find("not a token") is None
    assert find("\x00") is None


def test_case_43_token_reuse_after_revoking_the_link_is_closed():
    link = make_link()

    operations.revoke_link(link=link, **BY)

    assert not find(link_token(link)).is_open(now=NOW)


def test_revoking_twice_keeps_the_first_moment():
    link = make_link()

    operations.revoke_link(link=link, **BY)
    operations.revoke_link(link=link, by=Actor.system(), now=NOW + timedelta(days=1))

    assert link.revoked_at == NOW
    assert Event.objects.filter(kind="link.revoked").count() == 1


def test_case_43_token_reuse_after_reissue_the_old_token_finds_nothing():
    link = make_link()
    old = link_token(link)

    operations.reissue_link(link=link, **BY)

    assert find(old) is None
    assert find(link_token(link)) == link


def test_reissue_opens_a_revoked_link_with_a_new_token():
    link = make_link()
    old = link_token(link)
    operations.revoke_link(link=link, **BY)

    operations.reissue_link(link=link, **BY)

    assert find(link_token(link)).is_open(now=NOW)
    assert find(old) is None


def test_link_is_open_until_its_expiry_inclusive_and_can_be_extended():
    link = make_link(expires_at=NOW)

    assert link.is_open(now=NOW)
    assert not link.is_open(now=NOW + timedelta(microseconds=1))
    operations.extend_link(link=link, expires_at=NOW + timedelta(days=1), **BY)
    assert link.is_open(now=NOW + timedelta(days=1))


def test_token_of_another_purpose_finds_nothing():
    link = make_link()
    token = link_token(AccessLink(purpose="other", public_id=link.public_id, generation=1))

    assert find(token) is None


def test_links_for_many_people_keep_their_order_and_cost_one_statement(django_assert_num_queries):
    refs = [f"abcdefghjkmnpq{number:02d}" for number in range(22, 42)]

    with django_assert_num_queries(1):  # the insert
        links = operations.create_links(purpose=LinkPurpose.TEST, person_refs=refs, expires_at=None, **BY)

    assert [link.person_ref for link in links] == refs
    assert len({link.public_id for link in links}) == 20
    assert all(link.pk for link in links)


def test_case_76_host_poison_address_is_the_one_the_site_was_started_with(settings):
    settings.SITE_ADDRESS = "https://jobs.example.org"
    link = make_link()

    assert link_url(link) == f"https://jobs.example.org/t/{link_token(link)}/"


def test_nothing_stored_holds_the_token():
    link = make_link()
    mac = link_token(link).partition(".")[2]

    stored = [str(value) for value in AccessLink.objects.values_list().get(pk=link.pk)]

    assert not any(mac in value for value in stored)
