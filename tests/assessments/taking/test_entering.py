from __future__ import annotations

from base64 import b64encode
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import signing
from django.core.cache import cache
from django.db import models
from django.test import Client
from django.utils import timezone

from accounts.models import Actor, User
from assessments.enums import SubmittedBy
from assessments.operations import reissue_invitation, revoke_invitation, submit_attempt, void_attempt
from assessments.taking.access import COOKIE, DEVICE_COOKIE, SALT
from shell.logs import RedactFilter
from tests.assessments.taking.places import Place, in_the_past, make_assessment, make_place

SCANNERS = (
    "Mozilla/5.0 (compatible; SafeLinks/1.0)",
    "facebookexternalhit/1.1",
    "Slackbot-LinkExpanding 1.0",
    "curl/8.5",
    "",
)


def everything() -> dict[str, list[object]]:
    """Every row of every table, so that any write at all shows."""
    tables: dict[str, list[object]] = {}
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, models.Model) and model._meta.managed:
            tables[model._meta.label] = list(model._default_manager.order_by("pk").values_list())
    return tables


def test_case_38_prefetch_start_opening_the_link_writes_nothing(place: Place) -> None:
    before = everything()

    for number in range(50):
        client = Client(headers={"user-agent": SCANNERS[number % len(SCANNERS)], "purpose": "prefetch"})
        call = client.head if number % 3 == 0 else client.get
        assert call(f"/t/{place.token}/").status_code == 302
        assert call(place.url()).status_code == 200
        assert call(place.url("start/")).status_code == 302
        assert call(place.url("clock/")).status_code == 200

    assert everything() == before
    assert place.start().state == "in_progress"


def test_case_38_prefetch_start_pages_of_a_running_test_write_nothing_when_read(running: Place) -> None:
    before = everything()

    for path in ("", "question/1/", "question/4/", "overview/", "submit/", "finished/", "clock/"):
        running.client.get(running.url(path))
        running.client.head(running.url(path))

    assert everything() == before


def test_case_39_token_brute_every_wrong_token_gets_the_same_page(place: Place, client: Client) -> None:
    good = place.token
    public_id, _, mac = good.partition(".")
    wrong = [
        f"{public_id}.{'A' * len(mac)}",
        f"{'z' * 16}.{mac}",
        f"{public_id}.{mac[:-1]}",
        f"{good}x",
        public_id,
        "x",
        "..",
        "None",
        "%00",
        "%F0%9F%98%80",
        "a" * 2000,
    ]

    answers = {
        (response.status_code, response.content) for response in (client.get(f"/t/{each}/") for each in wrong)
    }

    assert len(answers) == 1
    status, body = answers.pop()
    assert status == 404
    assert b"This link does not work" in body
    assert all(COOKIE not in response.cookies for response in (client.get(f"/t/{each}/") for each in wrong))


def test_case_39_token_brute_tokens_of_older_generations_are_wrong_ones(place: Place, client: Client) -> None:
    old = place.token
    unknown = client.get(f"/t/{'z' * 16}.{'A' * 22}/")
    reissue_invitation(invitation=place.invitation, reason="Lost", by=Actor.system(), now=timezone.now())

    response = client.get(f"/t/{old}/")

    assert (response.status_code, response.content) == (404, unknown.content)
    assert client.get(f"/t/{place.token}/").status_code == 302


def test_case_39_token_brute_a_limit_trips_and_good_links_still_open(place: Place, client: Client) -> None:
    cache.clear()
    statuses = [client.get(f"/t/{'z' * 16}.{number:022d}/").status_code for number in range(130)]

    assert statuses == [404] * 120 + [429] * 10
    assert place.client.get(f"/t/{place.token}/").status_code == 302
    cache.clear()


def test_case_39_token_brute_a_token_has_128_bits_that_nothing_stored_tells(place: Place) -> None:
    mac = place.token.partition(".")[2]

    assert len(mac) * 6 >= 128
    assert mac not in repr(everything())


def test_case_42_token_logs_no_line_holds_a_token(place: Place, client: Client, caplog) -> None:
    public_id, _, mac = place.token.partition(".")
    client.get(f"/t/{public_id}.{mac[::-1]}/")
    place.start()
    place.save(1, ["zz"])
    place.client.get(place.url("question/99/"))

    assert caplog.records
    door = RedactFilter()
    for record in caplog.records:
        door.filter(record)
        assert mac not in record.getMessage()
        assert mac[::-1] not in record.getMessage()


def test_case_41_token_referer_the_token_goes_into_a_cookie_for_the_test_alone(place: Place) -> None:
    response = place.client.get(f"/t/{place.token}/")

    cookie = response.cookies[COOKIE]
    assert response["Location"] == place.url()
    assert response["Referrer-Policy"] == "no-referrer"
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (place.url(), True, "Lax")
    assert place.token.split(".")[1] not in place.client.get(place.url()).content.decode()


def test_case_41_token_referer_the_cookie_is_for_https_alone_where_there_is_https(
    place: Place, settings
) -> None:
    settings.HTTPS = True

    response = place.client.get(f"/t/{place.token}/", secure=True)

    assert response.cookies[COOKIE]["secure"] is True


def test_case_41_token_referer_pages_name_no_foreign_address(running: Place) -> None:
    for path in ("question/1/", "overview/"):
        response = running.client.get(running.url(path))

        # Forms need the origin, which goes to this site alone.
        assert response["Referrer-Policy"] == "same-origin"
        assert b"http://" not in response.content
        assert b"https://" not in response.content
        assert b"//cdn" not in response.content


