"""Addresses of the pages of one test. A question's page holds more than a dozen, so each is made once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse

# Stands for the code of the link, which consists of letters and digits alone.
_CODE = "-code-"


@dataclass(frozen=True)
class Addresses:
    """The pages of one test by their names, for templates: `{{ at.overview }}`; of one place of it with `position`."""

    code: str
    position: int | None = None
    namespace: str = "taking"

    def __getitem__(self, name: str) -> str:
        arguments = () if self.position is None else (self.position,)
        return address(self.code, name, *arguments, namespace=self.namespace)


def address(code: str, name: str, *args: object, namespace: str = "taking") -> str:
    """Return the address of the page `name` of the test behind `code`."""
    return _pattern(f"{namespace}:{name}", args).replace(_CODE, code)


@lru_cache(maxsize=1024)
def _pattern(name: str, args: tuple[object, ...]) -> str:
    return reverse(name, args=[_CODE, *args])
