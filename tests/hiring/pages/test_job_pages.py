"""Making a job, its page with its people, its stages, adding and importing people."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from hiring.enums import ApplicationStatus, JobStatus, ScoreRule
from hiring.models import Application, Job, Stage
from tests.factories.accounts import make_user
from tests.factories.hiring import make_application, move, set_status, stages
from tests.hiring.pages.house import House, SignIn, with_result

JOB = "/admin/jobs/backend/"


def test_new_job_with_test_and_manager(house: House, sign_in: SignIn) -> None:
    manager = make_user(full_name="Max Manager")

    response = sign_in(house.recruiter).post(
        "/admin/new-job/",
        {
            "title": "Data engineer",
            "department": "Data",
            "hiring_manager": manager.pk,
            "assessment": house.assessment.pk,
            "on_score": ScoreRule.ADVANCE_PASSED,
            "open": "1",
        },
    )

    job = Job.objects.get(slug="data-engineer")
    assert response["Location"] == "/admin/jobs/data-engineer/"
    assert job.status == JobStatus.OPEN
    assert stages(job)["Test"].assessment == house.assessment
    assert stages(job)["Test"].on_score == ScoreRule.ADVANCE_PASSED
    assert set(job.members.values_list("user", "role")) == {
        (house.recruiter.pk, "recruiter"),
        (manager.pk, "hiring_manager"),
    }


def test_new_job_with_bad_title_keeps_what_was_typed(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.recruiter).post(
        "/admin/new-job/", {"title": " ", "department": "Deep sea", "on_score": "none", "open": "1"}
    )

    assert "Deep sea" in page.content.decode()
    assert 'href="#id_title"' in page.content.decode()
    assert not Job.objects.filter(department="Deep sea").exists()


def test_job_status_by_button(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    client.post(f"{JOB}status/", {"status": "paused"})
    paused = Job.objects.get(slug="backend").status
    client.post(f"{JOB}status/", {"status": "open"})
    to_close = client.post(f"{JOB}status/", {"status": "closed"}, follow=True)

    assert paused == JobStatus.PAUSED
    assert Job.objects.get(slug="backend").status == JobStatus.OPEN
    assert to_close.redirect_chain == [(f"{JOB}close/", 302)]
    assert "Say why the job is closed." in to_close.content.decode()


def test_job_page_lists_people_with_days_and_result(house: House, sign_in: SignIn) -> None:
    with_result(house, right=10, name="Pia Passed")
    with_result(house, right=1, name="Bea Below")
    late = make_application(house.job, full_name="Lara Late", now=timezone.now() - timedelta(days=9))

    page = sign_in(house.recruiter).get(JOB).content.decode()

    assert f"/admin/applications/{late.public_id}/" in page
    assert "9 days" in page
    assert "over target" in page
    assert "100 %" in page
    assert "Below the line" in page


def test_job_page_filters(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    moved = move(make_application(house.job, full_name="Mona Moved"), "Interview")
    set_status(make_application(house.job, full_name="Rita Rejected"), ApplicationStatus.REJECTED)
    with_result(house, right=1, name="Bea Below")
    names = ("Nora Known", "Mona Moved", "Rita Rejected", "Bea Below")

    def found(query: str) -> set[str]:
        page = client.get(JOB + query).content.decode()
        return {name for name in names if name in page}

    assert found("") == {"Nora Known", "Mona Moved", "Bea Below"}
    assert found("?status=rejected") == {"Rita Rejected"}
    assert found("?status=all") == set(names)
    assert found(f"?stage={moved.stage_id}") == {"Mona Moved"}
    assert found("?result=below") == {"Bea Below"}
    assert found("?result=none") == {"Nora Known", "Mona Moved"}
    assert found("?q=nora@example") == {"Nora Known"}
    assert found("?q=zzz") == set()


def test_case_8_xss_error_echo_bad_filters_are_shown_as_text(house: House, sign_in: SignIn) -> None:
    script = "%3Cscript%3Ealert(1)%3C/script%3E"
    client = sign_in(house.recruiter)

    pages = [
        client.get(
            f"{JOB}?q={script}&stage={script}&status={script}&result={script}&sort={script}&page={script}"
        ),
        client.get(f"{JOB}board/?q={script}&status={script}&tag={script}&source={script}&late={script}"),
        client.get(f"/admin/dashboard/?period={script}&job={script}"),
        client.get(f"{JOB}results/?band={script}&assessment={script}"),
    ]

    assert [page.status_code for page in pages] == [200, 200, 200, 200]
    assert all(b"<script>alert(1)" not in page.content for page in pages)


def test_case_1_xss_name_is_text_on_every_page(house: House, sign_in: SignIn) -> None:
    name = '"><svg onload=alert(1)> & Söhne'
    application = with_result(house, right=1, name=name)
    client = sign_in(house.recruiter)

    pages = {
        address: client.get(address).content.decode()
        for address in (
            "/admin/",
            "/admin/dashboard/",
            JOB,
            f"{JOB}board/",
            f"{JOB}results/",
            "/admin/waiting/below/",
            "/admin/hiring/application/",
            f"/admin/applications/{application.public_id}/",
            f"/admin/people/{application.candidate.public_id}/",
        )
    }
    pages["reject"] = client.post(f"{JOB}reject/", {"ids": application.public_id}).content.decode()

    assert {address for address, page in pages.items() if "<svg onload" in page} == set()
    assert {address for address, page in pages.items() if "&lt;svg onload" not in page} == set()


def test_case_9_xss_json_in_script_job_title_ends_no_script(house: House, sign_in: SignIn) -> None:
    Job.objects.filter(pk=house.job.pk).update(title="</script><b>\u2028 end")

    page = sign_in(house.manager).get("/admin/dashboard/").content.decode()

    assert "</script><b>" not in page
    assert "\\u003C/script\\u003E" in page


def test_job_page_query_count(house: House, sign_in: SignIn, django_assert_num_queries) -> None:
    client = sign_in(house.recruiter)
    with_result(house, right=10)

    # Session, user and roles; job, may manage; members, late targets (2), stages and their numbers; the list's count
    # and rows; tests, invitations and mail; choices of the filter (3), kept filters; organisation, signs.
    with django_assert_num_queries(QUERIES_OF_JOB_PAGE):
        client.get(JOB)
    with_result(house, right=1)
    make_application(house.job)
    with django_assert_num_queries(QUERIES_OF_JOB_PAGE):
        client.get(JOB)


QUERIES_OF_JOB_PAGE = 21


def test_stages_reordered_renamed_and_added(house: House, sign_in: SignIn) -> None:
    before = stages(house.job)
    rows = [
        {"pk": before["Test"].pk, "name": "Skills test", "kind": "assessment", "ORDER": "1"},
        {"pk": before["Applied"].pk, "name": "Applied", "kind": "applied", "ORDER": "2", "target_days": "4"},
        {"pk": before["Interview"].pk, "name": "Interview", "kind": "interview", "ORDER": "3"},
        {"pk": "", "name": "Reference call", "kind": "screen", "ORDER": "4"},
    ]

    response = sign_in(house.recruiter).post(f"{JOB}stages/", _formset(rows))

    assert response.status_code == 302
    now = [(stage.pk, stage.name, stage.target_days) for stage in stages(house.job).values()]
    assert now[:3] == [
        (before["Test"].pk, "Skills test", None),
        (before["Applied"].pk, "Applied", 4),
        (before["Interview"].pk, "Interview", None),
    ]
    assert now[3][1] == "Reference call"


def test_stages_removed_with_people_ask_where_they_go(house: House, sign_in: SignIn) -> None:
    before = stages(house.job)
    client = sign_in(house.recruiter)
    rows = [
        {"pk": before["Applied"].pk, "name": "Applied", "kind": "applied", "ORDER": "1", "DELETE": "on"},
        {"pk": before["Test"].pk, "name": "Test", "kind": "assessment", "ORDER": "2"},
        {"pk": before["Interview"].pk, "name": "Interview", "kind": "interview", "ORDER": "3"},
    ]

    goes_to = f"people_go_to_{before['Applied'].pk}"

    asked = client.post(f"{JOB}stages/", _formset(rows)).content.decode()
    client.post(f"{JOB}stages/", {**_formset(rows), goes_to: "1"})

    assert "Choose where they go" in asked
    assert f'name="{goes_to}"' in asked
    assert "1 person at “Applied” goes to" in asked
    house.application.refresh_from_db()
    assert house.application.stage.name == "Interview"
    assert Stage.objects.get(pk=before["Applied"].pk).retired_at is not None


def _formset(rows: list[dict[str, object]]) -> dict[str, object]:
    data: dict[str, object] = {
        "stages-TOTAL_FORMS": len(rows),
        "stages-INITIAL_FORMS": 3,
        "stages-MIN_NUM_FORMS": 1,
    }
    for index, row in enumerate(rows):
        data |= {f"stages-{index}-{name}": value for name, value in ({"on_score": "none"} | row).items()}
    return data


def test_members_without_recruiter_are_refused(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.recruiter).post(
        f"{JOB}settings/", {"part": "members", "hiring_manager": [house.manager.pk]}
    )

    assert "A job needs at least one recruiter." in page.content.decode()
    assert house.job.members.filter(role="recruiter").count() == 1


def test_add_candidate_new_known_and_live(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    new = {"full_name": "New Person", "email": "new@example.com"}

    first = client.post(f"{JOB}add/", new, follow=True).content.decode()
    again = client.post(f"{JOB}add/", new | {"email": " NEW@example.com "}, follow=True).content.decode()
    known = client.post(
        f"{JOB}add/", {"full_name": "Hidden P.", "email": "hidden@example.com"}, follow=True
    ).content.decode()

    assert "New Person was added." in first
    assert "has a live application for this job already" in again
    assert "was known already by this address" in known
    assert Application.objects.filter(job=house.job).count() == 3


def test_add_candidate_with_bad_address_keeps_the_name(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.recruiter).post(f"{JOB}add/", {"full_name": "Typed Name", "email": "no address"})

    assert "Typed Name" in page.content.decode()
    assert 'href="#id_email"' in page.content.decode()
