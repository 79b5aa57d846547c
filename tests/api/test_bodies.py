"""What programs send instead of a plain JSON object: refused as JSON, with little memory and no error of ours."""

import json

import pytest

from hiring.models import Application
from tests.api.world import ROOT

pytestmark = pytest.mark.django_db


def refused(answer, *statuses):
    assert answer.status_code in statuses
    assert answer["Content-Type"] == "application/json"
    json.loads(answer.content)


def test_case_22_huge_body_is_refused(house, robot):
    body = b'{"full_name": "' + b"x" * 7_000_000 + b'"}'

    answers = [robot.post(path, body) for path in ("applications/", house.new_invitation()[0])]

    for answer in answers:
        refused(answer, 413)
        assert answer.json() == {"detail": "This is too large. Send less at a time."}


def test_case_22_huge_body_of_which_the_length_alone_is_sent_is_refused_unread(robot):
    answer = robot.post("applications/", b"{", CONTENT_LENGTH=str(100 * 1024 * 1024))

    refused(answer, 413)


NO_OBJECTS = [
    b"[" * 5_000 + b"]" * 5_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b'{"job": ' + b"9" * 100_000 + b"}",
    b'{"job": NaN}',
    b"{",
    b"",
    b"\xff\xfe{",
    b"\x00",
    b"null",
    b"[]",
    b'"x"',
    b"7",
    b"true",
]


def test_case_22_huge_body_what_is_no_object_is_refused(robot):
    for body in NO_OBJECTS:
        answer = robot.post("applications/", body)

        assert (body[:20], answer.status_code) == (body[:20], 400)
        refused(answer, 400)


OTHER_TYPES = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/x-yaml",
    "x",
    "",
]


def test_case_22_huge_body_other_content_types_are_refused(house, robot):
    _path, body = house.new_application()

    for content_type in OTHER_TYPES:
        refused(robot.post("applications/", json.dumps(body).encode(), content_type=content_type), 415, 400)

    assert Application.objects.count() == 2


def test_case_22_huge_body_other_charsets_do_no_harm(house, robot):
    _path, body = house.new_application()

    for charset in ("utf-7", "bz2_codec", "nonsense", "utf-16"):
        answer = robot.client.generic(
            "POST",
            ROOT + "applications/",
            json.dumps(body).encode(),
            content_type=f"application/json; charset={charset}",
            headers=robot.headers,
        )

        assert answer.status_code in {200, 201, 400}


def test_case_22_huge_body_many_form_fields_with_a_session_are_refused(house, client):
    client.force_login(house.recruiter)
    body = "&".join(f"f{number}=1" for number in range(10_000))

    answer = client.post(ROOT + "applications/", body, content_type="application/x-www-form-urlencoded")

    refused(answer, 400, 403, 415)


def test_case_22_huge_body_many_unknown_fields_are_ignored(house, robot):
    path, body = house.new_application()

    answer = robot.post(path, body | {f"f{number}": 1 for number in range(10_000)})

    assert answer.status_code == 201


def test_wrong_name_of_a_host_is_refused_as_json(robot) -> None:
    response = robot.client.get(f"{ROOT}jobs/", headers=robot.headers, HTTP_HOST="Version: %s")

    assert response.status_code == 400
    assert response.json() == {"non_field_errors": ["This cannot be read."]}


def test_wrong_name_of_a_host_is_a_page_for_people(client) -> None:
    response = client.get("/", HTTP_HOST="Version: %s")

    assert response.status_code == 400
    assert "This request cannot be read" in response.content.decode()
