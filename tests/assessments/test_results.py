"""Results of a test: what is listed, in which order, for whom; its downloads; what is done with those chosen."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.enums import Role
from assessments import operations
from assessments.enums import AttemptEventKind, AttemptState, SubmittedBy
from assessments.models import Assessment, Attempt, AttemptEvent, AttemptQuestion, Invitation
from assessments.queries import result_tables
from assessments.rules import shared_ranks
from hiring.models import JobMember
from outbox.models import Work
from outbox.operations import run_due_work
from tests.factories.accounts import make_user
from tests.factories.assessments import (
    make_assessment,
    make_attempt,
    make_finished,
    make_invitation,
    make_person,
)
from tests.factories.hiring import SYSTEM, make_application, make_manager, make_test_job
from tests.factories.hiring import invite as invite_application
from tests.factories.questions import NOW, make_bank, make_question, make_skill

pytestmark = pytest.mark.django_db


def finished(assessment: Assessment, name: str, right: int, **fields) -> Attempt:
    return make_finished(assessment, right=right, person=make_person(name), **fields)


def address(assessment: Assessment, name: str = "results", **parts: str) -> str:
    return reverse(f"assessments:{name}", kwargs={"slug": assessment.slug, **parts})


def names(client: Client, assessment: Assessment, query: str = "") -> list[str]:
    page = client.get(f"{address(assessment)}{query}").content.decode()
    return re.findall(
        r'<th scope="row" class="person-column"><span class="person-cell"><a[^>]*>([^<]*)</a>', page
    )


def cells(client: Client, assessment: Assessment, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"{address(assessment, 'results-file', format='csv')}{query}")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_ranks_are_shared_by_the_same_whole_percent(recruiter, assessment) -> None:
    for name, right in (("Nine A", 9), ("Seven A", 7), ("Seven B", 7), ("One", 1)):
        finished(assessment, name, right)
    make_invitation(assessment, person=make_person("Invited"), now=timezone.now())

    rows = cells(recruiter, assessment)

    assert [(row["Rank"], row["Name"]) for row in rows] == [
        ("1", "Nine A"),
        ("2", "Seven B"),
        ("2", "Seven A"),
        ("4", "One"),
        ("", "Invited"),
    ]


@pytest.mark.parametrize(
    ("percents", "ranks"),
    [
        (["90", "70", "70", "10"], {90: 1, 70: 2, 10: 4}),
        (["66.667", "66.5", "66.499"], {67: 1, 66: 3}),
        ([], {}),
    ],
)
def test_shared_ranks_count_whole_percents(percents, ranks) -> None:
    assert shared_ranks(Decimal(percent) for percent in percents) == ranks


@pytest.mark.parametrize(
    "looked_for", ["q=one", "band=below", "since=2000-01-01&q=one", "state=finished&q=one"]
)
def test_who_is_looked_for_keeps_the_rank_among_everybody(recruiter, assessment, looked_for) -> None:
    for name, right in (("Nine", 9), ("Seven", 7), ("One", 1)):
        finished(assessment, name, right)
    void = finished(assessment, "Void", 10)
    operations.void_attempt(attempt=void, reason="Somebody else", by=SYSTEM, now=NOW)

    rows = cells(recruiter, assessment, f"?{looked_for}")

    assert [(row["Rank"], row["Name"]) for row in rows] == [("3", "One")]


def test_ranks_of_a_version_count_its_results_alone(recruiter, assessment) -> None:
    finished(assessment, "Nine", 9)
    draft = operations.draft_version(assessment=assessment, by=SYSTEM, now=NOW)
    operations.publish_version(version=draft, by=SYSTEM, now=NOW)
    assessment.refresh_from_db()
    finished(assessment, "One", 1)

    rows = cells(recruiter, assessment, f"?version={assessment.current_version_id}&q=one")

    assert [(row["Rank"], row["Name"]) for row in rows] == [("1", "One")]


def test_every_state_is_said_in_words_and_void_has_no_result(recruiter, assessment) -> None:
    now = timezone.now()
    finished(assessment, "Finished", 10)
    make_attempt(assessment, person=make_person("Started"))
    make_invitation(assessment, person=make_person("Invited"), now=now)
    make_invitation(assessment, person=make_person("Expired"), now=NOW)
    void = finished(assessment, "Void", 9)
    operations.void_attempt(attempt=void, reason="Somebody else", by=SYSTEM, now=NOW)

    rows = {
        row["Name"]: (row["State"], row["Result"], row["Percent"]) for row in cells(recruiter, assessment)
    }

    assert rows == {
        "Finished": ("Finished", "Passed", "100.000"),
        "Started": ("Started", "", ""),
        "Invited": ("Invited", "", ""),
        "Expired": ("Expired", "", ""),
        "Void": ("Void", "", ""),
    }


def test_score_stands_with_its_error_and_its_band_in_words(recruiter, assessment) -> None:
    finished(assessment, "Ada", 6)

    page = recruiter.get(address(assessment)).content.decode()

    assert re.search(r"60 % <small[^>]*>± 16</small>", page)
    assert ">Passed</span>" in page
    assert "Python <b>60 %</b>" in page


def test_list_is_narrowed_by_every_filter(recruiter) -> None:
    bank = make_bank()
    sql, other = make_skill("sql"), make_skill("git")
    for skill in (sql, other):
        make_question(bank, skills=[skill])
    assessment = make_assessment(bank=bank, count=2)
    first = assessment.current_version
    one = finished(assessment, "Older One", 2)
    draft = operations.draft_version(assessment=assessment, by=SYSTEM, now=NOW)
    operations.publish_version(version=draft, by=SYSTEM, now=NOW)
    assessment.refresh_from_db()
    finished(assessment, "Newer None", 0, now=NOW + timedelta(days=3))
    make_attempt(assessment, person=make_person("Runs"), now=NOW + timedelta(days=5))

    def found(query: str) -> set[str]:
        return set(names(recruiter, assessment, query))

    assert found("") == {"Older One", "Newer None", "Runs"}
    assert found("?q=older+one") == {"Older One"}
    assert found(f"?q={one.invitation.candidate.emails.get().address}") == {"Older One"}
    assert found("?state=started") == {"Runs"}
    assert found("?band=below") == {"Newer None"}
    assert found("?band=none") == {"Runs"}
    assert found(f"?version={first.pk}") == {"Older One"}
    assert found(f"?skill={sql.pk}&at_least=50") == {"Older One"}
    assert found(f"?skill={sql.pk}") == {"Older One", "Newer None"}
    assert found("?since=2026-03-04") == {"Newer None"}
    assert found("?until=2026-03-02") == {"Older One"}
    assert found("?moment=started&since=2026-03-06") == {"Runs"}
    assert found("?q=zzz") == set()


def test_list_is_sorted_by_what_its_heading_says(recruiter, assessment) -> None:
    finished(assessment, "Berta", 3)
    finished(assessment, "anton", 9)
    make_attempt(assessment, person=make_person("Carla"))

    assert names(recruiter, assessment) == ["anton", "Berta", "Carla"]
    assert names(recruiter, assessment, "?sort=score") == ["Berta", "anton", "Carla"]
    assert names(recruiter, assessment, "?sort=-person") == ["Carla", "Berta", "anton"]
    # Who has not finished stands at the end, whichever way the list is turned.
    assert names(recruiter, assessment, "?sort=-finished")[2] == "Carla"
    page = recruiter.get(f"{address(assessment)}?sort=-person").content.decode()
    assert (
        '<th scope="col" class="person-column" aria-sort="descending"><a class="sort-link" href="?sort=person">Name</a>'
        in page
    )


@pytest.mark.parametrize(
    "query",
    ["?sort=extra_time", "?state=y&band=x&version=²&skill=9e9&since=2026-13-40&page=-1", "?at_least=999"],
)
def test_what_makes_no_sense_in_an_address_is_left_out(recruiter, assessment, query) -> None:
    finished(assessment, "Ada", 6)

    assert names(recruiter, assessment, query) == ["Ada"]


def test_pause_of_an_outage_is_no_time_used(recruiter, assessment) -> None:
    attempt = make_attempt(assessment)
    operations.pause_attempt(attempt=attempt, reason="Outage", by=SYSTEM, now=NOW + timedelta(minutes=5))
    operations.resume_attempt(
        attempt=attempt, reason="It is over", by=SYSTEM, now=NOW + timedelta(minutes=25)
    )
    operations.submit_attempt(
        attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW + timedelta(minutes=30)
    )

    assert [row["Minutes used"] for row in cells(recruiter, assessment)] == ["10.0"]


def test_columns_are_chosen_remembered_and_hold_in_the_file(recruiter, assessment) -> None:
    finished(assessment, "Ada", 6)
    here = address(assessment)

    response = recruiter.post(
        reverse("shell:columns", args=["test-results"]),
        {"columns": ["version", "score"], "next": f"{here}?sort=person"},
    )

    assert response.url == f"{here}?sort=person"
    assert list(cells(recruiter, assessment)[0]) == [
        "Name",
        "Email address",
        "Result",
        "Percent",
        "Standard error",
        "Version",
    ]
    recruiter.post(reverse("shell:columns", args=["test-results"]), {"usual": "1", "next": here})
    assert "Rank" in cells(recruiter, assessment)[0]


def test_extra_time_is_shown_to_administrators_alone(recruiter, assessment, signed_in) -> None:
    make_finished(assessment, right=5, invitation=make_invitation(assessment, extra_seconds=600))
    make_finished(assessment, right=9)
    administrator = signed_in(make_user(Role.ADMINISTRATOR))

    assert [row["Extra minutes"] for row in cells(administrator, assessment, "?sort=-extra_time")] == [
        "10",
        "",
    ]
    assert "+ 10 min" in administrator.get(address(assessment)).content.decode()
    assert "Extra minutes" not in cells(recruiter, assessment)[0]
    assert "10 min" not in recruiter.get(address(assessment)).content.decode()
    recruiter.post(reverse("shell:columns", args=["test-results"]), {"columns": ["extra_time"]})
    assert "Extra minutes" not in cells(recruiter, assessment)[0]


def test_files_hold_what_the_list_shows_and_run_nothing(recruiter, assessment) -> None:
    finished(assessment, "=cmd|' /C calc'!A0", 6)
    finished(assessment, "Below", 1)
    query = "?band=passed"

    rows = cells(recruiter, assessment, query)
    content = recruiter.get(f"{address(assessment, 'results-file', format='xlsx')}{query}").content
    sheet = list(load_workbook(io.BytesIO(content)).active.values)

    assert [row["Name"] for row in rows] == ["'=cmd|' /C calc'!A0"]
    assert dict(zip(sheet[0], sheet[1], strict=True))["Name"] == "'=cmd|' /C calc'!A0"
    assert len(sheet) == 2


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_long_list_is_made_by_a_worker_with_the_same_content(
    recruiter, assessment, monkeypatch, form
) -> None:
    for name, right in (("=1+1", 6), ("Ada", 9), ("Below", 1)):
        finished(assessment, name, right)
    recruiter.post(reverse("shell:columns", args=["test-results"]), {"columns": ["score", "rank", "skills"]})
    query = "?band=passed&sort=person"
    at_once = recruiter.get(f"{address(assessment, 'results-file', format=form)}{query}")
    monkeypatch.setattr(result_tables, "AT_ONCE", 1)
    monkeypatch.setattr(result_tables, "_CHUNK", 1)

    page = recruiter.get(f"{address(assessment)}{query}").content.decode()
    looked = recruiter.get(f"{address(assessment, 'results-file', format=form)}{query}")
    nothing_yet = Work.objects.count()
    asked = [
        recruiter.post(f"{address(assessment, 'results-file', format=form)}{query}", {"token": "once"}).url
        for _ in range(2)
    ]
    # The columns are those that were seen.
    recruiter.post(reverse("shell:columns", args=["test-results"]), {"columns": ["state"]})
    run_due_work(now=timezone.now())
    work = Work.objects.get()
    fetched = recruiter.post(reverse("outbox:work-file", args=[work.public_id]))

    assert f"Make a{'n' if form == 'xlsx' else ''} {form.upper()} file" in page
    assert (looked.url, nothing_yet) == (f"{address(assessment)}{query}", 0)
    assert asked == [reverse("outbox:work", args=[work.public_id])] * 2
    assert (work.state, work.done, work.total) == ("done", 2, 2)
    content = content_of(fetched, form)
    assert content == content_of(at_once, form)
    assert len(content) == 3
    assert fetched["Content-Type"].split(";")[0] == at_once["Content-Type"].split(";")[0]


def content_of(response, form: str) -> list[tuple[str, ...]]:
    content = b"".join(response)
    if form == "xlsx":
        return list(load_workbook(io.BytesIO(content)).active.values)
    return [tuple(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))]


def test_a_long_list_of_a_job_is_made_as_long_as_its_people_may_be_seen(signed_in, monkeypatch) -> None:
    job, assessment = make_test_job(recruiter=(user := make_user(Role.RECRUITER)))
    for _ in range(2):
        invite_application(make_application(job), assessment)
    client = signed_in(user)
    monkeypatch.setattr(result_tables, "AT_ONCE", 1)
    results_file = reverse("hiring:results-file", kwargs={"slug": job.slug, "format": "csv"})

    page = client.get(reverse("hiring:results", args=[job.slug])).content.decode()
    client.post(results_file, {"token": "seen"})
    run_due_work(now=timezone.now())
    client.post(results_file, {"token": "not any more"})
    JobMember.objects.filter(user=user).delete()
    run_due_work(now=timezone.now())

    assert "Make a CSV file" in page
    done, failed = Work.objects.order_by("pk")
    assert (done.state, done.done, bool(done.file)) == ("done", 2, True)
    assert (failed.state, failed.reason) == ("failed", "You may not see these results any more.")
    assert not failed.file


def test_people_of_other_jobs_are_neither_listed_nor_counted_nor_filed(recruiter) -> None:
    job, assessment = make_test_job()
    invite_application(make_application(job, full_name="Secret Person"), assessment)
    finished(assessment, "Of no job", 5)

    page = recruiter.get(address(assessment)).content.decode()

    assert "Secret Person" not in page
    assert "1 person" in page
    assert [row["Name"] for row in cells(recruiter, assessment)] == ["Of no job"]


def test_list_without_anybody_says_what_will_be_here(recruiter, assessment) -> None:
    page = recruiter.get(address(assessment)).content.decode()

    assert "Nobody whom you see was invited to this test yet" in page
    assert "Download CSV" not in page


def test_hint_of_integrity_stands_with_its_things_and_sorts_nobody(recruiter, assessment) -> None:
    attempt = finished(assessment, "Ada", 5)
    finished(assessment, "Bob", 9)
    make_attempt(assessment, person=make_person("Runs"))
    AttemptQuestion.objects.filter(attempt=attempt).update(seconds=60)
    AttemptEvent.objects.create(attempt=attempt, kind=AttemptEventKind.OTHER_DEVICE, at=NOW)

    hints = {row["Name"]: (row["Integrity"], row["To look at"]) for row in cells(recruiter, assessment)}
    page = recruiter.get(address(assessment)).content.decode()

    assert hints == {
        "Ada": ("A few things to look at", "another device"),
        "Bob": ("Not measured", ""),
        "Runs": ("", ""),
    }
    assert "It proves nothing by itself" in page
    assert "sort=integrity" not in page
    assert names(recruiter, assessment, "?sort=integrity") == ["Bob", "Ada", "Runs"]


# Session, user, roles; test; versions and skills of the filter, pauses, lines; people, scores, names of skills;
# hints (3, and 1 where somebody was quick); permissions (2), organisation, signs.
QUERIES = 18


def test_results_cost_the_same_for_one_and_three_people(
    recruiter, assessment, django_assert_num_queries
) -> None:
    finished(assessment, "One", 1)
    recruiter.get(address(assessment))

    with django_assert_num_queries(QUERIES):
        recruiter.get(address(assessment))
    finished(assessment, "Two", 2)
    finished(assessment, "Three", 3)
    with django_assert_num_queries(QUERIES):
        recruiter.get(address(assessment))


def test_chosen_attempts_are_void_after_a_look_at_who_they_are(recruiter, assessment) -> None:
    done, running = finished(assessment, "Done", 5), make_attempt(assessment, person=make_person("Runs"))
    invited = make_invitation(assessment, person=make_person("Invited"), now=timezone.now())
    here = f"{address(assessment)}?sort=person"
    void = reverse("assessments:change-invitations", args=["void"])

    asked = recruiter.post(
        void, {"invitations": [done.invitation_id, running.invitation_id, invited.pk], "next": here}
    ).content.decode()
    before = set(Attempt.objects.values_list("state", flat=True))
    [ids] = re.findall(r'name="ids" value="([^"]*)"', asked)
    refused = recruiter.post(void, {"ids": ids, "next": here, "reason": ""})
    response = recruiter.post(void, {"ids": ids, "next": here, "reason": "Fire alarm"})

    assert "Declare 2 attempts void" in asked
    assert "Skipped" in asked
    assert before == {AttemptState.SUBMITTED, AttemptState.IN_PROGRESS}
    assert refused.status_code == 200
    assert response.url == here
    assert set(Attempt.objects.values_list("state", "void_reason")) == {("void", "Fire alarm")}


def test_void_of_an_invitation_nobody_started_is_refused_in_words(recruiter, assessment) -> None:
    invitation = make_invitation(assessment, now=timezone.now())

    response = recruiter.post(
        reverse("assessments:change-invitations", args=["void"]),
        {"ids": str(invitation.pk), "reason": "x"},
        follow=True,
    )

    assert "Nobody has started this test with it." in response.content.decode()


def test_chosen_invitations_are_extended_from_the_list(recruiter, assessment) -> None:
    invitation = make_invitation(assessment, now=NOW)
    extend = reverse("assessments:change-invitations", args=["extend"])
    until = timezone.localtime(timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")

    recruiter.post(extend, {"ids": str(invitation.pk), "expires_at": until, "next": "//evil.example/"})

    assert Invitation.objects.get().expires_at > timezone.now()


def test_way_back_leads_to_no_foreign_place(recruiter, assessment) -> None:
    response = recruiter.post(reverse("shell:columns", args=["test-results"]), {"next": "//evil.example/"})

    assert response.url == reverse("admin:index")


def test_who_may_only_look_can_choose_nobody(assessment, signed_in) -> None:
    job, assessment = make_test_job()
    invite_application(make_application(job), assessment)

    page = signed_in(make_manager(job)).get(address(assessment)).content.decode()

    assert "1 person" in page
    assert 'name="invitations"' not in page
    assert "Declare void" not in page


def test_test_leads_to_its_results(recruiter, assessment) -> None:
    page = recruiter.get(
        reverse("admin:assessments_assessment_change", args=[assessment.pk])
    ).content.decode()

    assert f'href="{address(assessment)}"' in page
