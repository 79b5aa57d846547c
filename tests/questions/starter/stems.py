"""Take the code out of the starter questions and run it, so that a proof tests what candidates read."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from itertools import count
from pathlib import Path
from types import ModuleType

from questions.formats import starter
from questions.formats.starter import StarterBank, StarterQuestion, read_bank

FOLDER = Path(starter.__file__).parents[1] / "starter"
BANKS = ("flask", "python")
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[a-z]+)\n(?P<code>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
MODULE_NAME = re.compile(r"`(\w+\.py)`")

_module_numbers = count()


@cache
def bank(name: str) -> StarterBank:
    return read_bank(FOLDER / name)


@cache
def _questions() -> dict[str, StarterQuestion]:
    return {question.external_id: question for name in BANKS for question in bank(name).questions}


def question(external_id: str) -> StarterQuestion:
    return _questions()[external_id]


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of one language, without the fence's own indentation."""
    found = []
    for match in FENCE.finditer(text):
        if match["language"] == language:
            indent = match["indent"]
            found.append("".join(line.removeprefix(indent) for line in match["code"].splitlines(True)))
    return found


def named_blocks(external_id: str, language: str, name: re.Pattern[str]) -> dict[str, str]:
    """File name to text, for each block of the stem whose paragraph before it names a file."""
    stem = question(external_id).stem
    files = {}
    for match in FENCE.finditer(stem):
        if match["language"] == language:
            before = stem[: match.start()].rstrip("\n").rsplit("\n\n", 1)[-1]
            names = name.findall(before)
            if names:
                files[names[-1]] = match["code"]
    return files


def stem_modules(external_id: str) -> dict[str, str]:
    """The modules of the stem, by the names of their files."""
    return named_blocks(external_id, "python", MODULE_NAME)


def stem_python(external_id: str) -> str:
    """The stem's one Python block."""
    (code,) = blocks(question(external_id).stem, "python")
    return code


def option(external_id: str, code: str) -> str:
    """What one option says: its fenced code, or the first inline code, or its plain text."""
    (text,) = (option.text for option in question(external_id).options if option.code == code)
    fenced = FENCE.search(text)
    if fenced:
        return fenced["code"]
    inline = re.search(r"`([^`]+)`", text)
    return inline[1] if inline else text


def key(external_id: str) -> str:
    (only,) = question(external_id).keys
    return only.code


def keys(external_id: str) -> set[str]:
    return {option.code for option in question(external_id).keys}


def codes(external_id: str) -> list[str]:
    return [option.code for option in question(external_id).options]


def matching(external_id: str, holds: Callable[[str], bool]) -> set[str]:
    """The codes of the options that `holds`: every option is asked, so that distractors are shown to be wrong."""
    return {code for code in codes(external_id) if holds(option(external_id, code))}


def only_the_key_holds(external_id: str, claims: Mapping[str, bool]) -> None:
    """Assert that what the key says is so, and what each other option says is not.

    `claims` names each option by a piece of its text that no other has, and says whether this is what happened.
    """
    options = question(external_id).options
    held = {piece: [option.code for option in options if piece in option.text] for piece in claims}
    assert sorted(code for found in held.values() for code in found) == codes(external_id), held
    assert {code for piece, found in held.items() if claims[piece] for code in found} == keys(external_id), (
        claims
    )


def prints_its_key(external_id: str) -> None:
    """Assert that the stem's code prints what the key says, and what no other option says."""
    shown = printed(stem_python(external_id))
    assert matching(external_id, lambda text: text == shown) == keys(external_id), shown


def prints_its_key_alone(external_id: str, folder: Path) -> None:
    """The same with the code as a program of its own in `folder`."""
    shown = printed_by_process(stem_python(external_id), folder)
    assert matching(external_id, lambda text: text == shown) == keys(external_id), shown


def printed(source: str) -> str:
    """What a piece of code prints; the name of the exception that ends it stands on the last line."""
    said = StringIO()
    with redirect_stdout(said):
        try:
            exec(compile(source, "<stem>", "exec"), {"__name__": "__main__"})
        except Exception as error:  # noqa: BLE001 - whichever it is, it is the answer
            print(type(error).__name__)
    return said.getvalue().strip()


def printed_by_process(source: str, folder: Path) -> str:
    """The same of a program of its own in `folder`: for code that touches more than its own names."""
    path = folder / "program.py"
    path.write_text(source, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-B", path.name],
        cwd=folder,
        env={"PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    last_words = ended.stderr.strip().splitlines()[-1:] if ended.returncode else []
    return "\n".join([ended.stdout.strip(), *(words.partition(":")[0] for words in last_words)]).strip()


def value(source: str, before: str = "") -> object:
    """What an expression gives after the code `before`; an exception is given as its type."""
    names: dict[str, object] = {"__name__": "__main__"}
    with redirect_stdout(StringIO()):
        exec(compile(before, "<stem>", "exec"), names)
        try:
            return eval(source.strip(), names)
        except Exception as error:  # noqa: BLE001 - whichever it is, it is the answer
            return type(error)


def load_source(source: str, folder: Path, name: str | None = None) -> ModuleType:
    """Run a piece of source as a module of its own in `folder`, as Flask would find it there."""
    name = name or f"starter_stem_{next(_module_numbers)}"
    path = folder / f"{name}.py"
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
