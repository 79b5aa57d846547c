"""Categories as Moodle writes them: a path from the root of a course, with a slash between its parts."""

from __future__ import annotations

# Where questions stand in Moodle's own tree; none of them says anything about the questions.
_CONTEXTS = ("$course$", "$module$", "$system$", "$cat1$")
_TOP = "top"
_ROOT = "$course$/top"


def category_path(said: str) -> str:
    """Return "a/b" for "$course$/top/a/b". Two slashes are one that belongs to a name."""
    parts = [part.strip() for part in said.replace("//", "\x01").split("/")]
    if parts[0] in _CONTEXTS:
        del parts[0]
    if parts and parts[0] == _TOP:
        del parts[0]
    return "/".join(part for part in parts if part).replace("\x01", "/")


def moodle_path(category: str) -> str:
    """Return the path that `category_path` makes `category` of."""
    return f"{_ROOT}/{category}" if category else _ROOT
