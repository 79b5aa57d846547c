import pytest

from candidates import queries as people
from candidates.operations import MergeRefused, erase_person, export_person, merge_people, unmerge_people
from hiring.enums import ApplicationStatus
from hiring.models import Application, ApplicationTransition
from tests.factories.accounts import NOW, actor, make_administrator, make_recruiter
from tests.factories.hiring import (
    SYSTEM,
    invite,
    make_application,
    make_job,
    make_test_job,
    move,
    set_status,
    sit,
)


def by_administrator():
    return actor(make_administrator())


@pytest.mark.django_db
def test_a_merge_moves_applications_and_parting_moves_them_back():
    kept, merged = make_application().candidate, make_application().candidate
    by = by_administrator()

    merge = merge_people(kept=kept, merged=merged, by=by, now=NOW)
    together = set(Application.objects.values_list("candidate", flat=True))
    unmerge_people(merge=merge, by=by, now=NOW)

    assert together == {kept.pk}
    assert set(Application.objects.values_list("candidate", flat=True)) == {kept.pk, merged.pk}


@pytest.mark.django_db
def test_two_live_applications_for_one_job_are_not_merged():
    job = make_job(title="Gardener")
    kept, merged = make_application(job).candidate, make_application(job).candidate

    with pytest.raises(MergeRefused, match="Gardener"):
        merge_people(kept=kept, merged=merged, by=by_administrator(), now=NOW)

    assert set(Application.objects.values_list("candidate", flat=True)) == {kept.pk, merged.pk}


@pytest.mark.django_db
def test_the_export_holds_applications_moves_and_results_and_no_colleague():
    recruiter = make_recruiter(full_name="Ida Lindqvist")
    job, assessment = make_test_job(recruiter=recruiter, title="Gardener")
    application = make_application(job, by=actor(recruiter))
    Application.objects.filter(pk=application.pk).update(agency="Talents Ltd", external_id="A-1")
    sit(invite(application, assessment), right=2)
    set_status(application, ApplicationStatus.REJECTED, by=actor(recruiter), comment="Too few plants")

    exported = export_person(candidate=application.candidate, by=by_administrator(), now=NOW)

    (told,) = exported["hiring"][0]["applications"]
    assert (told["job"], told["status"]) == ("Gardener", "rejected")
    assert (told["agency"], told["external_id"]) == ("Talents Ltd", "A-1")
    assert [move["to_stage"] for move in told["moves"]] == ["Applied", "Test", "Test"]
    assert told["moves"][-1]["comment"] == "Too few plants"
    assert "Ida Lindqvist" not in str(exported["hiring"])


@pytest.mark.django_db
def test_erasure_blanks_what_was_written_and_keeps_the_counts():
    application = move(make_application(), "Screen", comment="Ana Díaz was late")

    erase_person(candidate=application.candidate, by=by_administrator(), now=NOW)

    moves = ApplicationTransition.objects.filter(application=application)
    assert moves.count() == 2
    assert set(moves.values_list("comment", flat=True)) == {""}


@pytest.mark.django_db
def test_the_timeline_tells_the_moves_of_one_s_own_jobs_only():
    recruiter = make_recruiter()
    mine = make_application(make_job(recruiter=recruiter, title="Gardener"), email="ana@example.com")
    secret, assessment = make_test_job(title="Secret plan")
    invite(make_application(secret, email="ana@example.com"), assessment)
    move(mine, "Interview")

    told = [entry.text for entry in people.timeline(mine.candidate, actor(recruiter))]
    everything = [entry.text for entry in people.timeline(mine.candidate, SYSTEM)]

    assert any("Gardener" in text and "Interview" in text for text in told)
    assert not any("Secret plan" in text or "Mail" in text for text in told)
    assert any("Secret plan" in text for text in everything)
    assert any("Mail" in text for text in everything)
