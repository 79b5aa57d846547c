"""Guesses are counted once, whatever door they are made at."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache.backends.base import BaseCache
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import operations
from accounts.models import Actor, GuessCount
from accounts.rules import network_of
from tests.factories.accounts import NOW, PASSWORD, make_administrator, make_api_key, make_recruiter

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def guess(client: Client, email: str, password: str = "wrong wrong wrong", **extra: str) -> bool:
    """Whether this got in."""
    client.post(LOGIN, {"login": email, "password": password}, **extra)
    return "_auth_user_id" in client.session


def take(count: int, *, peer: str = "192.0.2.1", address: str = "a@example.org", now=NOW) -> list[bool]:
    return [operations.take_guess(peer=peer, address=address, now=now) for _guess in range(count)]


def test_five_guesses_at_an_address_and_ten_of_a_network_are_let_through() -> None:
    assert take(6) == [True] * 5 + [False]
    assert take(6, address="b@example.org") == [True] * 4 + [False] * 2
    assert take(1, peer="192.0.2.2", address="b@example.org") == [True]


def test_a_limit_ends_with_its_time() -> None:
    take(6)

    assert take(1, now=NOW + timedelta(minutes=4, seconds=59), peer="192.0.2.9") == [False]
    assert take(1, now=NOW + timedelta(minutes=5), peer="192.0.2.9") == [True]


def test_a_right_guess_is_given_back_and_wrong_ones_stay() -> None:
    take(4)
    assert take(1) == [True]
    operations.give_back(peer="192.0.2.1", address="a@example.org")

    assert take(2) == [True, False]


def test_what_was_guessed_at_is_kept_as_a_digest_and_forgotten_after_a_day() -> None:
    take(1, address="secret@example.org")
    assert not GuessCount.objects.filter(key__contains="secret").exists()

    take(1, now=NOW + timedelta(days=2), peer="192.0.2.77", address="other@example.org")

    assert GuessCount.objects.filter(since__lt=NOW + timedelta(days=1)).count() == 0


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("not an address", "not an address"),
    ],
)
def test_network_of_peer(peer: str, network: str) -> None:
    assert network_of(peer) == network


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_one_moment_are_all_counted() -> None:
    def one(_number: int) -> bool:
        try:
            return operations.take_guess(peer="192.0.2.1", address="a@example.org", now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        allowed = sum(pool.map(one, range(24)))

    assert allowed == 5


def test_case_78_staff_brute_guesses_are_counted_across_doors() -> None:
    user = make_recruiter(email="target@example.org")
    # Each guess from another browser: what counts is the account and the address it comes from.
    for number in range(12):
        door = LOGIN if number % 2 else "/admin/login/"
        Client().post(
            door, {"login": user.email, "username": user.email, "password": f"wrong {number}"}, follow=True
        )

    right = Client()

    assert not guess(right, user.email, PASSWORD)


def test_case_78_staff_brute_wrong_keys_of_the_api_count_for_the_sign_in() -> None:
    user = make_recruiter()
    codes = [
        Client().get("/api/v1/", headers={"authorization": f"Bearer sl_{'z' * 16}_{number}"}).status_code
        for number in range(12)
    ]

    assert codes == [401] * 10 + [429] * 2
    assert not guess(Client(), user.email, PASSWORD)


def test_case_78_staff_brute_wrong_passwords_count_for_keys_and_good_keys_pass() -> None:
    _key, token = make_api_key(make_recruiter(), expires_at=NOW + timedelta(days=9000))
    for number in range(10):
        guess(Client(), f"nobody{number}@example.org")

    wrong = Client().get("/api/v1/", headers={"authorization": f"Bearer sl_{'z' * 16}_x"})
    right = Client().get("/api/v1/", headers={"authorization": f"Bearer {token}"})

    assert (wrong.status_code, right.status_code) == (429, 200)


def test_a_program_with_a_key_that_ended_shuts_nobody_out() -> None:
    user = make_recruiter()
    key, token = make_api_key(user)
    operations.revoke_api_key(key=key, by=Actor.of_user(user), now=NOW)

    codes = {
        Client().get("/api/v1/", headers={"authorization": f"Bearer {token}"}).status_code
        for _call in range(15)
    }

    assert codes == {401}
    assert guess(Client(), user.email, PASSWORD)


def test_case_78_staff_brute_codes_of_the_second_step_count_too(client: Client) -> None:
    user = make_administrator()
    TOTP.activate(user, generate_totp_secret())
    guess(client, user.email, PASSWORD)
    for number in range(5):
        client.post(reverse("mfa_authenticate"), {"code": f"00000{number}"})

    refused = client.post(reverse("mfa_authenticate"), {"code": "000009"})

    assert "Too many wrong tries" in refused.content.decode()
    assert not guess(Client(), user.email, PASSWORD)


def test_case_78_staff_brute_an_open_session_may_not_guess_the_password(client: Client) -> None:
    user = make_recruiter()
    client.force_login(user)
    form = {"password1": "another long sentence", "password2": "another long sentence"}
    for number in range(5):
        client.post(reverse("account_change_password"), {**form, "oldpassword": f"wrong {number}"})

    client.post(reverse("account_change_password"), {**form, "oldpassword": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_signing_in_again_and_again_is_no_guessing() -> None:
    user = make_recruiter()

    assert [guess(Client(), user.email, PASSWORD) for _time in range(12)] == [True] * 12


class BrokenCache(BaseCache):
    """A cache whose disk is full, or whose server is gone."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__({})

    def _broken(self, *args: object, **kwargs: object) -> None:
        raise OSError("no space left on device")

    add = get = set = touch = delete = get_many = has_key = incr = set_many = delete_many = _broken


