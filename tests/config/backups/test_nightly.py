"""One backup a night, whoever looks and however often."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings as real_settings
from django.urls import reverse

from accounts.models import Organisation
from config import tasks
from config.backups import nightly
from config.backups.refusals import BackupError
from outbox.enums import BackupOutcome, SignName
from outbox.models import Lease, Sign
from outbox.operations import acquire_lease, give_sign
from outbox.queries import backup_notices
from tests.factories.accounts import make_administrator, make_organisation, make_recruiter
from tests.servers.parallel import run_parallel

EVENING = datetime(2026, 11, 3, 20, tzinfo=UTC)
NIGHT = datetime(2026, 11, 4, 2, 5, tzinfo=UTC)


@pytest.fixture
def folder(house, settings):
    settings.BACKUP_FOLDER = house.root / "kept"
    return settings.BACKUP_FOLDER


@pytest.fixture
def failing(monkeypatch):
    """`failing(error)` lets every backup fail so."""

    def fail(error):
        def make_backup(**fields):
            raise error

        monkeypatch.setattr(nightly, "make_backup", make_backup)

    return fail


def names(folder):
    return sorted(path.name for path in folder.glob("*")) if folder.exists() else []


def said():
    return Sign.objects.get(name=SignName.BACKUP)


def test_first_look_counts_the_nights_from_then_on_and_the_first_night_brings_a_backup(folder):
    nightly.look(now=EVENING)

    assert (said().data["outcome"], names(folder)) == ("waiting", [])

    nightly.look(now=EVENING + timedelta(hours=1))
    assert names(folder) == []

    nightly.look(now=NIGHT)
    nightly.look(now=NIGHT + timedelta(minutes=10))

    assert names(folder) == ["shortlist-nightly-2026-11-04T020500Z.tar"]
    data = said().data
    assert data["outcome"] == "done"
    assert data["size"] == (folder / names(folder)[0]).stat().st_size
    assert data["seconds"] >= 0
    assert Lease.objects.get(name="backup").holder == ""


def sign(*, last_good, at=None, outcome="done"):
    return Sign(at=at or last_good, data={"outcome": outcome, "last_good": last_good.isoformat()})


@pytest.mark.parametrize(
    ("last_good", "now", "due"),
    [
        # A night has begun since, in the organisation's time zone; Berlin is an hour ahead here.
        ("2026-11-03T20:00", "2026-11-04T00:59", False),
        ("2026-11-03T20:00", "2026-11-04T01:00", True),
        ("2026-11-04T01:30", "2026-11-04T23:00", False),
        # A machine that was off makes up for it, once.
        ("2026-11-01T01:10", "2026-11-04T14:00", True),
        # The night the clocks go forward has no two o'clock.
        ("2026-03-28T20:00", "2026-03-29T01:00", True),
    ],
)
def test_backup_is_due_once_a_night(last_good, now, due):
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (last_good, now)]

    assert nightly.is_due(sign(last_good=moments[0]), zone=ZoneInfo("Europe/Berlin"), now=moments[1]) is due


def test_failed_backup_is_tried_again_after_an_hour():
    failed = sign(last_good=EVENING, at=NIGHT, outcome="no_space")

    assert not nightly.is_due(failed, zone=ZoneInfo("UTC"), now=NIGHT + timedelta(minutes=59))
    assert nightly.is_due(failed, zone=ZoneInfo("UTC"), now=NIGHT + timedelta(minutes=60))


def test_f24_two_workers_at_once_make_one_backup(folder):
    nightly.look(now=EVENING)

    outcomes = run_parallel(lambda: nightly.look(now=NIGHT), 3)

    assert outcomes == [None] * 3
    assert len(names(folder)) == 1
    assert said().data["outcome"] == "done"


def test_f24_backup_that_another_worker_is_at_is_left_to_it(folder):
    nightly.look(now=EVENING)
    assert acquire_lease(name="backup", holder="another", seconds=60, now=NIGHT)

    nightly.look(now=NIGHT)

    assert names(folder) == []
    # A worker that was killed is replaced when its lease is over.
    nightly.look(now=NIGHT + timedelta(seconds=61))
    assert len(names(folder)) == 1


def test_last_fourteen_are_kept_and_what_people_made_stays(folder):
    folder.mkdir()
    for day in range(1, 29):
        (folder / f"shortlist-nightly-2026-10-{day:02}T020000Z.tar").touch()
    (folder / "shortlist-2026-01-01T120000Z.tar").touch()
    (folder / "notes.txt").touch()
    nightly.look(now=EVENING)

    nightly.look(now=NIGHT)

    assert names(folder) == [
        "notes.txt",
        "shortlist-2026-01-01T120000Z.tar",
        *(f"shortlist-nightly-2026-10-{day:02}T020000Z.tar" for day in range(16, 29)),
        "shortlist-nightly-2026-11-04T020500Z.tar",
    ]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (BackupError("full", BackupOutcome.NO_SPACE), "no_space"),
        (SoftTimeLimitExceeded(), "too_slow"),
        (RuntimeError("what"), "failed"),
    ],
)
def test_failure_is_written_down_and_the_last_good_one_stays_known(folder, failing, error, outcome):
    nightly.look(now=EVENING)
    failing(error)

    nightly.look(now=NIGHT)

    assert said().data == {"outcome": outcome, "last_good": EVENING.isoformat()}
    assert Lease.objects.get(name="backup").holder == ""


def test_backup_that_is_switched_off_says_nothing_any_more(folder, settings):
    nightly.look(now=EVENING)
    settings.BACKUP_FOLDER = None

    nightly.look(now=NIGHT)

    assert not Sign.objects.filter(name=SignName.BACKUP).exists()
    assert names(folder) == []


def test_renewal_keeps_the_lease_of_a_long_backup_and_notices_its_loss(house, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(nightly.time, "monotonic", lambda: clock[0])
    assert acquire_lease(name="backup", holder="me", seconds=120, now=NIGHT)
    renew = nightly.Renewal("me", started=NIGHT)

    clock[0] = 100.0
    renew()

    assert Lease.objects.get(name="backup").until == NIGHT + timedelta(seconds=220)
    assert Sign.objects.get(name=SignName.WORKER_MAINT).at == NIGHT + timedelta(seconds=100)
    assert acquire_lease(name="backup", holder="another", seconds=120, now=NIGHT + timedelta(seconds=221))
    clock[0] = 222.0
    with pytest.raises(BackupError, match="Another worker"):
        renew()


# --- What administrators read ---


@pytest.mark.parametrize(
    ("outcome", "days", "words"),
    [
        ("done", 1, []),
        ("waiting", 2, []),
        ("done", 4, ["There was no backup for 4 days."]),
        ("no_space", 0, ["The nightly backup failed. There was too little space on the disk."]),
        ("damaged", 0, ["The nightly backup failed. The database is damaged. Restore the last good backup."]),
    ],
)
def test_notice_names_what_is_wrong_with_the_mend(outcome, days, words):
    found = backup_notices(
        sign(last_good=NIGHT - timedelta(days=days), outcome=outcome), now=NIGHT + timedelta(minutes=1)
    )

    assert len(found) == len(words)
    for notice, start in zip(found, words, strict=True):
        assert notice.text.startswith(start)
        assert notice.tone == "bad"


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore:No directory at")
def test_notice_is_for_administrators_alone(client):
    give_sign(name=SignName.BACKUP, now=NIGHT, data={"outcome": "no_space", "last_good": NIGHT.isoformat()})
    pages = []
    for user in (make_recruiter(), make_administrator()):
        client.force_login(user)
        pages.append(client.get(reverse("outbox:mail")).content.decode())

    assert ["The nightly backup failed" in page for page in pages] == [False, True]


# --- The task ---


@pytest.mark.django_db
def test_task_is_scheduled_limited_and_writes_down_the_version(settings):
    settings.BACKUP_FOLDER = None
    make_organisation()

    tasks.back_up()
    tasks.back_up()

    assert Sign.objects.get(name=SignName.VERSION).data == {"version": "0.1.0"}
    assert tasks.back_up.name in {entry["task"] for entry in real_settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks.back_up.soft_time_limit < tasks.back_up.time_limit < 600
    assert Organisation.objects.count() == 1
