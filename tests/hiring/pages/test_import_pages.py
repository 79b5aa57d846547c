"""Importing on the pages: upload, columns, check, import; into a job and without one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Actor
from candidates.models import Candidate
from hiring.models import Application
from outbox.models import Work
from outbox.operations import run_due_work
from rendering.tables import write_csv
from tests.factories.hiring import make_application, make_read_file
from tests.hiring.pages.house import House, SignIn

JOB = "/admin/jobs/backend/"
PEOPLE = "/admin/people/import/"
TABLE = write_csv(
    ["Who", "E-Mail", "Shoe size"],
    [["Ida Import", "ida@example.com", "38"], ["Ole Import", "ole@example.com", "44"]],
)
COLUMNS = {"column-A": "name", "column-B": "email", "column-C": ""}
MARKUP = "<script>alert(1)</script>"


def upload(client: Client, address: str, table: bytes = TABLE) -> Work:
    """Upload a file and have it read."""
    client.post(address, {"file": SimpleUploadedFile("people.csv", table)})
    return newest()


def newest() -> Work:
    while run_due_work(now=timezone.now() + timedelta(seconds=1)):
        pass
    return Work.objects.order_by("-pk")[0]


def checked(client: Client, read: Work, columns: dict[str, str] | None = None) -> Work:
    client.post(read.result["next"]["url"], COLUMNS if columns is None else columns)
    return newest()


def imported(client: Client, check: Work) -> Work:
    client.post(check.result["next"]["url"].partition("?")[0], {"check": check.public_id})
    return newest()


def test_import_reads_asks_for_the_columns_checks_and_imports_the_same_file(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)

    read = upload(client, f"{JOB}import/")
    columns = client.get(read.result["next"]["url"]).content.decode()
    check = checked(client, read)
    page = client.get(check.result["next"]["url"]).content.decode()
    last = imported(client, check)

    assert read.result["next"]["url"] == f"{JOB}import/{read.public_id}/"
    assert "Ida Import" in columns
    assert '<option value="email" selected>' in columns
    assert check.result["next"]["url"] == f"{JOB}import/?check={check.public_id}"
    assert "Import 2 people" in page
    assert last.result["next"]["url"] == JOB
    assert Application.objects.filter(job=house.job, source="import").count() == 2


def test_going_back_to_the_columns_loses_neither_file_nor_choices(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    table = write_csv(["Who", "E-Mail", "Since"], [["Ida", "ida@example.com", "some day"]])
    read = upload(client, f"{JOB}import/", table)

    check = checked(client, read, {"column-A": "name", "column-B": "email", "column-C": "applied_at"})
    shown = client.get(f"/admin/work/{check.public_id}/").content.decode()
    back = client.get(check.result["next"]["url"]).content.decode()
    again = checked(client, read, {"column-A": "name", "column-B": "email", "column-C": "private_note"})

    assert (check.result["ok"], again.result["ok"]) == (False, True)
    assert "Write the date like 2026-03-31" in shown
    assert "Since" in shown
    assert check.result["next"]["url"] == read.result["next"]["url"]
    assert "As you chose last time" in back
    assert '<option value="applied_at" selected>' in back


def test_columns_without_an_address_are_told_and_what_was_chosen_stays(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    read = upload(client, f"{JOB}import/")

    page = client.post(
        read.result["next"]["url"], {"column-A": "name", "column-B": "", "column-C": "name"}
    ).content.decode()
    then = client.post(
        read.result["next"]["url"], {"column-A": "name", "column-B": "", "column-C": "tags"}
    ).content.decode()

    assert "Column A is “Name” already. Leave one of the two out." in page
    assert "No column is “Email address”." in then
    assert '<option value="tags" selected>' in then
    assert Work.objects.filter(kind="hiring.import_check").count() == 0


def test_case_7_xss_csv_preview_headers_samples_and_problems_are_escaped(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    table = write_csv(
        ["Name", "E-Mail", f"Since {MARKUP}"],
        [[MARKUP, f"{MARKUP}@example.com", MARKUP], ["=1+1", "b@example.com", ""]],
    )
    read = upload(client, f"{JOB}import/", table)

    columns = client.get(read.result["next"]["url"]).content.decode()
    check = checked(client, read, {"column-A": "name", "column-B": "email", "column-C": "applied_at"})
    shown = client.get(f"/admin/work/{check.public_id}/").content.decode()

    for page in (columns, shown):
        assert MARKUP not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert {problem["row"] for problem in check.result["problems"]} == {2}


def test_case_2_xss_extid_and_credit_are_shown_escaped(house: House, sign_in: SignIn) -> None:
    Application.objects.filter(pk=house.application.pk).update(
        external_id=MARKUP, agency=f"Talents {MARKUP}", referred_by=house.manager
    )

    page = (
        sign_in(house.recruiter).get(f"/admin/applications/{house.application.public_id}/").content.decode()
    )

    assert MARKUP not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2
    assert str(house.manager) in page


def test_what_differs_stands_on_the_page_before_the_import_and_after(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    make_application(house.job, full_name="Ida Known", email="ida@example.com", now=timezone.now())
    check = checked(client, upload(client, f"{JOB}import/"))

    before = client.get(check.result["next"]["url"]).content.decode()
    last = imported(client, check)
    after = client.get(f"/admin/work/{last.public_id}/").content.decode()

    for page in (before, after):
        assert "Differs, left as it is" in page
        assert "Who" in page
    assert (last.result["new"], last.result["unchanged"]) == (1, 1)


def test_a_file_with_everybody_here_already_offers_nothing_to_import(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    imported(client, checked(client, upload(client, f"{JOB}import/")))

    check = checked(client, upload(client, f"{JOB}import/"))
    page = client.get(check.result["next"]["url"]).content.decode()

    assert "0 applications would be added, 2 unchanged" in page
    assert "everybody in it is here already" in page
    assert "Import 2 people" not in page


def test_people_are_imported_without_a_job(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    listed = client.get("/admin/candidates/candidate/").content.decode()
    read = upload(client, PEOPLE)
    columns = client.get(read.result["next"]["url"]).content.decode()
    check = checked(client, read)
    last = imported(client, check)

    assert f'href="{PEOPLE}"' in listed
    assert 'value="stage"' not in columns
    assert check.result["next"]["url"] == f"{PEOPLE}?check={check.public_id}"
    assert last.result["next"]["url"] == "/admin/candidates/candidate/"
    assert Candidate.objects.filter(full_name__endswith="Import").count() == 2
    assert Application.objects.filter(source="import").count() == 0


@pytest.mark.parametrize("fault", ["missing", "unreadable"])
def test_f25_import_without_its_file_says_so_and_its_pages_show(
    house: House, sign_in: SignIn, fault: str
) -> None:
    client = sign_in(house.recruiter)
    check = checked(client, upload(client, f"{JOB}import/"))
    path = Path(check.file.path)
    path.unlink()
    if fault == "unreadable":
        path.mkdir()

    page = client.get(f"{JOB}import/?check={check.public_id}")
    asked = client.post(f"{JOB}import/", {"check": check.public_id}, follow=True)
    last = newest()
    shown = client.get(f"/admin/work/{last.public_id}/")

    assert (page.status_code, asked.status_code, shown.status_code) == (200, 200, 200)
    words = "The file is not kept any more. Upload it again."
    assert words in shown.content.decode() + asked.content.decode()
    assert Application.objects.filter(job=house.job, source="import").count() == 0
    assert Work.objects.filter(state__in=["queued", "running"]).count() == 0
    if fault == "unreadable":
        path.rmdir()


def test_columns_of_a_file_that_is_gone_lead_back_to_the_upload(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    read = make_read_file(house.job, by=Actor.of_user(house.recruiter))
    Path(read.file.path).unlink()

    asked = client.post(f"{JOB}import/{read.public_id}/", COLUMNS).content.decode()
    Work.objects.filter(pk=read.pk).update(result={})
    shown = client.get(f"{JOB}import/{read.public_id}/", follow=True)

    assert "The file is not kept any more. Upload it again." in asked
    assert shown.redirect_chain == [(f"{JOB}import/", 302)]
    assert "The file is not kept any more. Upload it again." in shown.content.decode()


def test_files_of_somebody_else_and_of_other_jobs_are_not_found(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    theirs = make_read_file(house.job, by=Actor.of_user(house.administrator))
    mine = make_read_file(house.job, by=Actor.of_user(house.recruiter))
    of_people = make_read_file(None, by=Actor.of_user(house.recruiter))
    sign_in(house.administrator).post(f"{JOB}import/{theirs.public_id}/", COLUMNS)
    check = newest()

    addresses = [
        f"{JOB}import/{theirs.public_id}/",
        f"{JOB}import/{of_people.public_id}/",
        f"{PEOPLE}{mine.public_id}/",
        f"{JOB}import/{check.public_id}/",
    ]

    for address in addresses:
        assert client.get(address).status_code == 404
        assert client.post(address, COLUMNS).status_code == 404
    page = client.get(f"{JOB}import/?check={check.public_id}").content.decode()
    assert "Read the file" in page


def test_a_file_that_cannot_be_read_says_why_and_leads_back(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    read = upload(client, f"{JOB}import/", b"name,email\r\n")
    page = client.get(f"/admin/work/{read.public_id}/").content.decode()

    assert read.state == "failed"
    assert "There is no row below the headers." in page
    assert f'href="{JOB}import/"' in page


@pytest.mark.parametrize("address", [f"{JOB}import/", PEOPLE])
def test_import_sample_can_be_imported(house: House, sign_in: SignIn, address: str) -> None:
    client = sign_in(house.recruiter)
    sample = client.get(f"{address}sample.csv").content
    read = upload(client, address, sample)
    page = client.get(read.result["next"]["url"])
    guessed = {field.name: field.value() for field in page.context["form"]}

    check = checked(client, read, guessed)

    assert check.result["ok"] is True, check.result["problems"]
    assert "" not in guessed.values()
