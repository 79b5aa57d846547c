"""Model answers of the level experienced: their code does what the text beside it promises."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask, g, session
from prometheus_client import CollectorRegistry
from sqlalchemy import create_engine, insert, select, text
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.http import http_date, parse_date

from tests.questions.starter.flask_stems import blocks, load_source, question


def _answer(external_id, language="python"):
    return blocks(question(external_id).model_answer, language)


def _load(external_id, folder, block=0):
    return load_source(_answer(external_id)[block], folder)


class Store(dict):
    """As much of Redis as the answers use."""

    def set(self, key, value, ex):
        self[key] = value

    def incr(self, key):
        self[key] = int(self.get(key, 0)) + 1
        return self[key]


def test_answer_migrations_practice_backfills_and_goes_on(tmp_path):
    module = _load("flask-open-migrations-practice", tmp_path)
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE person (id INTEGER PRIMARY KEY, name, first_name, last_name)"))
        for name, last in (
            ("Ada Obi", None),
            ("Sukarno", None),
            ("Old Name", "Newer"),
            ("Ana de la Cruz", None),
        ):
            connection.execute(
                text("INSERT INTO person (name, last_name) VALUES (:name, :last)"),
                {"name": name, "last": last},
            )

    first = next(module.backfill(engine, size=1, pause=0))
    rest = list(module.backfill(engine, after=first, size=2, pause=0))

    with engine.connect() as connection:
        rows = connection.execute(text("SELECT first_name, last_name FROM person ORDER BY id")).all()
    assert (first, rest) == (1, [4])
    assert rows == [("Ada", "Obi"), ("", "Sukarno"), (None, "Newer"), ("Ana de la", "Cruz")]
    engine.dispose()


def test_answer_deployment_strategies_tells_alive_from_ready(tmp_path):
    app = Flask("health")
    app.config["READY_CHECKS"] = {"disk": lambda: True, "database": lambda: False}
    app.register_blueprint(_load("flask-open-deployment-strategies", tmp_path).health)

    ready = app.test_client().get("/health/ready")

    assert app.test_client().get("/health/live").status_code == 200
    assert (ready.status_code, ready.json["failed"]) == (503, ["database"])


def test_answer_injection_depth_searches_what_was_typed(tmp_path):
    module = _load("flask-open-injection-depth", tmp_path)
    engine = create_engine("sqlite://")
    module.product.metadata.create_all(engine)
    names = ["Rice 100% whole", "Rice 100 g", "O'Brien's tea"]
    with engine.begin() as connection:
        connection.execute(
            insert(module.product), [{"name": name, "cents": 3 - n} for n, name in enumerate(names)]
        )

        def found(words, order="name"):
            return [row.name for row in connection.execute(module.search(words, order))]

        assert found("rice 100%") == ["Rice 100% whole"]
        assert found("' OR 1=1 --") == []
        assert found("O'Brien") == ["O'Brien's tea"]
        assert found("rice", "price") == ["Rice 100 g", "Rice 100% whole"]
        assert found("rice", "name; DROP TABLE product") == ["Rice 100 g", "Rice 100% whole"]
    engine.dispose()


def test_answer_injection_depth_allows_scripts_by_nonce(tmp_path):
    module = _load("flask-open-injection-depth", tmp_path, block=1)
    module.app.add_url_rule("/", "home", lambda: module.g.nonce)
    client = module.app.test_client()

    answers = [client.get("/") for _ in range(2)]

    for answer in answers:
        assert f"script-src 'nonce-{answer.text}'" in answer.headers["Content-Security-Policy"]
    assert answers[0].text != answers[1].text
    assert module.highlight("<script>") == "<strong>&lt;script&gt;</strong>"


def test_answer_test_levels_states_the_fee(tmp_path):
    module = _load("flask-open-test-levels", tmp_path)
    (mark,) = module.test_fee.pytestmark

    for days, cents in mark.args[1]:
        module.test_fee(days, cents)
    assert len(mark.args[1]) == 5


def test_answer_hard_fault_mixes_names_each_time(tmp_path):
    module = _load("flask-open-hard-fault", tmp_path)
    both_here = threading.Barrier(2, timeout=10)
    module.greeter.look_up = both_here.wait

    def greet(name):
        return module.app.test_client().get("/hello", query_string={"name": name}).text

    with ThreadPoolExecutor(2) as threads:
        shown = list(threads.map(greet, ["Noor", "Tomás"]))

    # Both get the name that came last: one of the two reads another person's.
    assert shown[0] == shown[1]


def test_answer_background_practice_gives_a_job_to_one(tmp_path):
    module = _load("flask-open-background-practice", tmp_path)
    engine = create_engine("sqlite://")
    module.job.metadata.create_all(engine)
    now = datetime(2030, 1, 1)  # noqa: DTZ001
    later = now + timedelta(minutes=6)
    with engine.begin() as connection:
        connection.execute(insert(module.job).values(id=1, kind="mail"))

        claims = [module.claim(connection, 1, now=moment) for moment in (now, now, later)]
        ends = [module.finish(connection, 1, attempt=attempt) for attempt in (1, 2, 2)]

        assert claims == [1, None, 2]
        assert ends == [False, True, False]
        assert module.claim(connection, 1, now=later + timedelta(days=1)) is None
    engine.dispose()


def test_answer_versioned_api_serves_both_and_announces_the_end(tmp_path):
    client = _load("flask-open-versioned-api", tmp_path).create_app().test_client()

    old, new = client.get("/api/v1/visits/7"), client.get("/api/v2/visits/7")

    assert old.json == {"id": 7, "name": "Amara Okafor", "length": 30}
    assert new.json["name"] == {"first": "Amara", "last": "Okafor"}
    assert http_date(parse_date(old.headers["Sunset"])) == old.headers["Sunset"]
    assert "Sunset" not in new.headers
    assert client.get("/api/v1/visits/8").status_code == 404


def test_answer_observability_labels_by_rule(tmp_path):
    registry = CollectorRegistry()
    app = Flask("watched")
    app.add_url_rule("/orders/<int:order_id>", "order", lambda order_id: f"{order_id}")
    _load("flask-open-observability", tmp_path).watch(app, registry)
    client = app.test_client()

    for path in ("/orders/1", "/orders/2", "/wp-admin", "/.env"):
        client.get(path)

    (family,) = (family for family in registry.collect() if family.name == "http_requests")
    counted = {
        (sample.labels["route"], sample.labels["status"]): sample.value
        for sample in family.samples
        if sample.name == "http_requests_total"
    }
    assert counted == {("/orders/<int:order_id>", "2xx"): 2, ("none", "4xx"): 2}


def test_answer_configuration_practice_names_problems_and_hides_secrets(tmp_path):
    module = _load("flask-open-configuration-practice", tmp_path)
    right = {
        "SHOP_BASE_URL": "https://a.example",
        "SHOP_POOL_SIZE": "5",
        "SHOP_SECRET_KEY": "n" * 32,
        "SHOP_OLD_SECRET_KEYS": "o" * 32,
        "PATH": "/bin",
    }

    settings = module.Settings.read(right)
    with pytest.raises(module.WrongSettings) as wrong:
        module.Settings.read(
            {**right, "SHOP_POOL_SIZE": "many", "SHOP_SECRET_KEY": "hush", "SHOP_POLSIZE": "5"}
        )

    assert "nnnn" not in repr(settings)
    assert "oooo" not in repr(settings)
    assert str(wrong.value).split("; ") == [
        "SHOP_POLSIZE is not known",
        "SHOP_POOL_SIZE must be a whole number",
        "SHOP_SECRET_KEY must have at least 32 characters",
    ]


def test_answer_configuration_practice_keeps_sessions_while_the_key_changes(tmp_path):
    module = _load("flask-open-configuration-practice", tmp_path)
    answers = []
    cookie = None
    for key, old in (("a" * 32, ()), ("b" * 32, ("a" * 32,)), ("c" * 32, ())):
        app = module.create_app(module.Settings("https://a.example", 5, key, old))
        app.add_url_rule("/", "home", lambda: str(session.setdefault("name", "new")))
        client = app.test_client()
        if cookie:
            client.set_cookie("session", cookie)
        else:
            with client.session_transaction() as kept:
                kept["name"] = "Yusuf"
        answers.append(client.get("/").text)
        cookie = cookie or client.get_cookie("session").value

    assert answers == ["Yusuf", "Yusuf", "new"]


class BrokenStore:
    def get(self, key):
        raise ConnectionError

    def set(self, key, value, ex):
        raise ConnectionError


def test_answer_caching_practice_separates_companies(tmp_path):
    cache = _load("flask-open-caching-practice", tmp_path).CompanyCache
    store = Store()
    one, two = cache(store, 1), cache(store, 2)

    def look(of, value):
        return of.get_or_make("prices", "list", lambda: value, seconds=60)

    assert [look(one, "a"), look(two, "b"), look(one, "c")] == ["a", "b", "a"]
    one.forget("prices")
    assert [look(one, "d"), look(two, "e")] == ["d", "b"]
    assert look(cache(BrokenStore(), 1), "still") == "still"


class Connection:
    def __init__(self, **settings):
        self.settings = settings
        self.closed = False

    def close(self):
        self.closed = True


def test_answer_write_extension_serves_two_applications(tmp_path):
    module = _load("flask-open-write-extension", tmp_path)
    opened = []
    stock = module.Stock(connect=lambda **settings: opened.append(Connection(**settings)) or opened[-1])
    apps = []
    for name in ("north", "south"):
        app = Flask(name)
        app.config["STOCK_URL"] = f"https://{name}.example"
        stock.init_app(app)
        app.add_url_rule("/", "home", lambda: stock.connection.settings["url"])
        app.add_url_rule("/broken", "broken", lambda: stock.connection and 1 / 0)
        app.add_url_rule("/idle", "idle", lambda: "idle")
        apps.append(app)

    texts = [app.test_client().get("/").text for app in apps]
    statuses = [apps[0].test_client().get(path).status_code for path in ("/broken", "/idle")]
    said = apps[1].test_cli_runner().invoke(args=["stock", "where"]).output

    assert texts == ["https://north.example", "https://south.example"]
    assert statuses == [500, 200]
    assert [connection.closed for connection in opened] == [True, True, True]
    assert said == "https://south.example\n"
    with pytest.raises(RuntimeError, match="STOCK_URL"):
        stock.init_app(Flask("without"))


def test_answer_scaling_turns_away_what_is_too_much(tmp_path):
    module = _load("flask-open-scaling", tmp_path)
    client = module.app.test_client()

    with module.reports.one(), module.reports.one():
        refused = client.get("/reports/7")
        with pytest.raises(ServiceUnavailable), module.reports.one():
            pass
    served = client.get("/reports/7")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    assert served.json == {"report": 7}


class ObjectStore:
    def generate_presigned_url(self, action, *, Params, ExpiresIn):  # noqa: N803
        return f"https://files.example/{Params['Key']}?for={ExpiresIn}&as={Params['ResponseContentType']}"


def test_answer_file_storage_gives_addresses_to_readers_only(tmp_path):
    module = _load("flask-open-file-storage", tmp_path)
    file_id = "7d444840-9dc0-11d1-b245-5ffdce74fad2"
    row = {"key": "k1", "state": "ready", "readers": {1}}
    app = Flask("files")
    app.config.update(BUCKET="documents", FILES={file_id: row})
    app.extensions["store"] = ObjectStore()
    app.register_blueprint(module.files)
    reader = {"id": 1}
    app.before_request(lambda: setattr(g, "user_id", reader["id"]))
    client = app.test_client()

    given = client.get(f"/files/{file_id}")
    reader["id"] = 2
    foreign = client.get(f"/files/{file_id}")
    reader["id"], row["state"] = 1, "expected"
    unfinished = client.get(f"/files/{file_id}")

    assert (given.status_code, given.location.split("&")[0]) == (302, "https://files.example/k1?for=60")
    assert given.headers["Cache-Control"] == "no-store"
    assert [foreign.status_code, unfinished.status_code] == [404, 404]


def test_answer_microservice_bears_repeated_events(tmp_path):
    module = _load("flask-open-microservice", tmp_path)
    engine = create_engine("sqlite://")
    module.metadata.create_all(engine)
    placed = {"id": "e1", "kind": "order-placed", "order": {"id": "o1", "cents": 900}}

    received = [module.receive(engine, placed), module.receive(engine, placed)]
    skipped = module.receive(engine, {"id": "e2", "kind": "order-praised"})
    with pytest.raises(module.IntegrityError):
        module.receive(engine, {**placed, "id": "e3"})

    with engine.connect() as connection:
        assert connection.execute(select(module.invoice.c.cents)).scalars().all() == [900]
        # What failed left no trace, so it can be sent again.
        assert connection.execute(select(module.seen_event.c.event_id)).scalars().all() == ["e1", "e2"]
    assert (received, skipped) == ([True, False], True)
    engine.dispose()


def test_answer_translation_practice_finds_broken_texts(tmp_path):
    module = _load("flask-open-translation-practice", tmp_path)
    catalogue = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Welcome, %(name)s."
msgstr "Karibu."

msgid "Hello, %(name)s."
msgstr "Habari, %(jina)s."

msgid "<b>Now</b>"
msgstr "<script>Sasa</script>"

msgid "Bye, %(name)s."
msgstr "Kwaheri, %(name)s."

msgid "Not yet"
msgstr ""

msgid "%(num)d seat"
msgid_plural "%(num)d seats"
msgstr[0] "kiti kimoja"
msgstr[1] "viti %(num)d"
"""

    assert module.problems(catalogue.encode(), "sw") == [
        "Welcome, %(name)s.: lost placeholder",
        "Hello, %(name)s.: unknown placeholder",
        "<b>Now</b>: other tags",
    ]
