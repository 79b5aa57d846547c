"""Read QTI: an item or a quiz that stands alone, or a package of them with a manifest."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from typing import Any, Final

from questions.formats.canvas.reader import ROOT as QUIZ
from questions.formats.canvas.reader import read_quiz
from questions.formats.drafts import WARNING, WHOLE_FILE, FileRefused, Parsed, ParsedQuestion, Problem, Where
from questions.formats.gathering import Gathering
from questions.formats.own import read_json
from questions.formats.package_texts import PackageTexts
from questions.formats.packages import Package, resources
from questions.formats.pictures import named_in, picture_of, texts_of
from questions.formats.qti.items import ROOT, read_item
from questions.formats.qti.tree import normalised
from questions.formats.xml_safe import read_xml

# What our own writer puts beside its items, so that nothing is lost on the way back.
OWN_QUESTIONS: Final = "shortlist/questions.json"
OWN_ITEMS: Final = "shortlist/items.json"
# Where our own writer puts pictures.
PICTURES: Final = "pictures/"

_TESTS = ("assessmentTest", "manifest")
_ITEM = re.compile(r"imsqti_(?:item_xmlv|apipitem_xmlv|xmlv)")
# The same quiz, as Canvas has it; its twin for other programs says less.
_RICHER = re.compile(r"(?:^|/)non_cc_assessments/([^/]{1,200})\.xml\.qti$")
_TWIN: Final = "assessment_qti.xml"
_XML: Final = ".xml"


def read_item_file(name: str, data: bytes) -> Parsed:
    """Return what an XML file of QTI holds. Raises `FileRefused` when it is broken, unsafe or holds nothing."""
    document = read_xml(data)
    reading = _Reading(name, document.remarks)
    if not reading.meet(document.root, Where(line=document.root.sourceline)):
        raise FileRefused("unknown_xml", root=_root_of(document.root))
    return reading.parsed()


def read_package(name: str, package: Package) -> Parsed:
    """Return what a package holds: what its manifest lists, and items that it forgets.

    A broken file is an error of its own, and the others are read. Raises `FileRefused` without a readable manifest.
    """
    listed, twins = _listed(package)
    remarks = [Problem(WHOLE_FILE, WARNING, "twins_dropped", {"count": twins})] if twins else []
    reading = _Reading(name, remarks, package=package, own=_own(package))
    for path, keywords in listed.items():
        reading.read(path, keywords)
    for path in sorted(package.names()):
        if path not in listed and path.casefold().endswith(_XML) and posixpath.basename(path) != _TWIN:
            reading.read(path, (), is_listed=False)
    return reading.parsed()


def _listed(package: Package) -> tuple[Mapping[str, Sequence[str]], int]:
    """Return the paths of the questions that the manifest lists, with their keywords, and how many twins are not."""
    listed: dict[str, Sequence[str]] = {}
    for resource in resources(package):
        richer = [path for path in resource.files if _RICHER.search(path)]
        if richer:
            listed.update(dict.fromkeys(richer, ()))
        elif _ITEM.match(resource.kind) and resource.files:
            listed.setdefault(resource.files[0], resource.keywords)
    quizzes = {found[1] for found in map(_RICHER.search, listed) if found}
    twins = [
        path
        for path in listed
        if posixpath.basename(path) == _TWIN and posixpath.basename(posixpath.dirname(path)) in quizzes
    ]
    for path in twins:
        del listed[path]
    return listed, len(twins)


def _own(package: Package) -> Mapping[str, tuple[str, ParsedQuestion]]:
    """Return the questions that our own writer kept beside its items, with the digest of each item's file."""
    names = package.names()
    if OWN_QUESTIONS not in names or OWN_ITEMS not in names:
        return {}
    try:
        items = json.loads(package.read(OWN_ITEMS))
        parsed = read_json(package.read(OWN_QUESTIONS))
    except (FileRefused, ValueError, RecursionError):
        return {}
    kept = {}
    for question in parsed.questions:
        number = question.where.question or 0
        entry = items[number - 1] if isinstance(items, list) and 0 < number <= len(items) else None
        if isinstance(entry, list) and len(entry) == 2 and all(isinstance(each, str) for each in entry):
            kept[entry[0]] = (entry[1], question)
    return kept


