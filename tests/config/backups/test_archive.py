"""What is not a whole backup of ours is refused before anything of it is written."""

import hashlib
import io
import json
import tarfile

import pytest

from config.backups import archive
from config.backups.archive import ArchiveError, Writer, is_ours, opened

FACTS = {
    "format": 1,
    "engine": "sqlite",
    "version": "0.1.0",
    "cut_at": "2026-11-25T21:30:00+00:00",
    "counts": {"accounts_user": 1},
    "migrations": ["accounts.0001_initial"],
}


def nothing():
    pass


def write(path, members=None):
    writer = Writer(path)
    for name, text in (members or {"files/work/a.csv": "a,b\n", "keys/link_keys": "k"}).items():
        writer.add_text(name, text)
    writer.finish(FACTS | {"members": dict(writer.members)})
    return path


def forge(path, entries, manifest=None):
    """Write a tar of our own making with a manifest that fits it."""
    members = {
        info.name: {"size": info.size, "sha256": hashlib.sha256(data).hexdigest()} for info, data in entries
    }
    text = json.dumps(FACTS | {"members": members} | (manifest or {})).encode()
    seal = hashlib.sha256(text).hexdigest().encode()
    with tarfile.open(path, "w") as tar:
        for info, data in [*entries, (entry("manifest.json", text)), entry("manifest.sha256", seal)]:
            tar.addfile(info, io.BytesIO(data))
    return path


def entry(name, data=b"x", **fields):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def test_archive_gives_back_what_was_written_and_is_for_its_owner_alone(tmp_path):
    path = write(tmp_path / "a.tar")

    with opened(path) as reader:
        reader.read_all(tmp_path / "out", step=nothing)

    assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "out/files/work/a.csv").read_text() == "a,b\n"
    assert (tmp_path / "out/files/work/a.csv").stat().st_mode & 0o777 == 0o600
    assert reader.manifest["counts"] == {"accounts_user": 1}


def test_archive_that_was_cut_off_anywhere_is_no_whole_one(tmp_path):
    whole = write(tmp_path / "a.tar").read_bytes()
    end = whole.rstrip(b"\0")
    cut = tmp_path / "cut.tar"

    for length in [*range(0, len(end), 300), len(end) - 1]:
        cut.write_bytes(whole[:length])
        with pytest.raises(ArchiveError), opened(cut) as reader:
            reader.read_all(None, step=nothing)


def test_archive_with_any_byte_changed_is_refused(tmp_path):
    path = write(tmp_path / "a.tar")
    whole = path.read_bytes()
    for needle in (b"a,b\n", b'"accounts_user": 1', b"2026-11-25T21"):
        place = whole.index(needle)
        path.write_bytes(whole[:place] + b"#" + whole[place + 1 :])

        with pytest.raises(ArchiveError, match="damaged"), opened(path) as reader:
            reader.read_all(None, step=nothing)


@pytest.mark.parametrize(
    "made",
    [
        entry("files/../../evil"),
        entry("/etc/cron.d/evil"),
        entry("../evil"),
        entry("files/./evil"),
        entry("files//evil"),
        entry("files/"),
        entry("C:/evil"),
        entry("files/a\\..\\..\\evil"),
        entry("shortlist.sqlite3"),
        entry("files/link", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        entry("files/hard", b"", type=tarfile.LNKTYPE, linkname="../../etc/passwd"),
        entry("files/folder", b"", type=tarfile.DIRTYPE),
        entry("files/pipe", b"", type=tarfile.FIFOTYPE),
        entry("files/device", b"", type=tarfile.CHRTYPE),
    ],
    ids=lambda made: made[0].name,
)
def test_case_29_zip_slip_entries_that_lead_outside_are_refused(tmp_path, made):
    path = forge(tmp_path / "evil.tar", [made])

    with pytest.raises(ArchiveError, match="which no backup has"), opened(path) as reader:
        reader.read_all(tmp_path / "inside" / "out", step=nothing)

    assert sorted(found.name for found in tmp_path.rglob("*")) == ["evil.tar"]


def test_case_29_zip_slip_the_same_name_twice_is_refused(tmp_path):
    path = forge(tmp_path / "evil.tar", [entry("files/a", b"1"), entry("files/a", b"2")])

    with pytest.raises(ArchiveError, match="twice"), opened(path):
        pass


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"files/a": {"size": 1, "sha256": "0" * 64}, "files/b": {"size": 1, "sha256": "0" * 64}},
        {"files/a": {"size": 2, "sha256": "0" * 64}},
    ],
)
def test_case_28_zip_bomb_members_are_those_of_the_manifest_in_their_sizes(tmp_path, members):
    path = forge(tmp_path / "evil.tar", [entry("files/a")], manifest={"members": members})

    with pytest.raises(ArchiveError, match="not those that its manifest names"), opened(path):
        pass


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "1"},
        {"counts": []},
        {"counts": {"a": "1"}},
        {"cut_at": "yesterday"},
        {"members": {"files/a": 1}},
        {"migrations": [1]},
        {"engine": None},
    ],
)
def test_manifest_of_another_shape_is_refused(tmp_path, wrong):
    path = forge(tmp_path / "evil.tar", [entry("files/a")], manifest=wrong)

    with pytest.raises(ArchiveError, match="none of a backup of Shortlist"), opened(path):
        pass


@pytest.mark.parametrize("data", [b"", b"SQLite format 3\0" + b"\0" * 2000, b"PK\x03\x04", b"\x1f\x8b"])
def test_file_that_is_no_archive_is_refused(tmp_path, data):
    path = tmp_path / "photo.jpg"
    path.write_bytes(data)

    with pytest.raises(ArchiveError), opened(path):
        pass


def test_names_of_files_may_be_what_people_give_them():
    assert is_ours(archive.FILES + "work/Lebenslauf Müller (1).pdf")
    assert is_ours(archive.FILES + "..a/b..")
