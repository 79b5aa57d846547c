"""The catalogues of candidates' pages and mail: `python -m tests.translations` reads the words anew and compiles them.

Colleagues' pages speak English alone, so only what candidates can read is looked for: the files and choices named here.
New words come without a translation, and `tests/config/test_translations.py` fails until they have one. The compiled
catalogue lies beside its source, so that no installation needs a compiler.
"""

from __future__ import annotations

import ast
import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tests.servers import environment

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("de",)
PLURALS = 2
# What candidates can read, page by page and mail by mail.
FILES = (
    "assessments/operations/accommodations.py",
    "assessments/operations/answers.py",
    "assessments/operations/language.py",
    "assessments/operations/mailing.py",
    "assessments/queries/parts.py",
    "assessments/registries.py",
    "assessments/taking/*.py",
    "assessments/templates/taking/**/*.html",
    "candidates/rules.py",
    "candidates/validators.py",
    "hiring/careers/*.py",
    "hiring/operations/applying.py",
    "hiring/operations/own_documents.py",
    "hiring/registries/mail.py",
    "hiring/templates/careers/**/*.html",
    "outbox/operations/sending.py",
    "rendering/archives.py",
    "rendering/documents/pictures.py",
    "rendering/documents/sniffing.py",
    "rendering/mail.py",
    "rendering/markdown.py",
    "rendering/moments.py",
    "rendering/templates/**/*.html",
    "shell/errors.py",
    "shell/overrides/4*.html",
    "shell/overrides/5*.html",
    "shell/overrides/error_page.html",
    "shell/templates/shell/candidate_base.html",
    "shell/templates/shell/parts/sample_strip.html",
)
# Pages of colleagues that lie among those of candidates.
NOT_FOR_CANDIDATES = {
    "assessments/taking/one_question.py",
    "assessments/taking/preview.py",
    "assessments/templates/taking/one_question.html",
    "assessments/templates/taking/preview.html",
}
# Choices that candidates read; the others in their files are for colleagues.
CHOICES = (
    ("questions.enums", "Kind"),
    ("assessments.enums", "ProblemKind"),
    ("assessments.enums", "StartRefusal"),
    ("assessments.enums", "LinkRefusal"),
    ("candidates.enums", "DocumentKind"),
    ("hiring.enums", "JobKind"),
    ("hiring.enums", "SalaryPeriod"),
)
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
WITH_PLURAL = {"ngettext", "ngettext_lazy"}
CALLS = {"_", "gettext", "gettext_lazy"} | WITH_CONTEXT | WITH_PLURAL
# The calls that Django writes for a template.
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}

Text = str | tuple[str, str]
HEADER = """\
# German of candidates' pages and mail.
# A DRAFT: written by the makers of Shortlist, not yet read by anybody whose trade is language. Mend it freely."""


def sources() -> list[Path]:
    """Return every file whose words candidates read."""
    found = sorted({path for pattern in FILES for path in ROOT.glob(pattern)})
    return [path for path in found if str(path.relative_to(ROOT)) not in NOT_FOR_CANDIDATES]


def words() -> Iterator[tuple[Text, str, str | None]]:
    """Yield each text or pair of texts, where it stands, and its context."""
    for path in sources():
        place = str(path.relative_to(ROOT))
        found = of_code(path.read_text()) if path.suffix == ".py" else of_template(path.read_text())
        for text, context in found:
            yield text, place, context
    for module, name in CHOICES:
        for choice in getattr(import_module(module), name):
            # Outside of any language a label is what was written in the code.
            yield str(choice.label), f"{module.replace('.', '/')}.py", None


def of_code(code: str) -> Iterator[tuple[Text, str | None]]:
    """Yield the texts of Python code, also of calls that stand inside of an f-string."""
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in CALLS:
            continue
        texts = [str(argument.value) for argument in node.args if isinstance(argument, ast.Constant)]
        context = texts.pop(0) if node.func.id in WITH_CONTEXT else None
        yield (texts[0], texts[1]) if node.func.id in WITH_PLURAL else texts[0], context


def of_template(source: str) -> Iterator[tuple[Text, str | None]]:
    """Yield the texts of a template, which Django turns into calls between words that mean nothing."""
    from django.utils.translation.template import templatize

    # Each line by itself: what was no statement must not look like a wrong indentation.
    calls = "\n".join(line.lstrip() for line in templatize(source).splitlines())
    for _line, text, _comments, context in extract("python", io.BytesIO(calls.encode()), keywords=KEYWORDS):
        yield text if isinstance(text, str) else (text[0], text[1]), context


def catalogue(language: str, *, fresh: bool = True) -> Catalog:
    """Return the catalogue of a language as it is stored; `fresh` brings it up to what the sources say."""
    path = path_of(language)
    stored = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(language)
    if not fresh:
        return stored
    template = Catalog()
    for message, _place, context in words():
        template.add(message, context=context)
    stored.update(template, no_fuzzy_matching=True)
    stored.obsolete.clear()
    stored.header_comment = HEADER
    stored.fuzzy = False
    stored.project, stored.version, stored.copyright_holder = "Shortlist", "1", "Shortlist"
    return stored


def untranslated(found: Catalog) -> list[str | tuple[str, str]]:
    """Return the texts of a catalogue that lack a translation, or one of its plural forms."""
    return [message.id for message in found if message.id and not _is_whole(message.string)]


def as_po(found: Catalog) -> bytes:
    """Return a catalogue as people edit it."""
    written = io.BytesIO()
    write_po(written, found, width=110, sort_output=True, omit_header=False, no_location=True)
    return b"".join(
        line for line in written.getvalue().splitlines(keepends=True) if not line.startswith(_MOMENTS)
    )


def as_mo(found: Catalog) -> bytes:
    """Return a catalogue as programs read it."""
    written = io.BytesIO()
    # The same words are the same bytes, whenever they are compiled.
    found.creation_date = found.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    write_mo(written, found)
    return written.getvalue()


# Would make every file another one, whatever it says.
_MOMENTS = (
    b'"POT-Creation-Date',
    b'"PO-Revision-Date',
    b'"Generated-By',
    b'"Last-Translator',
    b'"Language-Team',
)


def _is_whole(string: str | tuple[str, ...] | None) -> bool:
    forms = (string,) if isinstance(string, str) else string or ()
    return len(forms) in (1, PLURALS) and all(forms)


def path_of(language: str) -> Path:
    """Return where the catalogue of a language lies."""
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def main() -> None:
    """Write every catalogue and compile it; say what lacks a translation."""
    for language in LANGUAGES:
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalogue(language)))
        stored = catalogue(language, fresh=False)
        path.with_suffix(".mo").write_bytes(as_mo(stored))
        missing = untranslated(stored)
        print(f"{language}: {len(stored)} texts, {len(missing)} without a translation")
        for each in missing:
            print(f"  {each!r}")


if __name__ == "__main__":
    os.environ.setdefault("TEST_DATABASE", "sqlite")
    environment.prepare()
    import django

    django.setup()
    main()
