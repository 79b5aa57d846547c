"""Each key of the fresher level of the Python bank, settled by the code of the question."""

from __future__ import annotations

from tests.questions.starter.stems import (
    keys,
    matching,
    prints_its_key,
    prints_its_key_alone,
    stem_python,
    value,
    write,
)


def test_key_python_value_not_formula():
    prints_its_key("python-value-not-formula")


def test_key_python_text_plus_text():
    prints_its_key("python-text-plus-text")


def test_key_python_floor_division():
    prints_its_key("python-floor-division")


def test_key_python_slice_end():
    prints_its_key("python-slice-end")


def test_key_python_false_values():
    name = "python-false-values"

    assert matching(name, lambda text: not value(text)) == keys(name)


def test_key_python_range_end():
    prints_its_key("python-range-end")


def test_key_python_between():
    name = "python-between"
    ages = [17, 18, 40, 65, 66]

    def truths(condition):
        return [value(condition, f"age = {age}") for age in ages]

    assert matching(name, lambda text: truths(text) == [False, True, True, True, False]) == keys(name)


def test_key_python_print_is_no_return():
    name = "python-print-is-no-return"
    result = value("result", stem_python(name))

    assert result is None
    assert matching(name, lambda text: (value(text), type(value(text))) == (result, type(result))) == keys(
        name
    )


def test_key_python_call_needs_brackets():
    name = "python-call-needs-brackets"

    assert matching(name, lambda text: value(text, stem_python(name)) == "Karibu") == keys(name)


def test_key_python_keyword_argument():
    prints_its_key("python-keyword-argument")


def test_key_python_local_name():
    prints_its_key("python-local-name")


def test_key_python_objects_have_own_state():
    prints_its_key("python-objects-have-own-state")


def test_key_python_except_goes_on():
    prints_its_key("python-except-goes-on")


def test_key_python_missing_argument():
    name = "python-missing-argument"

    assert matching(name, lambda text: value(text, stem_python(name)) is TypeError) == keys(name)


def test_key_python_module_attribute():
    name = "python-module-attribute"

    assert matching(name, lambda text: value(text, stem_python(name)) == 4) == keys(name)


def test_key_python_json_to_python():
    prints_its_key("python-json-to-python")


def test_key_python_with_closes(tmp_path):
    prints_its_key_alone("python-with-closes", tmp_path)


def test_key_python_open_w_empties(tmp_path):
    write(tmp_path / "visits.txt", "Monday\n")

    prints_its_key_alone("python-open-w-empties", tmp_path)


def test_key_python_date_difference():
    prints_its_key("python-date-difference")


def test_key_python_counter_missing():
    prints_its_key("python-counter-missing")


def test_key_python_round_up():
    name = "python-round-up"
    tables = {(30, 7): 5, (28, 7): 4, (1, 7): 1, (34, 7): 5}

    def needed(expression):
        return {
            (guests, seats): value(expression, f"{stem_python(name)}\nguests, seats = {guests}, {seats}")
            for guests, seats in tables
        }

    assert matching(name, lambda text: needed(text) == tables) == keys(name)
