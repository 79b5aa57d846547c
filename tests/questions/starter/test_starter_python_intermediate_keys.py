"""Each key of the intermediate level of the Python bank, settled by the code of the question."""

from __future__ import annotations

from tests.questions.starter.stems import (
    keys,
    matching,
    printed,
    printed_by_process,
    prints_its_key,
    prints_its_key_alone,
    stem_modules,
    stem_python,
    value,
    write,
)


def test_key_python_shallow_copy():
    prints_its_key("python-shallow-copy")


def test_key_python_starred_target():
    prints_its_key("python-starred-target")


def test_key_python_local_by_assignment():
    prints_its_key("python-local-by-assignment")


def test_key_python_hashable():
    name = "python-hashable"

    assert matching(name, lambda text: isinstance(value("{" + text + ": 1}"), dict)) == keys(name)
    assert matching(name, lambda text: value("{" + text + ": 1}") is TypeError).isdisjoint(keys(name))


def test_key_python_any_stops_early():
    prints_its_key("python-any-stops-early")


def test_key_python_rebind_or_change():
    prints_its_key("python-rebind-or-change")


def test_key_python_merge_settings():
    name = "python-merge-settings"
    wanted = {"theme": "light", "rows": 50}

    assert matching(name, lambda text: value(text, stem_python(name)) == wanted) == keys(name)


def test_key_python_property_read_only():
    prints_its_key("python-property-read-only")


def test_key_python_class_attribute_shared():
    prints_its_key("python-class-attribute-shared")


def test_key_python_exit_before_handler():
    prints_its_key("python-exit-before-handler")


def test_key_python_decorator_hides_name():
    prints_its_key("python-decorator-hides-name")


def test_key_python_eq_without_hash():
    prints_its_key("python-eq-without-hash")


def test_key_python_generator_starts_late():
    prints_its_key("python-generator-starts-late")


def test_key_python_iterable_twice():
    name = "python-iterable-twice"

    assert matching(name, lambda text: printed(text + stem_python(name)) == "") == keys(name)


def test_key_python_cache_calls_once():
    prints_its_key("python-cache-calls-once")


def test_key_python_decimal_exact():
    prints_its_key("python-decimal-exact")


def test_key_python_argparse_types():
    prints_its_key("python-argparse-types")


def test_key_python_groupby_neighbours():
    prints_its_key("python-groupby-neighbours")


def test_key_python_patch_where_used(tmp_path):
    name = "python-patch-where-used"
    for file, text in stem_modules(name).items():
        write(tmp_path / file, text)

    def price_with(patch):
        return printed_by_process(
            "from unittest.mock import patch\n"
            "import prices\n"
            "try:\n"
            f"    with {patch}:\n"
            "        print(prices.price())\n"
            "except Exception as error:\n"
            "    print(type(error).__name__)\n",
            tmp_path,
        )

    assert matching(name, lambda text: price_with(text) == "200") == keys(name)


def test_key_python_gather_order(tmp_path):
    prints_its_key_alone("python-gather-order", tmp_path)


def test_key_python_sqlite_parameters():
    name = "python-sqlite-parameters"
    typed = ["Good", "It's fine", 'She said "no"', "100 %", "", "'), ('two"]

    def stored(call):
        return [
            value(
                f"({call}, db.execute('SELECT text FROM review').fetchall())[1]",
                f"{stem_python(name)}\ntext = {text!r}",
            )
            for text in typed
        ]

    assert matching(name, lambda call: stored(call) == [[(text,)] for text in typed]) == keys(name)
