from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from assessments.models import Invitation
from candidates.models import CandidateMerge
from candidates.operations import MergeRefused, unmerge_people, update_candidate
from hiring.enums import ApplicationStatus
from hiring.models import Application
from hiring.operations import merge_candidates
from hiring.queries.merging import preview_merge
from tests.factories.accounts import NOW, actor, make_administrator, make_recruiter
from tests.factories.candidates import make_candidate
from tests.factories.hiring import SYSTEM, invite, make_application, make_job, make_test_job, set_status

pytestmark = pytest.mark.django_db


def test_one_of_two_live_applications_ends_and_both_are_the_kept_person_s() -> None:
    recruiter = make_recruiter()
    job, assessment = make_test_job(recruiter=recruiter)
    kept, ending = make_application(job), make_application(job)
    invite(ending, assessment)

    merge = merge_candidates(
        kept=kept.candidate, merged=ending.candidate, ending=[ending], by=actor(recruiter), now=NOW
    )

    states = dict(Application.objects.filter(candidate=kept.candidate).values_list("pk", "status"))
    assert states == {kept.pk: ApplicationStatus.ACTIVE, ending.pk: ApplicationStatus.WITHDRAWN}
    assert Invitation.objects.get().revoked_at == NOW
    unmerge_people(merge=merge, by=actor(recruiter), now=NOW)
    ending.refresh_from_db()
    assert (ending.candidate, ending.status) == (merge.merged, ApplicationStatus.WITHDRAWN)


def test_a_merge_that_is_refused_ends_no_application() -> None:
    first, second = make_job(), make_job()
    kept, merged = make_candidate(email="ada@example.com"), make_candidate(email="al@example.com")
    both = [
        make_application(job, email=email)
        for job in (first, second)
        for email in ("ada@example.com", "al@example.com")
    ]

    with pytest.raises(MergeRefused):
        merge_candidates(kept=kept, merged=merged, ending=[both[0]], by=SYSTEM, now=NOW)

    assert set(Application.objects.values_list("status", flat=True)) == {ApplicationStatus.ACTIVE}
    assert not CandidateMerge.objects.exists()


def test_who_does_not_recruit_for_the_job_ends_no_application_by_a_merge() -> None:
    recruiter, other = make_recruiter(), make_recruiter()
    job = make_job(recruiter=recruiter)
    kept, ending = make_application(job), make_application(job)
    stranger = make_application(job)

    for by, row in ((actor(other), ending), (actor(recruiter), stranger)):
        with pytest.raises(PermissionDenied):
            merge_candidates(kept=kept.candidate, merged=ending.candidate, ending=[row], by=by, now=NOW)

    assert set(Application.objects.values_list("status", flat=True)) == {ApplicationStatus.ACTIVE}


def test_case_66_self_approve_nobody_merges_themselves_with_somebody() -> None:
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    other, own = make_application(job).candidate, make_application(make_job(recruiter=recruiter)).candidate
    update_candidate(
        candidate=own,
        full_name=own.full_name,
        emails=[recruiter.email],
        phone="",
        time_zone="",
        language="",
        by=SYSTEM,
        now=NOW,
    )

    for kept, merged in ((other, own), (own, other)):
        with pytest.raises(PermissionDenied, match="Ask a colleague"):
            merge_candidates(kept=kept, merged=merged, by=actor(recruiter), now=NOW)

    assert not CandidateMerge.objects.exists()


def test_case_66_self_approve_a_merge_does_not_wash_off_who_referred_somebody() -> None:
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter, openings=1)
    referred, twin = make_application(job), make_candidate()
    Application.objects.filter(pk=referred.pk).update(referred_by=recruiter)

    merge_candidates(kept=twin, merged=referred.candidate, by=actor(recruiter), now=NOW)

    referred.refresh_from_db()
    assert (referred.candidate, referred.referred_by) == (twin, recruiter)


def test_the_preview_tells_what_moves_and_no_job_that_is_not_seen() -> None:
    recruiter = make_recruiter()
    mine, secret = make_job(recruiter=recruiter, title="Gardener"), make_job(title="Secret plan")
    for email in ("ada@example.com", "al@example.com"):
        for job in (mine, secret):
            make_application(job, email=email)
    kept, merged = (
        Application.objects.filter(job=mine).order_by("pk")[number].candidate for number in range(2)
    )

    seen = preview_merge(kept=kept, merged=merged, actor=actor(recruiter))
    everything = preview_merge(kept=kept, merged=merged, actor=actor(make_administrator()))

    assert dict(seen.moves) == {"Email addresses": 1, "Applications": 1}
    assert [clash.of_kept.job for clash in seen.clashes] == [mine]
    assert (seen.is_blocked, seen.may_merge) == (True, False)
    assert dict(everything.moves)["Applications"] == 2
    assert [clash.of_kept.job for clash in everything.clashes] == [mine, secret]
    assert (everything.is_blocked, everything.may_merge) == (False, True)


def test_an_application_that_is_over_is_no_clash() -> None:
    job = make_job()
    kept, over = make_application(job), make_application(job)
    set_status(over, ApplicationStatus.WITHDRAWN)

    preview = preview_merge(kept=kept.candidate, merged=over.candidate, actor=SYSTEM)

    assert (preview.clashes, preview.may_merge) == ([], True)
    merge_candidates(kept=kept.candidate, merged=over.candidate, by=SYSTEM, now=NOW)
