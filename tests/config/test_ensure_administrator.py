import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for name in ("ADMIN_EMAIL", "ADMIN_PASSWORD", "ADMIN_NAME"):
        monkeypatch.delenv(name, raising=False)


def given(monkeypatch, **variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def ensure():
    call_command("ensure_administrator", stdout=io.StringIO())


def test_administrator_comes_from_the_environment(db, monkeypatch):
    given(
        monkeypatch, ADMIN_EMAIL="Ada@Example.com", ADMIN_PASSWORD="correct horse battery", ADMIN_NAME="Ada"
    )

    ensure()

    user = User.objects.get()
    assert (user.email, user.full_name, user.is_superuser) == ("ada@example.com", "Ada", True)
    assert user.check_password("correct horse battery")


def test_second_start_needs_nothing_and_changes_nothing(db, monkeypatch):
    given(monkeypatch, ADMIN_EMAIL="ada@example.com", ADMIN_PASSWORD="correct horse battery")
    ensure()
    given(monkeypatch, ADMIN_EMAIL="eve@example.com", ADMIN_PASSWORD="another good one")

    ensure()

    assert [user.email for user in User.objects.all()] == ["ada@example.com"]


@pytest.mark.parametrize(
    "only", [{}, {"ADMIN_EMAIL": "ada@example.com"}, {"ADMIN_PASSWORD": "correct horse battery"}]
)
def test_first_start_without_terminal_names_both_variables(db, monkeypatch, only):
    given(monkeypatch, **only)

    with pytest.raises(CommandError, match="Set ADMIN_EMAIL and ADMIN_PASSWORD"):
        ensure()

    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("email", "password", "complaint"),
    [
        ("ada@example.com", "short", "password: .*10 characters"),
        ("not-an-address", "correct horse battery", "email: "),
    ],
)
def test_unusable_values_are_refused_with_the_field(db, monkeypatch, email, password, complaint):
    given(monkeypatch, ADMIN_EMAIL=email, ADMIN_PASSWORD=password)

    with pytest.raises(CommandError, match=complaint):
        ensure()

    assert not User.objects.exists()


def test_terminal_is_asked_until_the_answers_are_good(db, monkeypatch, capsys):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    typed = iter(["ada@example.com", "Ada", "ada@example.com", "Ada", "ada@example.com", "Ada"])
    passwords = iter(
        ["one long word", "another word", "short", "short", "correct horse battery", "correct horse battery"]
    )
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(passwords))

    call_command("ensure_administrator")

    said = capsys.readouterr().out
    assert "The two passwords differ" in said
    assert "too short" in said
    assert User.objects.get().full_name == "Ada"
