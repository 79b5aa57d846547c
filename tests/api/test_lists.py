"""Pages, filters and sorts: what is not known is refused, never ignored."""

from datetime import timedelta

import pytest

from accounts.enums import Role
from assessments.models import Attempt
from config.api import router
from hiring.enums import ApplicationStatus
from tests.api.world import program
from tests.factories.accounts import NOW, make_user
from tests.factories.assessments import make_draft
from tests.factories.hiring import invite, make_application, make_job, make_manager, move, set_status, sit
from tests.factories.questions import make_question

pytestmark = pytest.mark.django_db

LISTS = ("jobs", "candidates", "applications", "assessments", "invitations", "attempts", "scores")
SORTS = {
    "candidates": ["created_at"],
    "applications": ["applied_at", "stage_entered_at"],
    "invitations": ["created_at", "expires_at"],
    "attempts": ["started_at"],
    "scores": ["created_at", "percent"],
}
BAD_SORTS = [
    "password",
    "candidate__notes",
    "candidate.full_name",
    "pk",
    "?",
    "--applied_at",
    "applied_at;drop table",
    "applied_at\x00",
    "applied_at\n",
    "\u202eapplied_at",
    "applied_at,password",
]


def test_case_15_sql_sort_by_anything_else_is_refused(robot):
    answers = {(name, value): robot.get(f"{name}/", ordering=value) for name in LISTS for value in BAD_SORTS}

    assert [asked for asked, answer in answers.items() if answer.status_code != 400] == []
    assert {tuple(answer.json()) for answer in answers.values()} == {("ordering",)}


def test_case_15_sql_sort_by_another_name_is_refused(robot):
    for parameter in ("sort", "order_by", "order", "o"):
        for name in LISTS:
            answer = robot.get(f"{name}/", **{parameter: "created_at"})

            assert (name, answer.status_code, list(answer.json())) == (name, 400, [parameter])


def test_sorts_are_the_ones_that_are_documented(robot):
    for name, columns in SORTS.items():
        for column in columns:
            assert robot.get(f"{name}/", ordering=column).status_code == 200
            assert robot.get(f"{name}/", ordering=f"-{column}").status_code == 200


def test_sorted_list_keeps_one_order_among_equal_rows(house, robot):
    applications = [make_application(house.job, applied_at=NOW - timedelta(days=day)) for day in (1, 1, 2)]

    body = robot.get("applications/", ordering="applied_at").json()
    ids = [row["id"] for row in body["results"]]

    first, second, oldest = (application.public_id for application in applications)
    assert ids[:3] == [oldest, second, first]


UNKNOWN = [
    "_connector",
    "_negated",
    "id__regex",
    "candidate__full_name__startswith",
    "owner__password__startswith",
    "pk__in",
    "search",
    "format",
    "fields",
    "staus",
]


def test_case_16_sql_filter_unknown_filter_is_refused_and_the_known_are_named(robot):
    answers = {(name, key): robot.get(f"{name}/", **{key: "OR"}) for name in LISTS for key in UNKNOWN}

    for (name, key), answer in answers.items():
        assert (name, answer.status_code, list(answer.json())) == (name, 400, [key])
        assert answer.json()[key][0].startswith("There is no such parameter here. Use: ")
        assert "page_size" in answer.json()[key][0]


def test_case_16_sql_filter_rows_and_reports_refuse_parameters_too(house, robot):
    paths = [
        *house.rows().values(),
        "reports/pipeline/",
        f"reports/assessments/{house.assessment.slug}/",
        "reports/ageing/",
        "",
    ]

    answers = [robot.get(path, candidate__full_name="x") for path in paths]

    assert {answer.status_code for answer in answers} == {400}
    assert {tuple(answer.json()) for answer in answers} == {("candidate__full_name",)}


def test_case_16_sql_filter_writes_refuse_parameters_too(house, robot):
    path, body = house.new_application()

    answer = robot.post(path + "?by=system", body)

    assert answer.status_code == 400
    assert answer.json() == {"by": ["This address takes no parameters."]}