@pytest.fixture
def broken_cache(settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "tests.accounts.test_guesses.BrokenCache"}}


def test_case_78_staff_brute_a_broken_cache_neither_shuts_out_nor_lets_guess(broken_cache: None) -> None:
    user = make_recruiter()
    assert guess(Client(), user.email, PASSWORD)

    for number in range(5):
        assert not guess(Client(), user.email, f"wrong {number}")

    assert not guess(Client(), user.email, PASSWORD)


def test_case_77_xff_spoof_without_proxies_the_header_is_not_read() -> None:
    for number in range(10):
        guess(Client(), f"nobody{number}@example.org", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")

    assert not guess(Client(), make_recruiter().email, PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.99")
    assert guess(Client(), make_recruiter().email, PASSWORD, REMOTE_ADDR="198.51.100.1")


def test_case_77_xff_spoof_behind_a_proxy_its_own_entry_counts(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(10):
        spoofed = f"203.0.113.{number}, 198.51.100.7"
        guess(Client(), f"nobody{number}@example.org", HTTP_X_FORWARDED_FOR=spoofed)

    user = make_recruiter()
    assert not guess(Client(), user.email, PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.99, 198.51.100.7")
    assert guess(Client(), user.email, PASSWORD, HTTP_X_FORWARDED_FOR="198.51.100.7, 198.51.100.8")


def test_case_77_xff_spoof_past_the_proxies_is_the_peer_itself(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2

    assert (
        Client()
        .post(LOGIN, {"login": "a@b.example", "password": "x"}, HTTP_X_FORWARDED_FOR="1.2.3.4")
        .status_code
        == 200
    )


def test_case_79_user_enum_signing_in_takes_as_long_for_nobody(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    make_recruiter(email="known@example.org")

    def seconds(email: str) -> float:
        # Of the processor: nearly all of it is the hash, and nobody else's work is counted.
        started = time.process_time()
        guess(Client(), email)
        return time.process_time() - started

    known = min(seconds("known@example.org") for _time in range(3))
    unknown = min(seconds("unknown@example.org") for _time in range(3))

    assert 0.5 < known / unknown < 2
