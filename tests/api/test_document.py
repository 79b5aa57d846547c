"""The OpenAPI document, and the page that shows it."""

import json

import pytest
from django.core.management import call_command
from django.test import Client

from tests.api.world import Program, program
from tests.factories.accounts import PASSWORD

ADDRESSES = {
    "/api/v1/applications/": {"get", "post"},
    "/api/v1/applications/{id}/": {"get"},
    "/api/v1/applications/{id}/approvals/": {"post"},
    "/api/v1/applications/{id}/invitations/": {"post"},
    "/api/v1/approvals/": {"get"},
    "/api/v1/approvals/{id}/": {"get"},
    "/api/v1/approvals/{id}/approve/": {"post"},
    "/api/v1/approvals/{id}/decline/": {"post"},
    "/api/v1/approvals/{id}/withdraw/": {"post"},
    "/api/v1/assessments/": {"get"},
    "/api/v1/assessments/{slug}/": {"get"},
    "/api/v1/attempts/": {"get"},
    "/api/v1/attempts/{id}/": {"get"},
    "/api/v1/accommodations/": {"get"},
    "/api/v1/accommodations/{id}/": {"get"},
    "/api/v1/accommodations/{id}/decline/": {"post"},
    "/api/v1/accommodations/{id}/grant/": {"post"},
    "/api/v1/banks/": {"get"},
    "/api/v1/banks/{slug}/": {"get"},
    "/api/v1/candidates/": {"get"},
    "/api/v1/candidates/{id}/": {"get"},
    "/api/v1/exports/": {"get", "post"},
    "/api/v1/exports/{id}/": {"get"},
    "/api/v1/exports/{id}/download/": {"post"},
    "/api/v1/imports/": {"get", "post"},
    "/api/v1/imports/{id}/": {"get"},
    "/api/v1/imports/{id}/columns/": {"post"},
    "/api/v1/imports/{id}/commit/": {"post"},
    "/api/v1/imports/{id}/discard/": {"post"},
    "/api/v1/imports/{id}/lines/": {"get"},
    "/api/v1/invitations/": {"get"},
    "/api/v1/invitations/{id}/": {"get"},
    "/api/v1/jobs/": {"get"},
    "/api/v1/jobs/{slug}/": {"get"},
    "/api/v1/questions/": {"get"},
    "/api/v1/questions/{id}/": {"get"},
    "/api/v1/regrades/": {"get"},
    "/api/v1/regrades/{id}/": {"get"},
    "/api/v1/regrades/{id}/leave/": {"post"},
    "/api/v1/regrades/{id}/mark-again/": {"post"},
    "/api/v1/regrades/{id}/preview/": {"post"},
    "/api/v1/reports/assessments/{slug}/": {"get"},
    "/api/v1/reports/pipeline/": {"get"},
    "/api/v1/reports/{name}/": {"get"},
    "/api/v1/scores/": {"get"},
    "/api/v1/scores/{id}/": {"get"},
}


def test_document_is_valid_and_made_without_a_warning(tmp_path):
    target = tmp_path / "schema.json"

    # Both options raise; what they raise names the place.
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", str(target)
    )

    document = json.loads(target.read_text())
    assert {path: set(calls) for path, calls in document["paths"].items()} == ADDRESSES
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            refusals = {"400", "401", "403", "429", "503"} | ({"404"} if "{" in path else set())
            refusals |= {"409", "413", "415"} if method == "post" else set()
            assert refusals <= set(call["responses"])
            assert call["summary"]
            assert call["security"] == [{"apiKey": []}, {"cookieAuth": []}]


@pytest.mark.django_db
def test_document_is_for_those_who_may_ask(house, robot):
    known = robot.client.get("/api/schema/", headers=robot.headers)
    as_yaml = robot.client.get("/api/schema/", headers=robot.headers | {"Accept": "application/yaml"})
    stranger = Program().client.get("/api/schema/")
    mistaken = robot.client.get("/api/schema/?lang=%00", headers=robot.headers)

    assert known.status_code == 200
    assert set(known.json()["paths"]) == set(ADDRESSES)
    assert as_yaml.content.startswith(b"openapi: 3.0.3")
    assert stranger.status_code == 401
    assert stranger["Content-Type"] == "application/json"
    assert mistaken.status_code == 400


@pytest.mark.django_db
def test_page_is_for_signed_in_colleagues(house):
    client = Client()

    stranger = client.get("/api/")
    client.login(email=house.recruiter.email, password=PASSWORD)
    shown = client.get("/api/")

    assert stranger.status_code == 302
    assert stranger["Location"].startswith("/accounts/login/")
    assert shown.status_code == 200
    assert b'data-document="/api/schema/"' in shown.content


@pytest.mark.django_db(transaction=True)
@pytest.mark.once
def test_page_shows_every_call_and_tries_one_without_any_other_host(house, live_server, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/api/")
    page.fill("[name=login]", house.recruiter.email)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")

    page.wait_for_selector("#api .opblock")
    shown = page.locator("#api .opblock").count()
    page.click("#operations-jobs-jobs_list .opblock-summary")
    page.click("#operations-jobs-jobs_list .try-out__btn")
    page.click("#operations-jobs-jobs_list .execute")
    page.wait_for_selector("#operations-jobs-jobs_list .live-responses-table .response")
    tried = page.inner_text("#operations-jobs-jobs_list .live-responses-table .response")

    assert shown == sum(len(calls) for calls in ADDRESSES.values())
    assert tried.startswith("200")
    assert house.job.slug in tried
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {live_server.url.split("/")[2]}


@pytest.mark.django_db(transaction=True)
@pytest.mark.once
def test_page_writes_as_the_colleague_with_the_sessions_token(house, live_server, page):
    page.goto(f"{live_server.url}/api/")
    page.fill("[name=login]", house.recruiter.email)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    place = "#operations-applications-applications_create"
    _path, body = house.new_application()

    page.click(f"{place} .opblock-summary")
    page.click(f"{place} .try-out__btn")
    page.fill(f"{place} textarea.body-param__text", json.dumps(body))
    page.click(f"{place} .execute")
    page.wait_for_selector(f"{place} .live-responses-table .response")

    assert page.inner_text(f"{place} .live-responses-table .response").startswith("201")
    assert program(house.recruiter).get("applications/").json()["count"] == 3
