"""Each key of the experienced level of the Python bank, settled by the code of the question."""

from __future__ import annotations

from textwrap import indent

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


def test_key_python_module_runs_once(tmp_path):
    name = "python-module-runs-once"
    modules = stem_modules(name)
    assert set(modules) == {"settings.py", "cache.py", "main.py"}
    for file, text in modules.items():
        write(tmp_path / file, text)

    shown = printed_by_process(modules["main.py"], tmp_path)

    assert matching(name, lambda text: text == shown) == keys(name)


def test_key_python_dictionary_grows_in_loop():
    prints_its_key("python-dictionary-grows-in-loop")


def test_key_python_letters_and_bytes():
    prints_its_key("python-letters-and-bytes")


def test_key_python_plus_or_plus_equals():
    prints_its_key("python-plus-or-plus-equals")


def test_key_python_generator_expression_binds():
    prints_its_key("python-generator-expression-binds")


def test_key_python_reverse_keeps_order():
    prints_its_key("python-reverse-keeps-order")


def test_key_python_turn_dictionary_round():
    name = "python-turn-dictionary-round"
    wanted = {"red": ["Ife", "Kiri"], "blue": ["Jaan"]}

    assert matching(name, lambda text: value(text, stem_python(name)) == wanted) == keys(name)


def test_key_python_raise_from():
    prints_its_key("python-raise-from")


def test_key_python_dataclass_default_list():
    prints_its_key("python-dataclass-default-list")


def test_key_python_classmethod_subclass():
    prints_its_key("python-classmethod-subclass")


def test_key_python_super_follows_order():
    prints_its_key("python-super-follows-order")


def test_key_python_getattr_last_resort():
    prints_its_key("python-getattr-last-resort")


def test_key_python_context_manager_swallows():
    prints_its_key("python-context-manager-swallows")


def test_key_python_equality_with_strangers():
    name = "python-equality-with-strangers"
    before, end, after = stem_python(name).partition("        self.number = number\n")

    def said_with(method):
        return printed(f"{before}{end}\n{indent(method, '    ')}{after}")

    assert end
    assert matching(name, lambda text: said_with(text) == "") == keys(name)


def test_key_python_astimezone():
    prints_its_key("python-astimezone")


def test_key_python_future_keeps_exception():
    prints_its_key("python-future-keeps-exception")


def test_key_python_run_does_not_check():
    prints_its_key("python-run-does-not-check")


def test_key_python_blocking_in_async(tmp_path):
    prints_its_key_alone("python-blocking-in-async", tmp_path)


def test_key_python_cache_shares_result():
    prints_its_key("python-cache-shares-result")


def test_key_python_autospec_checks_calls():
    prints_its_key("python-autospec-checks-calls")


def test_key_python_no_shell(tmp_path, monkeypatch):
    name = "python-no-shell"
    show = tmp_path / "show"
    show.write_text('#!/bin/sh\nprintf "%s\\n" "$#" "$1" > "$SHOWN"\n')
    show.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("SHOWN", str(tmp_path / "shown"))

    def shown(call, file):
        for path in ("shown", "marker"):
            (tmp_path / path).unlink(missing_ok=True)
        value(call, f"import os, subprocess\nname = {file!r}")
        seen = (tmp_path / "shown").read_text() if (tmp_path / "shown").exists() else None
        return seen, (tmp_path / "marker").exists()

    names = ["plain.txt", "two words.txt", "x; touch marker", "x'; touch marker; '"]

    assert matching(
        name, lambda call: all(shown(call, file) == (f"1\n{file}\n", False) for file in names)
    ) == keys(name)
