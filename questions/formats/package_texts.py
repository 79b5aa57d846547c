"""Texts of one file of a package, whose pictures lie elsewhere in the package."""

from __future__ import annotations

import posixpath
import re
from collections.abc import MutableMapping
from typing import Final

from questions.formats.foreign_texts import ForeignTexts
from questions.formats.packages import Package, within

# Where a course keeps its files, as texts of its quizzes call it.
_COURSE_FILES = re.compile(r"(?:\$|%24)IMS[-_]CC[-_]FILEBASE(?:\$|%24)/", re.IGNORECASE)
_COURSE_FOLDERS: Final = ("web_resources", "")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|/|\$|#|$", re.IGNORECASE)


class PackageTexts(ForeignTexts):
    """Reads the texts of one question of a package, or of a file that stands alone."""

    def __init__(
        self,
        pictures: MutableMapping[str, bytes],
        called: MutableMapping[str, str],
        package: Package | None = None,
        name: str = "",
    ) -> None:
        super().__init__(pictures)
        self.called = called
        self._package = package
        self._folder = posixpath.dirname(name)

    def path(self, source: str) -> str:
        course = _COURSE_FILES.match(source)
        if course:
            paths = [within(folder, source[course.end() :]) for folder in _COURSE_FOLDERS]
            return next((path for path in paths if self._lies_at(path)), paths[0])
        return "" if _ELSEWHERE.match(source) else within(self._folder, source)

    def content(self, path: str) -> bytes | None:
        if self._package is None or not self._lies_at(path):
            return None
        return self._package.read(path)

    def _lies_at(self, path: str) -> bool:
        return self._package is not None and path in self._package.names()