class _Reading:
    """Goes through the files of a package, or through one."""

    def __init__(
        self,
        name: str,
        remarks: Sequence[Problem] = (),
        *,
        package: Package | None = None,
        own: Mapping[str, tuple[str, ParsedQuestion]] | None = None,
    ) -> None:
        self._gathering = Gathering(name, remarks)
        self._package = package
        self._own = own or {}
        names = package.names() if package is not None else ()
        self._beside = {path.removeprefix(PICTURES) for path in names if path.startswith(PICTURES)}
        self._pictures: MutableMapping[str, bytes] = {}
        self._called: MutableMapping[str, str] = {}
        self._dropped: Counter[str] = Counter()
        self._signs: list[Problem] = []

    def read(self, path: str, keywords: Sequence[str], *, is_listed: bool = True) -> None:
        """Take one file of the package."""
        where = Where(part=path or "?")
        if self._package is None or path not in self._package.names():
            self._gathering.error(where, "item_missing")
            return
        data = self._package.read(path)
        if not is_listed and not _may_be_item(data):
            return
        digest, question = self._own.get(path, ("", None))
        if question is not None and digest == hashlib.sha256(data).hexdigest():
            self._take_pictures(question)
            self._gathering.take(replace(question, where=where))
            return
        try:
            document = read_xml(data)
        except FileRefused as refused:
            self._gathering.error(where, refused.code, **refused.values)
            return
        root = document.root
        self._signs += [
            replace(remark, where=replace(remark.where, part=path)) for remark in document.remarks
        ]
        if (
            not self.meet(root, where, keywords, is_listed=is_listed)
            and is_listed
            and _root_of(root) not in _TESTS
        ):
            self._gathering.error(where, "unknown_xml", root=_root_of(root))

    def meet(self, root: Any, where: Where, keywords: Sequence[str] = (), *, is_listed: bool = True) -> bool:
        """Take what a tree holds; return whether it was of questions."""
        root = normalised(root)
        if root.tag == QUIZ:
            read_quiz(root, self._gathering, self._texts, where, self._dropped)
            return True
        if root.tag != ROOT:
            return False
        try:
            read = read_item(root, self._texts(where.part), where, keywords)
        except ValueError as error:
            self._gathering.error(where, "bad_mark", mark=str(error)[:40])
            return True
        if read.question is None:
            self._gathering.skip(where, read.skipped)
            return True
        warnings = [*read.warnings, *([] if is_listed else [("item_unlisted", {})])]
        self._dropped["feedback_dropped"] += read.has_feedback
        self._gathering.take(read.question, warnings)
        return True

    def _take_pictures(self, question: ParsedQuestion) -> None:
        """Take along what a question shows that our own writer put beside it."""
        assert self._package is not None
        for text in texts_of(question):
            for name in named_in(text, self._beside):
                if name not in self._pictures:
                    content = self._package.read(f"{PICTURES}{name}")
                    if picture_of(content) == name:
                        self._pictures[name] = content

    def parsed(self) -> Parsed:
        parsed = self._gathering.parsed()
        return replace(parsed, problems=[*parsed.problems, *self._remarks()], pictures=self._pictures)

    def _texts(self, part: str) -> PackageTexts:
        return PackageTexts(self._pictures, self._called, self._package, part)

    def _remarks(self) -> Iterator[Problem]:
        yield from self._signs
        for code, count in sorted(self._dropped.items()):
            if count:
                yield Problem(WHOLE_FILE, WARNING, code, {"count": count})


def _may_be_item(data: bytes) -> bool:
    """Whether a file that no manifest lists looks like an item: there are many others in a package."""
    head = data[:4_000]
    return b"ssessmentItem" in head or b"assessment-item" in head


def _root_of(root: Any) -> str:
    return str(root.tag).rpartition("}")[2][:80]
