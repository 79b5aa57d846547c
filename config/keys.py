"""Keys that an installation makes for itself.

Two secrets with two lives: `secret_key` signs sessions and forms and may be rotated at will; `link_keys` derive
the links that candidates hold in their mail, so they live as long as the links do. Both can come from the
environment; an installation without them keeps its own under `DATA_DIR/keys`, readable by its user alone.
No Django here: settings read this before anything else exists.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

NAMES = ("secret_key", "link_keys")
# Variables that this process set for itself alone.
LENT: set[str] = set()


def ensure_keys(data_dir: Path) -> None:
    """Write the keys that do not exist yet below `data_dir/keys`.

    Safe to call from several processes at once: the first writer wins and nobody overwrites a key.
    """
    folder = data_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in NAMES:
        path = folder / name
        if path.exists():
            continue
        # Readable by this user alone, and a name that nobody else has.
        descriptor, draft = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()


def read_key(data_dir: Path, name: str) -> str:
    """Return the key called `name`, or an empty string where this installation has none.

    A restored installation may have several link keys, one a line.
    """
    try:
        return (data_dir / "keys" / name).read_text().strip()
    except FileNotFoundError:
        return ""


def lend_keys(data_dir: Path) -> None:
    """Let the settings be read where an installation has no keys yet, with some that this process alone knows.

    For the command that brings the keys of a backup.
    """
    for name in NAMES:
        variable = name.upper()
        if not os.environ.get(variable) and not read_key(data_dir, name):
            os.environ[variable] = secrets.token_urlsafe(50)
            LENT.add(variable)
