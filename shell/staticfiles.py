from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed names that browsers may keep for ever. A file that a library forgot to ship is not an outage."""

    manifest_strict = False
