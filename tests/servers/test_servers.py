"""The servers that tests stand on do what their users believe they do."""

import os
import smtplib
import socket
import sqlite3
import threading
from contextlib import closing
from email.message import EmailMessage

import pytest
import redis
from django.db import connection

from tests.servers import databases
from tests.servers.network import OutsideNetworkError
from tests.servers.parallel import run_parallel


def test_database_is_the_one_asked_for(db, test_run):
    assert connection.vendor == ("postgresql" if test_run.uses_postgres else "sqlite")


def test_committed_rows_are_gone_in_the_next_test_first(transactional_db, django_user_model):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE left_behind (id integer)")

    assert "left_behind" in connection.introspection.table_names()


def test_committed_rows_are_gone_in_the_next_test_second(transactional_db):
    assert "left_behind" not in connection.introspection.table_names()


def write_ahead(path):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    return connection


def test_restored_file_is_new_to_connections_that_stayed_open(tmp_path):
    with closing(write_ahead(tmp_path / "template")) as template:
        template.execute("CREATE TABLE kept (id integer)")
    with closing(write_ahead(tmp_path / "live")) as stayed:
        stayed.execute("CREATE TABLE left_behind (id integer)")

        databases.copy_pages(tmp_path / "template", tmp_path / "live")

        assert stayed.execute("SELECT name FROM sqlite_master").fetchall() == [("kept",)]
        stayed.execute("INSERT INTO kept VALUES (1)")
        assert stayed.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_restoring_names_a_file_that_somebody_goes_on_writing_to(tmp_path, monkeypatch):
    monkeypatch.setattr(databases, "RESTORE_SECONDS", 0.1)
    with closing(write_ahead(tmp_path / "live")) as writer:
        writer.execute("BEGIN IMMEDIATE")

        with pytest.raises(RuntimeError, match=r"has been writing to .*live"):
            databases.copy_pages(tmp_path / "live", tmp_path / "live")


def test_run_parallel_gives_each_thread_its_own_connection(transactional_db):
    main = id(connection.connection)

    def own_connection():
        connection.ensure_connection()
        return threading.get_ident(), id(connection.connection)

    outcomes = run_parallel(own_connection, 4)

    assert len({thread for thread, _ in outcomes}) == 4
    assert main not in {used for _, used in outcomes}


def test_run_parallel_hands_back_what_was_raised(transactional_db):
    def fail():
        raise LookupError("no such row")

    outcomes = run_parallel(fail, 2)

    assert [str(outcome) for outcome in outcomes] == ["no such row", "no such row"]


def test_outside_network_is_refused():
    with pytest.raises(OutsideNetworkError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_proxy_forwards_refuses_goes_silent_and_recovers(valkey_socket, fault_proxy):
    proxy = fault_proxy(valkey_socket)

    def ping():
        with redis.Redis(
            port=proxy.port, socket_timeout=0.3, socket_connect_timeout=0.3, retry=None
        ) as client:
            return client.ping()

    assert ping() is True

    proxy.refuse()
    with pytest.raises(redis.ConnectionError):
        ping()

    proxy.black_hole()
    with pytest.raises(redis.TimeoutError):
        ping()

    proxy.forward()
    assert ping() is True


def test_proxy_cut_breaks_open_connections(valkey_socket, fault_proxy):
    proxy = fault_proxy(valkey_socket)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=2) as client:
        client.sendall(b"PING\r\n")
        assert client.recv(16) == b"+PONG\r\n"

        proxy.cut()

        assert client.recv(16) == b""


def test_proxy_loses_one_reply_of_a_server_that_did_its_work(valkey_socket, fault_proxy):
    proxy = fault_proxy(valkey_socket)

    def count():
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client:
            client.sendall(b"INCR counted\r\n")
            return client.recv(16)

    proxy.lose_reply()
    with pytest.raises(ConnectionResetError):
        count()

    assert count() == b":2\r\n"
    assert proxy.lost == 1


def send(smtp_server, to="ada@example.com"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "no-reply@example.com", to, "Hello"
    message.set_content("Text")
    with smtplib.SMTP("127.0.0.1", smtp_server.port, timeout=1) as client:
        client.send_message(message)


def test_smtp_server_follows_its_script(smtp_server):
    smtp_server.script("451 4.3.0 try later", "550 5.1.1 no such person", "close", "lost reply", "hang")

    with pytest.raises(smtplib.SMTPDataError, match="451"):
        send(smtp_server)
    with pytest.raises(smtplib.SMTPDataError, match="550"):
        send(smtp_server)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(smtp_server)
    assert smtp_server.delivered == []
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(smtp_server)
    assert len(smtp_server.to("ada@example.com")) == 1
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        send(smtp_server)
    send(smtp_server, to="grace@example.com")

    assert [message["X-Envelope-To"] for message in smtp_server.delivered] == [
        "ada@example.com",
        "grace@example.com",
    ]
    assert smtp_server.attempts == 6


def test_browser_shows_a_page(page):
    page.set_content("<!doctype html><title>Shown</title>")

    assert page.title() == "Shown"


@pytest.mark.xdist_group("kept together")
def test_groups_are_understood_by_xdist(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("there are no groups without several workers")

    # A pytest that xdist does not fit would share them out without a word, and start every server once more.
    assert request.node.nodeid.endswith("@kept together")
