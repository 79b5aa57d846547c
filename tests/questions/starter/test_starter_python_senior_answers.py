"""Model answers for the upper levels of the Python bank: their code does what the text beside it says."""

from __future__ import annotations

import sqlite3
import threading
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.questions.starter.stems import blocks, load_source, printed_by_process, question


def _answer(external_id, language="python"):
    (code,) = blocks(question(external_id).model_answer, language)
    return code


def _load(external_id, folder):
    return load_source(_answer(external_id), folder)


def test_answer_type_hints_accepts_whatever_can_send(tmp_path):
    module = _load("python-open-type-hints", tmp_path)
    orders = [module.Order("A1", 5), module.Order("B2", 9)]
    sent = []

    class Remembering:
        def send(self, to, text):
            sent.append((to, text))

    module.confirm(module.largest(iter(orders)), "kwame@example.org", Remembering())

    assert module.largest([]) is None
    assert sent == [("kwame@example.org", "Order B2 has arrived.")]


def test_answer_text_and_bytes_reads_names_and_compares_them(tmp_path):
    module = _load("python-open-text-and-bytes", tmp_path)
    path = tmp_path / "names.txt"
    path.write_bytes("\ufeffZoë\r\n\r\n Łukasz \r\n".encode())

    assert module.read_names(path) == ["Zoë", "Łukasz"]
    assert module.same_name("ZOE\u0308", "Zoë")
    assert not module.same_name("Zoe", "Zoë")
    assert "Zoë".encode().decode("latin-1") == "ZoÃ«"


def test_answer_retry_decorator_waits_longer_and_gives_up(tmp_path):
    retry = _load("python-open-retry-decorator", tmp_path).retry
    waits, calls = [], []

    @retry(OSError, attempts=3, wait=1, sleep=waits.append)
    def fetch(error):
        """Fetch it."""
        calls.append(error)
        raise error

    with pytest.raises(OSError, match="away"):
        fetch(OSError("away"))
    assert (len(calls), waits) == (3, [1, 2])
    with pytest.raises(ValueError, match="wrong"):
        fetch(ValueError("wrong"))
    assert (len(calls), waits) == (4, [1, 2])
    assert (fetch.__name__, fetch.__doc__) == ("fetch", "Fetch it.")


