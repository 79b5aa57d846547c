"""What the embedded mode refuses, and that every refusal tells the mend."""

import shutil
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from kombu import Connection

from config.embedded import broker, folder
from config.embedded.banner import banner
from config.embedded.options import (
    FOLDERS,
    RefusalError,
    children_environment,
    listen,
    read_environment,
    read_options,
)
from config.embedded.supervisor import Supervisor, web_answers


def options(mode, tmp_path, **given):
    return read_options(mode, {"DATA_DIR": str(tmp_path / "data"), **given})


def test_folder_of_sample_data_is_refused_to_real_data(tmp_path):
    folder.take(options("demo", tmp_path)).close()

    with pytest.raises(
        RefusalError,
        match=r"holds sample data; 'make run' is for real data\. Start it with 'DATA_DIR=\S+ make demo'",
    ):
        folder.take(options("run", tmp_path))


def test_folder_of_real_data_is_refused_to_sample_data(tmp_path):
    folder.take(options("run", tmp_path)).close()

    with pytest.raises(
        RefusalError,
        match=r"holds real data; 'make demo' is for sample data\. Start it with 'DATA_DIR=\S+ make run'",
    ):
        folder.take(options("demo", tmp_path))


def test_folder_of_a_cleared_sample_company_belongs_to_real_data(tmp_path):
    folder.take(options("demo", tmp_path)).close()

    assert folder.give_to(tmp_path / "data", "run")

    with pytest.raises(RefusalError, match="holds real data"):
        folder.take(options("demo", tmp_path))
    folder.take(options("run", tmp_path)).close()


def test_folder_without_a_mode_is_given_to_nobody(tmp_path):
    assert not folder.give_to(tmp_path, "run")
    assert list(tmp_path.iterdir()) == []


