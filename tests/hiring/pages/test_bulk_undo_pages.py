"""The button that takes back what was done with many, on the page of the work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from hiring import operations
from hiring.enums import ApplicationStatus
from outbox.models import Work
from outbox.operations import run_due_work
from tests.factories.accounts import actor
from tests.factories.hiring import make_application, move, stages
from tests.hiring.pages.house import House, SignIn


def _moved(house: House) -> Work:
    rows = [house.application, make_application(house.job, full_name="Lena Later")]
    work = operations.queue_bulk_move(
        job=house.job,
        seen=[(row.pk, row.version) for row in rows],
        to_stage=stages(house.job)["Test"],
        intent="move",
        by=actor(house.recruiter),
        now=timezone.now(),
    )
    run_due_work(now=timezone.now() + timedelta(seconds=1))
    work.refresh_from_db()
    return work


def test_who_asked_undoes_it_and_reads_who_was_left(house: House, sign_in: SignIn, freeze: Any) -> None:
    freeze(timezone.now())
    work = _moved(house)
    client, address = sign_in(house.recruiter), f"/admin/work/{work.public_id}/undo/"
    later = house.job.applications.get(candidate__full_name="Lena Later")
    seen = client.get(f"/admin/work/{work.public_id}/").content.decode()
    operations.change_status(
        application=later,
        to_status=ApplicationStatus.ON_HOLD,
        seen_version=None,
        by=actor(house.administrator),
        now=timezone.now(),
    )

    asked = client.post(address)
    run_due_work(now=timezone.now() + timedelta(seconds=2))

    undoing = Work.objects.get(kind="hiring.undo")
    after = client.get(f"/admin/work/{undoing.public_id}/").content.decode()
    house.application.refresh_from_db()
    assert f'action="{address}"' in seen
    assert asked["Location"] == f"/admin/work/{undoing.public_id}/"
    assert "1 person is where they were before." in after
    assert "Who was left out" in after
    assert f'<a href="/admin/applications/{later.public_id}/">Lena Later</a>' in after
    assert "Nora Known" not in after
    assert "/undo/" not in after
    assert house.application.stage.name == "Applied"


def test_others_are_offered_nothing_and_too_late_is_said(house: House, sign_in: SignIn) -> None:
    work = _moved(house)
    page, address = f"/admin/work/{work.public_id}/", f"/admin/work/{work.public_id}/undo/"

    others = sign_in(house.administrator).get(page).content.decode()
    answers = {
        who: sign_in(getattr(house, who)).post(address).status_code
        for who in ("administrator", "manager", "other_recruiter", "nobody")
    }
    Work.objects.filter(pk=work.pk).update(finished_at=timezone.now() - timedelta(seconds=30))
    client = sign_in(house.recruiter)
    late = client.post(address, follow=True).content.decode()

    assert "/undo/" not in others
    assert set(answers.values()) == {404}
    assert "That can be undone for ten seconds only." in late
    assert "/undo/" not in client.get(page).content.decode()
    assert not Work.objects.filter(kind="hiring.undo").exists()


def test_the_page_of_work_costs_the_same_whoever_was_left_out(house: House, sign_in: SignIn) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for count in (1, 3):
        rows = [make_application(house.job) for _ in range(count)]
        seen = [(row.pk, row.version) for row in rows]
        for row in rows:
            move(row, "Interview")
        work = operations.queue_bulk_move(
            job=house.job,
            seen=seen,
            to_stage=stages(house.job)["Test"],
            intent=f"left {count}",
            by=actor(house.recruiter),
            now=timezone.now(),
        )
        run_due_work(now=timezone.now() + timedelta(seconds=1))
        client = sign_in(house.recruiter)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(f"/admin/work/{work.public_id}/").content.decode()
        assert page.count("Was changed by somebody else in the meantime") == count + 1
        counts.append(len(captured))

    assert counts[0] == counts[1]
