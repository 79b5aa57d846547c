"""Each key of the junior level of the Python bank, settled by the code of the question."""

from __future__ import annotations

from tests.questions.starter.stems import (
    keys,
    matching,
    printed,
    prints_its_key,
    stem_python,
    value,
)


def test_key_python_two_names_one_list():
    prints_its_key("python-two-names-one-list")


def test_key_python_text_does_not_change():
    prints_its_key("python-text-does-not-change")


def test_key_python_get_adds_nothing():
    prints_its_key("python-get-adds-nothing")


def test_key_python_list_of_one_list():
    prints_its_key("python-list-of-one-list")


def test_key_python_remove_while_looping():
    prints_its_key("python-remove-while-looping")


def test_key_python_or_swallows_zero():
    prints_its_key("python-or-swallows-zero")


def test_key_python_sort_by_key():
    name = "python-sort-by-key"
    wanted = [("Ali", 28), ("Mina", 34), ("Zuri", 41)]

    assert matching(name, lambda text: value(text, stem_python(name)) == wanted) == keys(name)


def test_key_python_star_arguments():
    prints_its_key("python-star-arguments")


def test_key_python_exception_travels_up():
    prints_its_key("python-exception-travels-up")


def test_key_python_sort_returns_none():
    prints_its_key("python-sort-returns-none")


def test_key_python_mutable_default():
    prints_its_key("python-mutable-default")


def test_key_python_late_binding():
    prints_its_key("python-late-binding")


def test_key_python_generator_used_up():
    prints_its_key("python-generator-used-up")


def test_key_python_default_mended():
    name = "python-default-mended"

    assert matching(name, lambda text: printed(text + stem_python(name)) == "") == keys(name)


def test_key_python_path_stem():
    prints_its_key("python-path-stem")


def test_key_python_csv_gives_text():
    prints_its_key("python-csv-gives-text")


def test_key_python_strftime():
    prints_its_key("python-strftime")


def test_key_python_json_keys_are_text():
    prints_its_key("python-json-keys-are-text")


def test_key_python_naive_against_aware():
    prints_its_key("python-naive-against-aware")


def test_key_python_defaultdict_look_adds():
    prints_its_key("python-defaultdict-look-adds")


def test_key_python_whole_duration():
    name = "python-whole-duration"

    assert matching(name, lambda text: value(text, stem_python(name)) == 26) == keys(name)