def test_command_that_starts_a_folder_is_short_where_it_can_be(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert folder.start_command(FOLDERS["run"], "run") == "make run"
    assert folder.start_command(tmp_path / "var" / "demo", "run") == "DATA_DIR=var/demo make run"


def test_folder_with_other_things_is_refused_to_sample_data(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "thesis.txt").write_text("mine")

    with pytest.raises(RefusalError, match="is not empty"):
        folder.take(options("demo", tmp_path))


def test_folder_in_use_is_refused_until_it_is_free(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "LEFT_BEHIND_SECONDS", 0.1)
    chosen = options("demo", tmp_path)
    lock = folder.take(chosen)

    with pytest.raises(RefusalError, match="already running on"):
        folder.take(chosen)

    lock.close()
    folder.take(chosen).close()


def test_folder_that_cannot_be_made_is_refused_with_the_variable_to_set(tmp_path):
    (tmp_path / "data").write_text("a file")

    with pytest.raises(RefusalError, match="Set DATA_DIR to another"):
        folder.take(options("run", tmp_path))


def test_note_of_a_killed_supervisor_is_removed_with_its_socket_folder(tmp_path):
    runtime = tmp_path / "shortlist-abc"
    runtime.mkdir()
    (tmp_path / "running.json").write_text(
        f'{{"environment": {{"BROKER_URL": "redis+socket://{runtime}/broker.sock"}}}}'
    )

    folder.remove_left_behind(tmp_path)

    assert not runtime.exists()
    assert not (tmp_path / "running.json").exists()


def test_busy_port_is_refused_with_the_next_one(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]

        with pytest.raises(RefusalError) as refusal:
            listen(options("demo", tmp_path, PORT=str(port)))

    assert str(refusal.value) == (
        f"Port {port} is in use by another program. Start on another one: PORT={port + 1} make demo"
    )


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1", "80.5"])
def test_port_that_is_none_is_refused(tmp_path, port):
    with pytest.raises(RefusalError, match="number from 1 to 65535"):
        options("demo", tmp_path, PORT=port)


def test_host_of_another_machine_is_refused(tmp_path):
    with pytest.raises(RefusalError, match=r"no address '192\.0\.2\.1'"):
        listen(options("demo", tmp_path, HOST="192.0.2.1"))


def test_sample_data_never_meets_the_operators_servers(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://real.example/hiring")
    monkeypatch.setenv("EMAIL_URL", "smtp://real.example")
    monkeypatch.setenv("REDIS_URL", "redis://real.example")

    given = read_environment("demo")

    assert not {"DATABASE_URL", "EMAIL_URL", "REDIS_URL"} & set(given)
    assert given["READ_DOT_ENV"] == "0"


def test_address_of_the_site_follows_host_and_port(tmp_path):
    plain = options("demo", tmp_path, PORT="8123")
    everywhere = options("demo", tmp_path, HOST="0.0.0.0")
    six = options("demo", tmp_path, HOST="::1")

    assert [each.address for each in (plain, everywhere, six)] == [
        "http://127.0.0.1:8123",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
    ]
    assert children_environment(plain, {})["SITE_ADDRESS"] == "http://127.0.0.1:8123"
    assert (
        children_environment(plain, {"SITE_ADDRESS": "https://a.example"})["SITE_ADDRESS"]
        == "https://a.example"
    )


def test_banner_shows_address_logins_link_and_mail_box(tmp_path):
    chosen = options("demo", tmp_path)
    facts = {
        "logins": [{"role": "Recruiter", "email": "rita@example.com", "password": "s3cret"}],
        "link": "http://127.0.0.1:8000/t/abc/",
    }

    text = banner(chosen, children_environment(chosen, {}), facts)

    assert "http://127.0.0.1:8000/" in text
    assert "Recruiter          rita@example.com                 s3cret" in text
    assert "http://127.0.0.1:8000/t/abc/" in text
    assert "http://127.0.0.1:8000/admin/mail/" in text
    assert "Ctrl-C" in text


def test_banner_says_when_others_are_turned_away(tmp_path):
    chosen = options("demo", tmp_path, HOST="0.0.0.0")

    assert "SITE_ADDRESS" in banner(chosen, children_environment(chosen, {}), {})
    assert "SITE_ADDRESS" not in banner(
        chosen, children_environment(chosen, {"SITE_ADDRESS": "http://a.example"}), {}
    )


@pytest.mark.parametrize(("version", "warned"), [((3, 40, 1), True), ((3, 51, 3), False)])
def test_banner_of_real_data_names_the_risk_of_an_old_sqlite(tmp_path, monkeypatch, version, warned):
    monkeypatch.setattr("sqlite3.sqlite_version_info", version)
    chosen = options("run", tmp_path)

    assert ("damage a database" in banner(chosen, children_environment(chosen, {}), {})) is warned


def test_without_a_broker_of_ours_tasks_find_the_folder_that_they_travel_through(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(broker, "find_binary", lambda: None)
    chosen = options("run", tmp_path)
    folder.take(chosen).close()
    supervisor = Supervisor(chosen, {})

    supervisor.start_broker()

    shutil.rmtree(supervisor.runtime)
    assert supervisor.children == {}
    assert "BROKER_URL" not in supervisor.environment
    assert "tasks travel through files" in capsys.readouterr().out
    # The names are those of the settings; `make stress` starts the real processes on them.
    data = str(chosen.data_dir / "broker")
    places = {"data_folder_in": data, "data_folder_out": data, "control_folder": str(tmp_path / "control")}
    with Connection("filesystem://", transport_options=places) as connection:
        queue = connection.SimpleQueue("mail")
        queue.put("look")
        assert queue.get(timeout=5).payload == "look"
        queue.close()


@pytest.mark.parametrize(
    ("given", "saved", "address", "source"),
    [
        ({}, "", "http://127.0.0.1:8000", "screen"),
        ({}, "https://hiring.example.com", "https://hiring.example.com", "screen"),
        (
            {"SITE_ADDRESS": "https://a.example", "SITE_ADDRESS_FROM": "screen"},
            "https://b.example",
            "https://a.example",
            "environment",
        ),
    ],
)
def test_saved_address_counts_where_the_environment_names_none(
    tmp_path, monkeypatch, given, saved, address, source
):
    supervisor = Supervisor(options("run", tmp_path), given)
    monkeypatch.setattr(supervisor, "start_broker", lambda: None)
    monkeypatch.setattr(supervisor, "prepare", lambda: {"site_address": saved})
    started = {}
    monkeypatch.setattr(supervisor, "start_web", lambda door: started.update(supervisor.environment))
    monkeypatch.setattr(supervisor, "wait_for_web", supervisor.stopping.set)
    monkeypatch.setattr(supervisor, "start_workers", lambda: None)

    supervisor.serve(None)

    shutil.rmtree(supervisor.runtime)
    assert (started["SITE_ADDRESS"], started["SITE_ADDRESS_FROM"]) == (address, source)


def test_banner_says_how_to_start_without_a_saved_address(tmp_path):
    chosen = options("run", tmp_path)
    environment = children_environment(chosen, {}) | {"SITE_ADDRESS": "https://hiring.example.com"}

    text = banner(chosen, environment, {"mail_goes_out": True})

    assert "Shortlist is running at https://hiring.example.com/" in text
    assert "SITE_ADDRESS=http://127.0.0.1:8000 make run" in text
    assert "Mail is kept here" not in text


class SendsToHttps(BaseHTTPRequestHandler):
    """Answers as a site behind https does: over there, where nobody listens on this machine."""

    def do_GET(self):
        self.send_response(301)
        self.send_header("Location", f"https://127.0.0.1:{self.server.server_port}/")
        self.end_headers()

    def log_message(self, *args):
        pass


def test_site_that_sends_everybody_to_https_is_up():
    with HTTPServer(("127.0.0.1", 0), SendsToHttps) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()

        assert web_answers(f"http://127.0.0.1:{server.server_port}")


@pytest.mark.parametrize(
    ("given", "is_started"),
    [
        ({}, False),
        ({"INBOUND_ADDRESS": "hiring@example.org"}, False),
        ({"INBOUND_ADDRESS": "hiring@example.org", "INBOUND_LISTEN": "127.0.0.1:2525"}, True),
    ],
)
def test_mail_is_received_where_that_is_set_up(tmp_path, monkeypatch, given, is_started):
    supervisor = Supervisor(options("run", tmp_path), given)
    started = {}
    monkeypatch.setattr(supervisor, "add", lambda name, module: started.update({name: list(module)}))

    supervisor.start_workers()

    shutil.rmtree(supervisor.runtime)
    assert (started.get("receiver") == ["django", "receive_mail"]) == is_started
    assert ("receiver" in started) == is_started
