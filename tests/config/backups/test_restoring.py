"""A backup goes into an empty installation, wholly, and writes to nobody."""

import json
import os
import subprocess
import sys
import tarfile
from io import BytesIO, StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import User
from config.backups import archive, files, restoring, sqlite
from config.backups.refusals import BackupError
from config.backups.restoring import restore_backup, verify_backup
from config.embedded import folder
from outbox import operations, queries
from outbox.enums import MessageState, SignName
from outbox.models import Event, Message, Sign, Work
from outbox.rules import MAIL_LEASE, link_token
from tests.factories.accounts import NOW, make_user
from tests.factories.outbox import make_link, make_message
from tests.servers.processes import PROJECT, clean_environment


@pytest.fixture
def greeting(monkeypatch):
    """A kind of mail that no app has."""
    from outbox import registries
    from tests.factories.outbox import GREETING

    monkeypatch.setitem(registries._kinds, GREETING.kind, GREETING)


def run(*arguments):
    said = StringIO()
    call_command("restore", *arguments, stdout=said)
    return said.getvalue()


def is_empty(folder_):
    return {path.name for path in folder_.iterdir()} <= {"lock"}


def rewrite(path, change, target):
    """Write the backup anew as `change(manifest)` says; digests and seal fit."""
    with tarfile.open(path) as tar:
        members = {name: tar.extractfile(name).read() for name in tar.getnames()}
    manifest = json.loads(members.pop("manifest.json"))
    del members["manifest.sha256"]
    change(manifest, members)
    writer = archive.Writer(target)
    for name, data in members.items():
        info = tarfile.TarInfo(name)
        info.size = len(data)
        writer._add(info, BytesIO(data), lambda: None)
    writer.finish(manifest | {"members": dict(writer.members)})
    return target


def test_f28_restored_installation_is_whole_opens_old_links_and_writes_to_nobody(
    house, backup, greeting, smtp_server
):
    user = make_user(full_name="Ólafur")
    link = make_link()
    token = link_token(link)
    waiting, sending = make_message(link=link), make_message()
    Message.objects.filter(pk=sending.pk).update(state=MessageState.SENDING, lease_until=NOW, tries=1)
    files.default_storage.save("work/people.csv", ContentFile(b"name\n"))
    path = backup()
    make_user(full_name="After the cut")
    first = house.settings.DATA_DIR

    there = house.enter("second")
    before = timezone.now()
    said = json.loads(run(str(path), "--json"))

    assert there != first
    assert list(User.objects.values_list("full_name", flat=True)) == [user.full_name]
    assert (there / "files/work/people.csv").read_bytes() == b"name\n"
    assert (there / "keys/link_keys").read_text().split() == house.settings.LINK_KEYS
    assert (said["missing_files"], said["notes"], said["mail_is_held"]) == (0, [], True)
    assert not (there / ".restoring").exists()
    assert queries.find_link(token, purpose=link.purpose, now=NOW) == link
    hold = queries.mail_hold()
    assert hold.since >= before
    assert hold.cut_at.isoformat() == said["cut_at"]
    assert Event.objects.get(kind="mail.held").data == {"cut_at": said["cut_at"]}

    assert operations.deliver_due(now=NOW + MAIL_LEASE * 2) == 0
    states = dict(Message.objects.values_list("pk", "state"))
    assert states == {waiting.pk: MessageState.QUEUED, sending.pk: MessageState.UNKNOWN}
    assert smtp_server.delivered == []
    # What is written from now on gets keys of its own.
    make_user()
    make_message()


def test_f28_copy_made_by_hand_from_a_backup_holds_mail_too(house, backup, tmp_path):
    if house.server:
        pytest.skip("of a dump nothing is made by hand without pg_restore")
    path = backup()
    house.enter("second")
    with tarfile.open(path) as tar:
        (tmp_path / "packed").write_bytes(tar.extractfile(archive.SQLITE).read())
    sqlite.decompress(tmp_path / "packed", restoring.database_path(), limit=10**9, step=lambda: None)

    assert queries.mail_hold() is not None


