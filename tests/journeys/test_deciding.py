"""What is decided about people and taken back, in a real browser with the real worker."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.office import RECRUITER, Office
from tests.journeys.walk import picture, sign_in, until_done


def test_rejection_with_a_mail_in_five_days_is_cancelled_and_restored_to_where_they_were(
    embedded_office: Office, page: Page
) -> None:
    system, desk = embedded_office.system, embedded_office.desk
    job = desk.open_busy_job(title="Bookbinder", recruiter=RECRUITER, sends="")
    person = desk.add_person(job=job["slug"], name="Ines Calloway", email="ines.calloway@example.net")
    desk.move_people(applications=[person["pk"]], stage="Interview")
    sign_in(page, system, RECRUITER)
    address = f"{system.address}/admin/applications/{person['id']}/"

    page.goto(address)
    page.get_by_role("button", name="Reject…").click()
    page.get_by_label("Reason").select_option(index=1)
    page.get_by_label("Later, in as many days as you say").check()
    page.get_by_label("In how many days, if later").fill("5")
    picture(page, system, "reject-preview")
    page.get_by_role("button", name="Reject 1 person").click()
    until_done(page)
    assert desk.standing(application=person["pk"])["mails"] == ["queued"]

    page.goto(address)
    mail = page.locator(".timeline li", has=page.get_by_role("button", name="Cancel the mail"))
    expect(mail).to_contain_text(re.compile(r"Goes out at \d+ \w+ \d{4}, \d\d:\d\d"))
    picture(page, system, "rejection-waits")
    mail.get_by_role("button", name="Cancel the mail").click()
    expect(page.get_by_text("The mail is cancelled. It does not go out.")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel the mail")).to_have_count(0)

    page.get_by_text("Restore…", exact=True).click()
    page.get_by_role("button", name="Restore the application").click()
    expect(page.get_by_text("Ines Calloway is “Active” now.")).to_be_visible()
    expect(page.locator(".timeline li").first).to_contain_text("Active again at “Interview”")
    standing = desk.standing(application=person["pk"])
    assert standing["mails"] == ["cancelled"]
    assert (standing["status"], standing["stage"]) == ("active", "Interview")


def test_two_rows_of_one_person_are_merged_after_a_look_and_parted_again(
    embedded_office: Office, page: Page
) -> None:
    system, desk = embedded_office.system, embedded_office.desk
    phone = "+44 20 7946 0321"
    first = desk.open_busy_job(title="Weaver", recruiter=RECRUITER, sends="")
    second = desk.open_busy_job(title="Dyer", recruiter=RECRUITER, sends="")
    kept = desk.add_person(job=first["slug"], name="Odile Marchetti", email="odile@example.net", phone=phone)
    other = desk.add_person(
        job=second["slug"], name="O. Marchetti", email="o.marchetti@example.com", phone=phone
    )
    sign_in(page, system, RECRUITER)

    page.goto(f"{system.address}/admin/people/{kept['person']}/")
    page.get_by_role("link", name="Compare and merge O. Marchetti").click()
    expect(page.get_by_role("heading", name="What moves")).to_be_visible()
    expect(page.locator("dl.facts", has=page.get_by_text("Applications"))).to_contain_text("1")
    picture(page, system, "merge-preview")
    assert desk.standing(application=other["pk"])["person"] == other["person"]
    page.get_by_role("button", name="Merge O. Marchetti into Odile Marchetti").click()

    expect(page.get_by_text("O. Marchetti is one person with Odile Marchetti now.")).to_be_visible()
    applications = page.get_by_role("group", name="Applications").get_by_role("rowheader")
    expect(applications).to_have_count(2)
    assert desk.standing(application=other["pk"])["person"] == kept["person"]

    page.get_by_role("button", name=re.compile("^Undo until")).click()
    expect(page.get_by_text("O. Marchetti and Odile Marchetti are two people again.")).to_be_visible()
    expect(applications).to_have_count(1)
    assert desk.standing(application=other["pk"])["person"] == other["person"]
    page.goto(f"{system.address}/admin/people/{other['person']}/")
    expect(applications.get_by_role("link", name="Dyer")).to_be_visible()
