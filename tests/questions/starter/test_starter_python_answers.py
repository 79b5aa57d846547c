"""Model answers for freshers and juniors in the Python bank: their code does what the text beside it says."""

from __future__ import annotations

from io import StringIO

import pytest

from tests.questions.starter.stems import blocks, load_source, printed_by_process, question


def _answer(external_id, language="python"):
    (code,) = blocks(question(external_id).model_answer, language)
    return code


def _load(external_id, folder):
    return load_source(_answer(external_id), folder)


def test_answer_containers_adds_up_and_finds_what_is_sold_out(tmp_path):
    module = _load("python-open-containers", tmp_path)

    assert (module.total, module.missing) == (16, [])


@pytest.mark.parametrize("text", ["thirty", "31.5", "", "-1", "131"])
def test_answer_read_a_number_refuses(tmp_path, text):
    read_age = _load("python-open-read-a-number", tmp_path).read_age

    assert read_age(" 31 ") == 31
    with pytest.raises(ValueError, match=r"^Please "):
        read_age(text)


def test_answer_good_function_returns_what_the_receipt_needs(tmp_path):
    module = _load("python-open-good-function", tmp_path)

    assert module.total_price([10, 30], discount=25) == 30
    assert module.receipt("Nia", [10, 30]) == "Nia: 40.00"


def test_answer_first_class_keeps_the_balance_above_zero(tmp_path):
    account = _load("python-open-first-class", tmp_path).Account("Rania", 50)

    account.withdraw(20)
    for amount in (31, 0, -5):
        with pytest.raises(ValueError, match=r"."):
            account.withdraw(amount)

    assert account.balance == 30


def test_answer_first_exceptions_catches_the_missing_shop_alone(tmp_path):
    opening_hours = _load("python-open-first-exceptions", tmp_path).opening_hours

    assert opening_hours({}, "Souk") == "We have no shop of that name."
    assert opening_hours({"Souk": {"hours": "9 to 5"}}, "Souk") == "Souk is open 9 to 5."
    with pytest.raises(KeyError):
        opening_hours({"Souk": {}}, "Souk")


def test_answer_count_words_joins_large_and_small_letters(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("The tea, the rice.\nTea! — the end\n", encoding="utf-8")

    counts = _load("python-open-count-words", tmp_path).frequent_words(path, how_many=2)

    assert counts == [("the", 3), ("tea", 2)]


def test_answer_mutable_one_function_changes_its_argument_and_the_other_does_not(tmp_path):
    module = _load("python-open-mutable", tmp_path)
    lines = [("rice", 3)]

    assert len(module.with_shipping_added(lines)) == 2
    assert len(lines) == 1
    module.with_shipping(lines)
    assert len(lines) == 2


def test_answer_comprehensions_build_what_they_say(tmp_path):
    module = _load("python-open-comprehensions", tmp_path)
    invoices = [{"number": "1", "sum": 5, "paid": True}, {"number": "2", "sum": 7, "paid": False}]

    assert module.open_invoices(invoices) == {"2": 7}
    assert module.first_names(["Mei Lin", "Mei Tan", "Ade Obi"]) == ["Ade", "Mei"]


def test_answer_equality_identity_compares_by_value_and_tells_none_from_not_given(tmp_path):
    module = _load("python-open-equality-identity", tmp_path)

    assert len({module.Money(5, "EUR"), module.Money(5, "EUR")}) == 1
    assert module.Money(5, "EUR") is not module.Money(5, "EUR")
    assert (module.price(9), module.price(9, None), module.price(9, 0)) == (9, None, 0)


def test_answer_generators_stop_reading_early(tmp_path):
    module = _load("python-open-generators", tmp_path)
    path = tmp_path / "log.txt"
    path.write_text("".join(f"12:00 {kind} {n}\n" for n in range(9) for kind in ("INFO", "ERROR")))
    asked = []

    def lines():
        for line in module.lines_of(path):
            asked.append(line)
            yield line

    found = module.errors(lines())

    assert asked == []
    assert (next(found), len(asked)) == ("12:00 ERROR 0", 2)
    assert module.first_errors(path, how_many=3) == [f"12:00 ERROR {number}" for number in range(3)]


def test_answer_inheritance_composition_sends_by_what_it_is_given(tmp_path):
    module = _load("python-open-inheritance-composition", tmp_path)
    order = {"contact": "Tomás", "sum": 12}

    sent = [module.Receipts(sender()).send(order) for sender in (module.MailSender, module.TextSender)]

    assert sent == ["mail to Tomás: You have paid 12.", "text to Tomás: You have paid 12."]


def test_answer_first_tests_pass_and_can_fail(tmp_path):
    code = _answer("python-open-first-tests")
    run = """
if __name__ == "__main__":
    import os

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    raise SystemExit(pytest.main(["-q", "-p", "no:cacheprovider", "-c", os.devnull, __file__]))
"""

    right = printed_by_process(code + run, tmp_path)
    wrong = printed_by_process(code.replace("<= 1000", "< 1000") + run, tmp_path)

    assert "7 passed" in right
    assert "1 failed, 6 passed" in wrong


def test_answer_import_csv_keeps_right_lines_and_names_the_others(tmp_path):
    read_customers = _load("python-open-import-csv", tmp_path).read_customers
    lines = [
        '"Okafor, Ada",Ada@example.org,1990',
        ",x@example.org,1990",
        "Bo,nobody,1990",
        "Cy,c@example.org,x",
        "Di",
    ]

    good, bad = read_customers(StringIO("\n".join(["name,email,birth_year", *lines])))

    assert good == [{"name": "Okafor, Ada", "email": "ada@example.org", "birth_year": 1990}]
    assert [number for number, _reason in bad] == [3, 4, 5, 6]
    assert bad[0][1] == "The name is missing."
    with pytest.raises(ValueError, match="birth_year, email"):
        read_customers(StringIO("name\nAda\n"))


def test_answer_debugging_logs_and_lets_the_exception_go_on(tmp_path, caplog):
    average = _load("python-open-debugging", tmp_path).average

    with pytest.raises(ZeroDivisionError):
        average([])

    assert average([2, 4]) == 3
    assert "the caller gave []" in caplog.text
    assert "Traceback" in caplog.text