def test_f28_mail_is_held_before_the_first_message_is_there(house, backup, greeting, monkeypatch):
    make_message()
    path = backup()
    house.enter("second")
    seen = []
    real = restoring.hold_mail

    def hold(**fields):
        held = Sign.objects.filter(name=SignName.MAIL_HOLD).exists()
        seen.append((held, Message.objects.count()))
        real(**fields)

    monkeypatch.setattr(restoring, "hold_mail", hold)
    restore_backup(path, now=timezone.now())

    # The copy of SQLite holds mail by itself; PostgreSQL has no message yet.
    assert seen == [(False, 0) if house.server else (True, 1)]
    assert Message.objects.count() == 1


def test_verify_says_that_a_backup_is_whole_and_changes_nothing(house, backup, tmp_path):
    make_user()
    path = backup()
    there = house.enter("second")

    said = json.loads(run(str(path), "--verify", "--json"))

    assert said["counts"]["accounts_user"] == 1
    assert said["version"] == "0.1.0"
    assert is_empty(there)
    assert "is whole: made 20" in run(str(path), "--verify")


def test_restore_writes_over_no_installation(house, backup):
    path = backup()
    make_user()

    with pytest.raises(CommandError, match=r"holds an installation already|is not empty, it has \d+ tables"):
        run(str(path))

    assert User.objects.count() == 1


@pytest.mark.usefixtures("same_on_both")
def test_restore_writes_over_no_files(house, backup):
    path = backup()
    there = house.enter("second")
    files.default_storage.save("work/mine.csv", ContentFile(b"mine"))

    with pytest.raises(CommandError, match="holds files already"):
        run(str(path))

    assert (there / "files/work/mine.csv").read_bytes() == b"mine"


@pytest.mark.usefixtures("same_on_both")
def test_restore_waits_for_no_running_installation(house, backup, monkeypatch):
    monkeypatch.setattr(folder, "LEFT_BEHIND_SECONDS", 0.1)
    path = backup()
    there = house.enter("second")

    with (
        folder.hold(there),
        pytest.raises(CommandError, match=r"is already running on .* Nothing was changed\."),
    ):
        run(str(path))

    assert is_empty(there)


def test_restore_refuses_a_database_that_somebody_is_connected_to(house, backup):
    if not house.server:
        pytest.skip("needs TEST_DATABASE=postgres")
    import psycopg

    path = backup()
    house.enter("second")
    with (
        psycopg.connect(house.server.url(house.database["NAME"])),
        pytest.raises(CommandError, match="Stop the web server, the workers"),
    ):
        run(str(path))


@pytest.mark.usefixtures("same_on_both")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": "0.2.0"}, r"made by Shortlist 0\.2\.0, which is newer"),
        ({"migrations": ["hiring.0002_later"]}, "which is newer"),
        ({"format": 2}, "in a form that 0.1.0 cannot read"),
        ({"counts": {"accounts_user": 5}}, "other numbers of rows than its manifest says"),
    ],
)
def test_backup_that_does_not_fit_is_refused_and_changes_nothing(house, backup, tmp_path, change, words):
    path = rewrite(backup(), lambda manifest, members: manifest.update(change), tmp_path / "changed.tar")
    there = house.enter("second")

    with pytest.raises(BackupError, match=words):
        restore_backup(path, now=NOW)

    assert is_empty(there)


def test_backup_of_the_other_database_is_refused_with_the_way(house, backup, tmp_path):
    other, member = ("sqlite", archive.SQLITE) if house.server else ("postgresql", archive.POSTGRES)

    def change(manifest, members):
        manifest["engine"] = other
        members[member] = b""

    path = rewrite(backup(), change, tmp_path / "changed.tar")
    there = house.enter("second")

    with pytest.raises(
        BackupError, match="migrate_database" if house.server else "empty PostgreSQL database"
    ):
        restore_backup(path, now=NOW)

    assert is_empty(there)


def test_case_28_zip_bomb_database_longer_than_its_manifest_says_is_not_unpacked(house, backup, tmp_path):
    if house.server:
        pytest.skip("a dump is not unpacked by us")
    path = rewrite(
        backup(), lambda manifest, members: manifest.update(unpacked=100_000), tmp_path / "bomb.tar"
    )
    there = house.enter("second")

    with pytest.raises(BackupError, match="longer than its manifest says"):
        restore_backup(path, now=NOW)
    with pytest.raises(BackupError, match="longer than its manifest says"):
        verify_backup(path)

    assert is_empty(there)