@pytest.mark.parametrize("end", ["submit", "void", "revoke", "reissue"])
def test_case_43_token_reuse_after_the_end_a_fixed_page_without_data(running: Place, end: str) -> None:
    now = timezone.now()
    if end == "submit":
        submit_attempt(attempt_id=running.attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=now)
    elif end == "void":
        void_attempt(attempt=running.attempt, reason="A fire alarm", by=Actor.system(), now=now)
    elif end == "revoke":
        running.invitation.link.__class__.objects.filter(pk=running.invitation.link.pk).update(revoked_at=now)
    else:
        reissue_invitation(invitation=running.invitation, reason="Lost", by=Actor.system(), now=now)

    for path in ("", "question/1/", "overview/", "finished/"):
        response = running.client.get(running.url(path), follow=True)

        assert b"<legend" not in response.content
        assert b"A fire alarm" not in response.content
        assert b"Ada" not in response.content
    refused = running.save(1, ["a"], base_version=0)
    assert refused.status_code in (404, 409)
    assert running.row(1).answer == []


def test_case_43_token_reuse_a_withdrawn_invitation_says_so_without_data(place: Place) -> None:
    place.enter()
    revoke_invitation(invitation=place.invitation, by=Actor.system(), now=timezone.now())

    response = place.client.get(place.url())

    assert b"no longer open" in response.content
    assert b"Flask basics" not in response.content
    assert place.client.post(place.url("start/"), {"consent": "on"})["Location"] == place.url()


def test_case_44_token_cross_a_cookie_opens_its_own_test_alone(place: Place) -> None:
    other = make_place(assessment=place.assessment)
    place.enter()
    other.start()
    # A browser sends the cookie to its own path alone; somebody who copies it to another path gets nothing.
    thief = Client()
    thief.cookies[COOKIE] = place.client.cookies[COOKIE].value

    for path in ("", "question/1/", "overview/", "finished/", "clock/"):
        response = thief.get(other.url(path))
        assert response.status_code == 404
        assert b"Open the link in your mail again" in response.content
    assert thief.post(other.url("question/1/save/"), {}, content_type="application/json").status_code == 404
    assert thief.post(other.url("submit/")).status_code == 404
    assert other.attempt.state == "in_progress"


def test_case_45_cache_leak_no_page_may_be_kept_or_found(running: Place) -> None:
    paths = [running.url(path) for path in ("", "question/1/", "overview/", "finished/", "clock/", "submit/")]
    paths += [f"/t/{running.token}/", "/t/wrong/", "/test/unknown/", running.url("question/99/")]

    for path in paths:
        response = running.client.get(path)

        assert response["Cache-Control"] == "no-store, private", path
        assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive", path
        assert "Cookie" in response["Vary"], path


def test_case_46_session_fixation_a_candidate_never_has_a_session(running: Place) -> None:
    assert set(running.client.cookies) <= {COOKIE, DEVICE_COOKIE, "shortlist_csrf"}
    assert running.client.get("/admin/").status_code == 302


def test_case_46_session_fixation_a_planted_cookie_opens_nothing(place: Place, client: Client) -> None:
    for value in (place.token, f"{place.token}:1abc:forged", "", "None", "x" * 4000):
        client.cookies[COOKIE] = value

        assert client.get(place.url()).status_code == 404


def test_case_46_session_fixation_signing_in_over_a_candidates_pages_mixes_nothing(running: Place) -> None:
    colleague = User.objects.create(email="rita@example.com", is_active=True)

    running.client.force_login(colleague)

    assert running.client.get(running.url("question/1/")).status_code == 200
    running.client.logout()
    assert running.client.get("/admin/").status_code == 302


def test_case_62_none_equals_none_no_cookie_opens_nothing(place: Place, client: Client) -> None:
    for code in (place.code, "None", "0", "-1"):
        assert client.get(f"/test/{code}/").status_code == 404


def test_case_63_unpublished_a_test_nobody_was_invited_to_is_not_there(db: None, client: Client) -> None:
    assessment = make_assessment()

    for code in (assessment.slug, str(assessment.pk), str(assessment.current_version_id)):
        assert client.get(f"/test/{code}/").status_code == 404
        assert client.get(f"/t/{code}/").status_code == 404


def test_the_cookie_ends_after_a_day(place: Place, freeze) -> None:
    place.enter()
    clock = freeze(timezone.now() + timedelta(hours=23))
    assert place.client.get(place.url()).status_code == 200

    clock.shift(timedelta(hours=2))

    assert place.client.get(place.url()).status_code == 404


def test_a_link_whose_invitation_expired_says_until_when_it_could_be_started(db: None) -> None:
    place = make_place(now=in_the_past(days=20))
    place.enter()

    response = place.client.get(place.url())

    assert response.status_code == 200
    assert b"The time to start this test is over" in response.content
    assert b"people@example.com" in response.content


def test_case_19_unsafe_deserialise_a_pickle_for_a_cookie_opens_nothing(
    place: Place, pickled_code: bytes
) -> None:
    bare = b64encode(pickled_code).decode()
    # Not even signed with our own key: what is read is a token, never an object.
    signed = signing.get_cookie_signer(salt=COOKIE + SALT).sign(bare)

    for value in (bare, signed):
        client = Client()
        client.cookies[COOKIE] = value
        assert client.get(place.url()).status_code == 404
        assert client.post(place.url("start/"), {"consent": "on"}).status_code == 404
