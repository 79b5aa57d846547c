"""The model answer about logging in: what it promises against strangers, guessers and disabled accounts."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.questions.starter.flask_stems import blocks, load_source, question, write


@pytest.fixture
def accounts(tmp_path):
    (code,) = blocks(question("flask-open-authentication").model_answer, "python")
    module = load_source(code, tmp_path)
    write(tmp_path / "templates" / "login.html", "{{ error }}")
    app = Flask("accounts", root_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", SQLALCHEMY_DATABASE_URI="sqlite://")
    module.db.init_app(app)
    module.login_manager.init_app(app)
    app.register_blueprint(module.accounts)
    app.add_url_rule("/mine", "mine", module.login_required(lambda: "Mine"))
    with app.app_context():
        module.db.create_all()
        module.db.session.add(
            module.User(email="wanjiru@example.org", password_hash=module.generate_password_hash("kahawa"))
        )
        module.db.session.commit()
    module.app = app
    yield module
    with app.app_context():
        module.db.engine.dispose()


def _log_in(client, email="wanjiru@example.org", password="kahawa", to="/mine"):
    return client.post("/login", query_string={"next": to}, data={"email": email, "password": password})


def test_answer_authentication_logs_in_and_out(accounts):
    client = accounts.app.test_client()

    before = client.get("/mine")
    login = _log_in(client, email=" Wanjiru@Example.org ")
    inside = client.get("/mine")
    client.post("/logout")
    after = client.get("/mine")

    assert (login.status_code, login.location, inside.text) == (302, "/mine", "Mine")
    assert [answer.status_code for answer in (before, after)] == [302, 302]
    assert before.location.startswith("/login?next=")


def test_answer_authentication_says_and_does_the_same_for_unknown_people(accounts, monkeypatch):
    checked = []
    check = accounts.check_password_hash
    monkeypatch.setattr(
        accounts,
        "check_password_hash",
        lambda digest, given: checked.append(digest.split("$")[0]) or check(digest, given),
    )
    client = accounts.app.test_client()

    wrong = _log_in(client, password="chai")
    unknown = _log_in(client, email="nobody@example.org")

    assert (wrong.status_code, wrong.text) == (unknown.status_code, unknown.text)
    assert wrong.status_code == 422
    assert len(checked) == 2
    assert checked[0] == checked[1]


def test_answer_authentication_ends_with_a_disabled_account(accounts):
    client = accounts.app.test_client()
    _log_in(client)

    with accounts.app.app_context():
        accounts.db.session.scalar(select(accounts.User)).enabled = False
        accounts.db.session.commit()

    assert client.get("/mine").status_code == 302
    assert _log_in(client).status_code == 422


def test_answer_authentication_stays_on_the_site(accounts):
    elsewhere = [
        "//evil.example",
        "///evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:x",
        "",
    ]

    assert {accounts.own_path(target) for target in elsewhere} == {"/"}
    assert accounts.own_path("/orders/7?page=2") == "/orders/7?page=2"
    assert _log_in(accounts.app.test_client(), to="//evil.example").location == "/"
