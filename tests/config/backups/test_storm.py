"""F28: a backup that is made while candidates save, restored elsewhere."""

import threading
import time

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from assessments.enums import SaveOutcome
from assessments.models import AnswerRevision, Attempt
from config.backups.making import make_backup
from config.backups.restoring import restore_backup, verify_backup
from outbox.enums import LinkPurpose
from outbox.rules import link_token
from tests.factories.assessments import make_assessment, make_attempt, make_invitation, save
from tests.servers.parallel import run_all


@pytest.mark.filterwarnings("ignore:No directory at")
def test_f28_backup_under_a_storm_of_saves_holds_every_answer_that_was_acknowledged_before(house, tmp_path):
    now = timezone.now()
    assessment = make_assessment(questions=3)
    waiting = make_invitation(assessment, now=now)
    attempts = [make_attempt(invitation=make_invitation(assessment, now=now), now=now) for _ in range(4)]
    acknowledged: list[tuple[int, int, int]] = []
    begun, done = threading.Event(), threading.Event()

    def storm(attempt):
        page, version, count = [None] * 4, [0] * 4, 0
        while not done.is_set():
            position = 1 + count % 3
            reply = save(
                attempt,
                position,
                ["ab"[count % 2]],
                now=timezone.now(),
                base_version=version[position],
                page_id=page[position],
            )
            assert reply.outcome == SaveOutcome.SAVED
            version[position] = reply.version
            acknowledged.append((attempt.pk, position, reply.version))
            count += 1
            if len(acknowledged) >= 40:
                begun.set()
        return count

    def back_up():
        assert begun.wait(60)
        before = list(acknowledged)
        made = make_backup(output=tmp_path / "storm.tar", now=timezone.now())
        meanwhile = len(acknowledged) - len(before)
        end = time.monotonic() + 30
        # Whoever wrote while it was copied was not kept waiting for ever.
        while len(acknowledged) < len(before) + meanwhile + 4 and time.monotonic() < end:
            time.sleep(0.01)
        done.set()
        return before, made

    *counts, (before, made) = run_all([*(lambda a=a: storm(a) for a in attempts), back_up])

    assert all(isinstance(count, int) and count > 0 for count in counts), counts
    assert len(acknowledged) > len(before) >= 40
    at_the_cut = verify_backup(made.path)["counts"]["assessments_answerrevision"]
    assert len(before) <= at_the_cut <= len(acknowledged)

    house.enter("second")
    restored = restore_backup(made.path, now=timezone.now())

    assert AnswerRevision.objects.count() == at_the_cut
    saved = set(AnswerRevision.objects.values_list("attempt_id", "position", "number"))
    assert set(before) <= saved <= set(acknowledged)
    assert restored.missing_files == 0
    # The site answers on what was restored, and a link from before opens.
    candidate = Client()
    assert waiting.link.purpose == LinkPurpose.TEST
    opened = candidate.get(f"/t/{link_token(waiting.link)}/", follow=True)
    assert opened.status_code == 200
    assert assessment.name in opened.content.decode()
    assert Client().get(settings.LOGIN_REDIRECT_URL, follow=True).status_code == 200
    # A test that ran goes on where it was.
    running = Attempt.objects.get(pk=attempts[0].pk)
    last = max((version for pk, position, version in saved if (pk, position) == (running.pk, 1)), default=0)
    reply = save(running, 1, ["a"], now=timezone.now(), base_version=last)
    assert reply.outcome == SaveOutcome.SAVED