def test_damaged_database_is_refused_though_its_digest_fits(house, backup, tmp_path):
    def change(manifest, members):
        if house.server:
            members[archive.POSTGRES] = members[archive.POSTGRES][:2000] + b"\xff" * 50_000
        else:
            import gzip

            plain = bytearray(gzip.decompress(members[archive.SQLITE]))
            plain[4096 * 3 : 4096 * 5] = b"\xff" * 8192
            members[archive.SQLITE] = gzip.compress(bytes(plain), 1)

    path = rewrite(backup(), change, tmp_path / "damaged.tar")
    there = house.enter("second")

    with pytest.raises(BackupError):
        verify_backup(path)
    with pytest.raises(BackupError):
        restore_backup(path, now=NOW)
    assert is_empty(there)


@pytest.mark.usefixtures("same_on_both")
def test_f16_restore_that_does_not_fit_is_refused(house, backup, monkeypatch):
    from tests.config.backups.test_making import Usage

    path = backup()
    there = house.enter("second")
    monkeypatch.setattr(restoring.shutil, "disk_usage", lambda place: Usage(10**9, 10**9, 1_000_000))

    with pytest.raises(BackupError, match=r"1 MB free, \d+ MB are needed"):
        restore_backup(path, now=NOW)

    assert is_empty(there)


@pytest.mark.usefixtures("same_on_both")
def test_restore_that_was_cut_off_begins_anew(house, backup, monkeypatch, tmp_path):
    files.default_storage.save("work/people.csv", ContentFile(b"name\n"))
    path = backup()
    there = house.enter("second")

    class Cut(BaseException):
        pass

    def cut(*args):
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "put_keys", cut)
        with pytest.raises(Cut):
            restore_backup(path, now=NOW)
    with pytest.raises(folder.RefusalError, match=r"was cut off.*Run manage\.py restore again"):
        folder.check_whole(there)

    restore_backup(path, now=NOW)

    folder.check_whole(there)
    assert (there / "files/work/people.csv").read_bytes() == b"name\n"


@pytest.mark.usefixtures("same_on_both")
def test_sample_data_stays_sample_data(house, backup):
    (house.settings.DATA_DIR / "mode").write_text("demo\n")
    path = backup()
    there = house.enter("second")

    said = run(str(path))

    assert (there / "mode").read_text() == "demo\n"
    assert f"DATA_DIR={there} make demo" in said


@pytest.mark.usefixtures("same_on_both")
def test_f27_other_keys_in_the_environment_are_named_with_what_they_do(house, backup, settings, monkeypatch):
    backed_up = list(settings.LINK_KEYS)
    path = backup()
    there = house.enter("second")
    settings.LINK_KEYS, settings.SECRET_KEY = ["other" * 10], "another" * 10

    said = run(str(path))

    assert "links that candidates hold do not open. Add the keys in" in said
    assert str(there / "keys" / "link_keys") in said
    assert "Everybody signs in again" in said
    assert (there / "keys" / "link_keys").read_text().split() == backed_up
    assert backed_up[0] not in said


@pytest.mark.usefixtures("same_on_both")
def test_f27_key_that_the_empty_folder_had_is_kept_beside(house, backup, monkeypatch):
    path = backup()
    there = house.enter("second")
    (there / "keys").mkdir()
    (there / "keys" / "link_keys").write_text("had before\n")

    said = run(str(path))

    assert "link_keys.replaced and opens nothing" in said
    assert (there / "keys" / "link_keys.replaced").read_text() == "had before\n"


@pytest.mark.usefixtures("same_on_both")
def test_files_that_were_missing_already_are_counted(house, backup, greeting):
    Work.objects.create(
        kind="none", intent="none", actor_kind="system", created_at=NOW, due_at=NOW, file="work/gone.csv"
    )
    path = backup()
    house.enter("second")

    assert "Files that rows name and that were missing already: 1." in run(str(path))


@pytest.mark.usefixtures("same_on_both")
def test_backup_made_in_a_folder_opens_in_another_without_any_keys_set(house, backup, tmp_path):
    """The command as a person types it, in a folder where nothing is yet, not even keys."""
    path = backup()
    environment = clean_environment() | {"DATA_DIR": str(tmp_path / "new" / "data")}

    done = subprocess.run(
        [sys.executable, "manage.py", "restore", str(path)],
        env=environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert "LINK_KEYS" not in done.stdout
    assert (tmp_path / "new/data/keys/link_keys").read_text().split() == house.settings.LINK_KEYS
    assert os.stat(tmp_path / "new/data/shortlist.sqlite3").st_mode & 0o077 == 0