def test_answer_context_managers_replaces_all_or_nothing(tmp_path):
    replacing = _load("python-open-context-managers", tmp_path).replacing
    path = tmp_path / "store" / "prices.txt"
    path.parent.mkdir()
    path.write_text("old")

    def fail_half_way():
        with replacing(path) as file:
            file.write("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    after_failure = path.read_text()
    with replacing(path) as file:
        file.write("new")
        seen_meanwhile = path.read_text()

    assert (after_failure, seen_meanwhile, path.read_text()) == ("old", "old", "new")
    assert list(path.parent.iterdir()) == [path]


def test_answer_value_objects_refuse_to_mix(tmp_path):
    money = _load("python-open-value-objects", tmp_path).Money

    assert money(5, "EUR") + money(7, "EUR") == money(12, "EUR")
    assert len({money(5, "EUR"), money(5, "EUR")}) == 1
    with pytest.raises(ValueError, match="EUR and JPY"):
        money(5, "EUR") + money(7, "JPY")
    with pytest.raises(TypeError):
        money(5, "EUR") + 7
    with pytest.raises(TypeError):
        money(0.1, "EUR")
    with pytest.raises(AttributeError):
        money(5, "EUR").cents = 6


def test_answer_time_zones_keeps_the_clock_over_the_change(tmp_path):
    module = _load("python-open-time-zones", tmp_path)
    # The night of 30 March 2025 is an hour short in Berlin.
    before = datetime(2025, 3, 29, 8, tzinfo=UTC)

    assert module.reminder_for(before, "Africa/Nairobi") == "2025-03-29 11:00 (Africa/Nairobi)"
    assert module.same_clock_next_day(before, "Europe/Berlin") == datetime(2025, 3, 30, 7, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        module.reminder_for(before.replace(tzinfo=None), "Africa/Nairobi")


def test_answer_threads_processes_asyncio_keeps_each_failure(tmp_path):
    fetch_all = _load("python-open-threads-processes-asyncio", tmp_path).fetch_all

    results, failures = fetch_all(["1", "two", "3"], fetch=int, at_once=2)

    assert results == {"1": 1, "3": 3}
    assert [type(failures[name]) for name in failures] == [ValueError]


def test_answer_packaging_is_toml_with_bounds():
    project = tomllib.loads(_answer("python-open-packaging", "toml"))["project"]

    assert project["dependencies"] == ["babel>=2.14,<3"]


def test_answer_magic_registers_and_refuses_a_name_that_is_taken(tmp_path):
    module = _load("python-open-magic", tmp_path)

    with pytest.raises(TypeError, match="taken by Lines"):
        type("Others", (module.Exporter,), {}, name="lines")

    assert module.Exporter.formats == {"lines": module.Lines}
    assert module.Lines().export([{"a": 1}, {"a": 2}]) == "{'a': 1}\n{'a': 2}"


def test_answer_error_strategy_translates_at_the_border(tmp_path):
    module = _load("python-open-error-strategy", tmp_path)

    class Store:
        def __init__(self, found):
            self.found = found

        def find(self, code):
            if isinstance(self.found, Exception):
                raise self.found
            return self.found

    assert module.redeem("x", Store("voucher")) == "voucher"
    with pytest.raises(module.VoucherError):
        module.redeem("x", Store(None))
    with pytest.raises(module.ServiceUnavailable) as refused:
        module.redeem("x", Store(TimeoutError()))
    assert isinstance(refused.value.__cause__, TimeoutError)


def test_answer_evolve_interface_takes_both_ways_and_warns_of_one(tmp_path):
    send = _load("python-open-evolve-interface", tmp_path).send

    with pytest.warns(DeprecationWarning, match="Name the arguments") as warned:
        answers = [send("a", "b", True, False), send("a", "b", True)]
    with pytest.warns(DeprecationWarning, match="Name the arguments"), pytest.raises(TypeError, match="four"):
        send("a", "b", True, False, True)

    assert answers == [send("a", "b", urgent=True, copy=False), send("a", "b", urgent=True)]
    assert {each.filename for each in warned} == {__file__}


def test_answer_performance_profiles_and_finds_duplicates(tmp_path):
    module = _load("python-open-performance", tmp_path)

    found, text = module.profiled(module.duplicates, [1, 2, 1, 3, 1, 3])

    assert found == {1, 3}
    assert "duplicates" in text


def test_answer_race_conditions_sells_no_seat_twice(tmp_path):
    seats = _load("python-open-race-conditions", tmp_path).Seats(50)
    barrier = threading.Barrier(8)

    def take_many():
        barrier.wait()
        return sum(seats.take() for _ in range(20))

    with ThreadPoolExecutor(8) as pool:
        sold = [job.result() for job in [pool.submit(take_many) for _ in range(8)]]

    assert sum(sold) == 50


def test_answer_race_conditions_statement_stops_at_zero():
    statement = _answer("python-open-race-conditions", "sql")
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE show (id INTEGER PRIMARY KEY, free INTEGER CHECK (free >= 0))")
    db.execute("INSERT INTO show VALUES (7, 2)")

    changed = [db.execute(statement).rowcount for _ in range(3)]
    db.close()

    assert changed == [1, 1, 0]


def test_answer_asyncio_production_gives_the_offers_that_came(tmp_path):
    # A process of its own: browsers of other tests may have a loop running in this thread.
    code = _answer("python-open-asyncio-production")
    shown = printed_by_process(
        f"""{code}

async def quick(question):
    return question.upper()

async def broken(question):
    raise OSError

async def silent(question):
    await asyncio.Event().wait()

async def main():
    partners = [Partner(quick), Partner(broken), Partner(silent, seconds=0.01)]
    print(await offers("tea", partners))

asyncio.run(main())
""",
        tmp_path,
    )

    assert shown == "['TEA']"


@pytest.mark.parametrize("name", ["../outside.txt", "/outside.txt", "a/../../outside.txt"])
def test_answer_untrusted_input_lets_nothing_out_of_its_folder(tmp_path, name):
    module = _load("python-open-untrusted-input", tmp_path)
    archive, folder = tmp_path / "up.zip", tmp_path / "in"
    folder.mkdir()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("fine.txt", "fine")
        packed.writestr(name, "bad")

    with pytest.raises(ValueError, match="out of its folder"):
        module.unpack(archive, folder)

    assert list(folder.iterdir()) == []


def test_answer_untrusted_input_bounds_what_it_unpacks(tmp_path, monkeypatch):
    module = _load("python-open-untrusted-input", tmp_path)
    archive, folder = tmp_path / "up.zip", tmp_path / "in"
    folder.mkdir()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("sub/fine.txt", "fine")

    module.unpack(archive, folder)
    monkeypatch.setattr(module, "MOST_BYTES", 3)
    with pytest.raises(ValueError, match="too much"):
        module.unpack(archive, folder)

    assert (folder / "sub" / "fine.txt").read_text() == "fine"