def test_case_08_xss_error_echo_what_was_sent_comes_back_as_json_only(robot):
    answers = [
        robot.get("applications/", status="<script>alert(1)</script>"),
        robot.get("applications/", **{"<script>alert(1)</script>": "1"}),
        robot.get("applications/", page="<script>"),
        robot.post("applications/", {"job": "x", "full_name": "<script>", "email": "<script>"}),
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert {answer["Content-Type"] for answer in answers} == {"application/json"}
    assert {answer["X-Content-Type-Options"] for answer in answers} == {"nosniff"}


BAD_SIZES = ["0", "-1", "201", "1000000000", "9" * 100_000, "", "ten", "1.5", "٣", "\x00"]
BAD_PAGES = ["0", "-1", "2", "1000000000", "9" * 5_000, "last", "first", "1.5", "\x00"]


def test_case_84_page_size_beyond_the_limits_is_refused(robot):
    answers = {size: robot.get("applications/", page_size=size) for size in BAD_SIZES}

    assert [size for size, answer in answers.items() if answer.status_code != 400] == []
    assert {answer.content for answer in answers.values()} == {b'{"page_size":["A page has 1 to 200 rows."]}'}


def test_case_84_page_size_page_that_is_none_is_refused(robot):
    answers = {page: robot.get("applications/", page=page) for page in BAD_PAGES}

    assert [page for page, answer in answers.items() if answer.status_code != 400] == []
    assert {answer.content for answer in answers.values()} == {
        b'{"page":["There is no such page. Ask for 1 to 1."]}'
    }


def test_pages_lead_to_one_another(house, robot):
    for _ in range(3):
        make_application(house.job)

    first = robot.get("applications/", page_size=2).json()
    second = robot.client.get(first["next"], headers=robot.headers).json()
    third = robot.client.get(second["next"], headers=robot.headers).json()

    assert [len(page["results"]) for page in (first, second, third)] == [2, 2, 1]
    assert {page["count"] for page in (first, second, third)} == {5}
    assert first["previous"] is None
    assert third["next"] is None
    ids = [row["id"] for page in (first, second, third) for row in page["results"]]
    assert len(set(ids)) == 5


def test_applications_are_filtered(house, robot):
    other_job = make_job(recruiter=house.recruiter)
    held = set_status(make_application(other_job), ApplicationStatus.ON_HOLD)

    def found(**filters):
        return {row["id"] for row in robot.get("applications/", **filters).json()["results"]}

    assert found(job=other_job.slug) == {held.public_id}
    assert found(status="on_hold") == {held.public_id}
    assert found(stage="Test") == {house.finished.public_id}
    assert found(stage="Interview") == set()
    assert found(candidate=held.candidate.public_id) == {held.public_id}
    assert found(applied_after=NOW.isoformat(), job=other_job.slug) == {held.public_id}
    assert found(applied_before=NOW.isoformat()) == set()
    assert found(job="nowhere") == set()


def test_candidates_are_found_by_address_in_any_case(house, robot):
    person = make_application(house.job, email="Noor.Haddad@Example.net").candidate

    found = robot.get("candidates/", email=" noor.haddad@EXAMPLE.NET ").json()["results"]

    assert [row["id"] for row in found] == [person.public_id]
    assert found[0]["emails"] == ["Noor.Haddad@Example.net"]


def test_candidates_filter_does_not_tell_where_else_somebody_applied(house, other_house, robot):
    person = house.finished.candidate
    make_application(other_house.job, full_name=person.full_name, email=person.emails.get().address)

    here = robot.get("candidates/", job=house.job.slug).json()["count"]
    there = robot.get("candidates/", job=other_house.job.slug).json()["count"]

    assert here == 2
    assert there == 0


def test_tests_of_people_are_filtered(house, robot):
    other_job = make_job(recruiter=house.recruiter)
    waiting = invite(make_application(other_job), house.assessment)

    def found(name, **filters):
        return [row["id"] for row in robot.get(f"{name}/", **filters).json()["results"]]

    assert found("invitations", job=other_job.slug) == [waiting.pk]
    assert found("invitations", state="invited") == [waiting.pk]
    assert found("invitations", state="finished") == [house.invitation.pk]
    assert found("invitations", assessment=house.assessment.slug) == [waiting.pk, house.invitation.pk]
    assert found("invitations", application=house.finished.public_id) == [house.invitation.pk]
    assert found("attempts", job=other_job.slug) == []
    assert found("attempts", job=house.job.slug, state="submitted") == [house.attempt.pk]
    assert found("attempts", result=house.score.band) == [house.attempt.pk]
    assert found("scores", application=house.finished.public_id) == [house.score.pk]
    assert found("scores", candidate=house.finished.candidate.public_id) == [house.score.pk]
    assert found("scores", is_current="true") == [house.score.pk]
    assert found("scores", is_current="false") == []


def test_assessments_are_filtered_by_whether_people_can_be_invited(house, robot):
    house.assessment.retired_at = NOW
    house.assessment.save()

    assert robot.get("assessments/", open="true").json()["count"] == 0
    assert robot.get("assessments/", open="false").json()["count"] == 1


def test_assessment_says_what_its_version_in_force_says(house, robot):
    row = robot.get(f"assessments/{house.assessment.slug}/").json()
    version = house.assessment.current_version

    assert (row["version"], row["minutes"], row["questions"]) == (1, version.minutes, 2)
    assert (row["navigation"], row["marking"], row["formula_scoring"]) == ("free", "by_question", False)
    assert (row["opens_at"], row["closes_at"], row["question_seconds"]) == (None, None, None)
    assert (row["candidate_sees"], row["valid_days"]) == ("received", None)
    assert (row["most_attempts"], row["retake_after_days"]) == (1, 0)


def test_assessment_without_a_published_version_says_nothing_of_one(house, robot):
    make_draft(questions=1)

    row = robot.get("assessments/", open="false").json()["results"][0]

    facts = set(row) - {"slug", "name"}
    assert {row[name] for name in facts} == {None}


MOMENTS = [
    "yesterday",
    "2026-02-30",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-01-01T00:00:00+99:99",
    "1" * 5000,
    "2026-01-01T00:00:00\x00",
]


def test_moments_that_cannot_be_are_refused(robot):
    for moment in MOMENTS:
        listed = robot.get("applications/", applied_after=moment)
        reported = robot.get("reports/pipeline/", start=moment)

        assert (moment, listed.status_code, list(listed.json())) == (moment, 400, ["applied_after"])
        assert (moment, reported.status_code, list(reported.json())) == (moment, 400, ["start"])


def test_moments_at_the_end_of_time_are_moments(robot):
    for moment in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-01T00:00:00"):
        listed = robot.get("applications/", applied_after=moment)
        reported = robot.get("reports/pipeline/", start=moment, end=moment)

        assert (moment, listed.status_code, reported.status_code) == (moment, 200, 200)


def test_case_21_nul_bytes_in_filters_are_no_error_of_ours(robot):
    for value in ("\x00", "\ud800", "😀", "a\u202eb", "x" * 100_000):
        value = value.encode("utf-8", "surrogatepass").decode("latin-1")

        answers = [robot.get("candidates/", email=value), robot.get("applications/", job=value, stage=value)]

        assert {answer.status_code for answer in answers} <= {200, 400}


# Every call: the key with its owner, the owner's roles, the limits of the key, how many rows there are, the rows.
# What a list needs on top is named in its line.
QUERIES = {
    "jobs": 6,  # stages with their tests
    "candidates": 6,  # addresses
    "applications": 6,  # approvals
    "assessments": 5,
    "invitations": 5,
    "attempts": 5,
    "scores": 7,  # the sections of the tests, the short names of skills
}


@pytest.mark.parametrize("name", LISTS)
def test_list_costs_the_same_queries_for_one_row_and_for_three(house, name, django_assert_num_queries):
    robot = program(make_manager(house.job))
    robot.get("")  # the hour's note that the key is used

    with django_assert_num_queries(QUERIES[name]):
        assert robot.get(f"{name}/").json()["count"] >= 1

    for _ in range(2):
        application = make_application(house.job)
        move(application, "Test")
        sit(invite(application, house.assessment), right=2)
        make_job(members=[(robot.key.owner, "hiring_manager")])
    assert Attempt.objects.count() == 3

    with django_assert_num_queries(QUERIES[name]):
        body = robot.get(f"{name}/").json()
    assert body["count"] >= (1 if name == "assessments" else 3)


# The key, its owner's roles and its limits come first. The pipeline then needs the jobs, the way of their people, their
# stages, the days that stages have, and who stands where; a test needs itself, its invitations, its scores and the
# names of skills.
REPORT_QUERIES = {"pipeline": 8, "test": 7}


def test_reports_cost_the_same_queries_for_one_job_and_for_three(house, django_assert_num_queries):
    robot = program(make_user(Role.ANALYST))
    robot.get("")
    test = f"reports/assessments/{house.assessment.slug}/"

    with django_assert_num_queries(REPORT_QUERIES["pipeline"]):
        robot.get("reports/pipeline/")
    with django_assert_num_queries(REPORT_QUERIES["test"]):
        robot.get(test)
    for _ in range(2):
        sit(invite(make_application(make_job()), house.assessment), right=2)
    with django_assert_num_queries(REPORT_QUERIES["pipeline"]):
        assert len(robot.get("reports/pipeline/").json()["jobs"]) == 3
    with django_assert_num_queries(REPORT_QUERIES["test"]):
        assert robot.get(test).json()["scores_n"] == 3


def test_case_17_eval_input_code_in_a_parameter_is_refused(robot, code_as_text):
    # A stage and a tag are found by the names that people gave them, a question by its words; see below. All else is a
    # word of ours, a moment or an id.
    known = {
        prefix: {*viewset.filterset_class.base_filters, "page", "page_size"} - {"stage", "tag", "search"}
        for prefix, viewset, _name in router.registry
        if viewset.filterset_class
    }

    answers = {
        (prefix, name, text): robot.get(f"{prefix}/", **{name: text})
        for prefix, names in known.items()
        for name in names
        for text in code_as_text[:2]
    }

    assert {asked: answer.status_code for asked, answer in answers.items() if answer.status_code != 400} == {}
    assert [name for (_prefix, name, _text), answer in answers.items() if [*answer.json()] != [name]] == []
    assert len(answers) > 50


def test_case_17_eval_input_code_as_the_name_of_a_stage_names_none(robot, code_as_text):
    found = [robot.get("applications/", stage=text).json()["count"] for text in code_as_text]

    assert found == [0] * len(code_as_text)


def test_case_17_eval_input_code_as_words_of_a_question_finds_none(robot, code_as_text):
    make_question()
    answers = [robot.get("questions/", **{name: text}) for name in ("tag", "search") for text in code_as_text]

    # One that is too long, or holds what no text may, is refused.
    assert {answer.status_code for answer in answers} <= {200, 400}
    assert {answer.json()["count"] for answer in answers if answer.status_code == 200} == {0}
