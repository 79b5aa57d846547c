"""Packages of questions: files in folders, and a manifest that says which of them are questions."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import unquote

from questions.formats.drafts import FileRefused
from questions.formats.xml_safe import read_xml

MANIFEST: Final = "imsmanifest.xml"
_BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"


class Package(Protocol):
    """What opened a zip safely: names of files, and what they hold."""

    def names(self) -> Collection[str]: ...

    def read(self, name: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Resource:
    """What a manifest says of one thing in the package. `files` are paths in it."""

    kind: str
    files: Sequence[str]
    keywords: Sequence[str] = ()


def resources(package: Package) -> Iterator[Resource]:
    """Yield what the manifest lists. Raises `FileRefused` where there is none, or it cannot be read."""
    manifests = [name for name in package.names() if posixpath.basename(name) == MANIFEST]
    if not manifests:
        raise FileRefused("zip_of_others")
    path = min(manifests, key=lambda name: (name.count("/"), name))
    root = read_xml(package.read(path)).root
    base = within(posixpath.dirname(path), root.get(_BASE) or "")
    for parent in root.iterchildren("{*}resources"):
        folder = within(base, parent.get(_BASE) or "")
        for resource in parent.iterchildren("{*}resource"):
            yield _resource(resource, within(folder, resource.get(_BASE) or ""))


def _resource(resource: Any, folder: str) -> Resource:
    hrefs = [resource.get("href"), *(file.get("href") for file in resource.iterchildren("{*}file"))]
    files = [within(folder, href) for href in hrefs if href]
    keywords = [
        " ".join("".join(keyword.itertext()).split())
        for metadata in resource.iterchildren("{*}metadata")
        for keyword in metadata.iter("{*}keyword")
    ]
    return Resource((resource.get("type") or "").strip().casefold(), list(dict.fromkeys(files)), keywords)


def within(folder: str, href: str) -> str:
    """Return the path that `href` names from `folder`; "" for one that leads out of the package."""
    if not href:
        return folder
    path = posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0].partition("?")[0])))
    return "" if path.startswith(("/", "..")) else path
