"""The first day: from an empty installation to the first invitation in somebody's mail box, in a real browser."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from tests.journeys.walk import PASSWORD, picture, sign_in
from tests.servers import browser as browsers
from tests.servers.ports import free_port
from tests.servers.processes import RunningSystem, embedded, wait_until
from tests.servers.smtp import SmtpServer

# With the others that start real processes: they fill two cores.
pytestmark = [pytest.mark.served, pytest.mark.xdist_group("embedded processes")]

ADMINISTRATOR = "ada@example.org"
NAME = "hiring.larkfield.test"


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """A browser that finds the name of the site, as one in the same house would."""
    named = browser.browser_type.launch(
        executable_path=browsers.find_browser(),
        args=[*browsers.FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"],
    )
    page = named.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(15_000)
    yield page
    named.close()


def logo() -> bytes:
    drawn = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    ImageDraw.Draw(drawn).rounded_rectangle((10, 10, 290, 110), radius=40, fill=(13, 116, 110, 255))
    written = io.BytesIO()
    drawn.save(written, "PNG")
    return written.getvalue()


def step(page: Page, title: str) -> None:
    """Go where the checklist says that a step is done."""
    page.goto(re.sub(r"/admin/.*", "/admin/", page.url))
    page.locator("li.step", has_text=title).get_by_role("link").click()


def say_who_we_are(page: Page, system: RunningSystem, address: str) -> None:
    step(page, "Say who you are")
    page.locator("#id_name").fill("Larkfield")
    page.locator("#id_logo").set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": logo()})
    page.locator("#id_accent").fill("#2dd4bf")
    page.locator("#id_reply_to").fill("jobs@larkfield.example")
    page.locator("#id_site_address").fill(address)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("is too light").first).to_be_visible()
    picture(page, system, "first-day-colour")
    # A browser forgets a chosen file when a form comes back.
    page.locator("#id_logo").set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": logo()})
    page.get_by_role("button", name=re.compile("^Use #")).click()
    expect(page.get_by_text("from the next start on").first).to_be_visible()


def set_up_mail(page: Page, system: RunningSystem, smtp: SmtpServer) -> None:
    """The first try is refused, and the page says why; the second goes through."""
    step(page, "Send mail")
    page.get_by_label("Server").fill("127.0.0.1")
    page.get_by_label("Port").fill(str(smtp.port))
    page.get_by_label("Encryption").select_option("none")
    picture(page, system, "first-day-mail-server")
    smtp.script("550 5.7.1 <no-reply@hiring.larkfield.test>: Sender address rejected")
    page.get_by_role("button", name="Save and send me a test mail").click()
    expect(page.get_by_text("Sender address rejected")).to_be_visible()
    picture(page, system, "first-day-test-mail-failed")
    page.get_by_role("link", name="Back to the mail server").click()
    page.get_by_role("button", name="Send me another").click()
    expect(page.get_by_text("The mail server took it.")).to_be_visible()
    picture(page, system, "first-day-test-mail-sent")


def invite_the_first_candidate(page: Page) -> None:
    step(page, "Open the first job")
    page.get_by_label("Title").fill("Flask developer")
    page.get_by_label("Test for the stage").select_option(label="Flask")
    page.get_by_role("button", name="Open the job").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Flask developer")
    job = page.url
    page.goto(job + "add/")
    page.get_by_label("Name").fill("Amara Okafor")
    page.get_by_label("Email address").fill("amara@example.net")
    page.locator("form.card button.btn-primary").click()
    page.goto(job)
    page.locator("[data-pick-all]").check()
    page.get_by_role("button", name="Invite to test").click()
    page.get_by_role("button", name="Send 1 invitation").click()


def test_first_day_from_nothing_to_an_invitation_that_arrives(
    desk: Page, smtp_server: SmtpServer, short_folder: Path
) -> None:
    port = free_port()
    address = f"http://{NAME}:{port}"
    first_start = {"ADMIN_EMAIL": ADMINISTRATOR, "ADMIN_PASSWORD": PASSWORD, "ADMIN_NAME": "Ada Berg"}

    with embedded("run", kept=short_folder, PORT=str(port), **first_start) as system:
        sign_in(desk, system, ADMINISTRATOR)
        expect(desk.get_by_text("1 of 6 is done")).to_be_visible()
        picture(desk, system, "first-day-empty")
        say_who_we_are(desk, system, address)

    with embedded("run", kept=short_folder, PORT=str(port)) as system:
        system.address = address
        sign_in(desk, system, ADMINISTRATOR)
        expect(desk.get_by_text("3 of 6 are done")).to_be_visible()
        picture(desk, system, "first-day-half")
        set_up_mail(desk, system, smtp_server)
        invite_the_first_candidate(desk)

        (mail,) = wait_until(lambda: smtp_server.to("amara@example.net"), what="the invitation", seconds=60)
        link = re.search(rf"{re.escape(address)}/t/\S+/", mail.get_body(("plain",)).get_content())
        assert link
        picture_of_mail(desk, system, mail.get_body(("html",)).get_content())
        desk.goto(link[0])
        expect(desk.get_by_role("heading", level=1)).to_have_text("Flask")
        expect(desk.locator(".site-head")).to_have_text(re.compile("Larkfield"))
        shown = desk.locator(".site-logo").evaluate("logo => logo.complete && logo.naturalHeight")
        assert shown
        button = desk.get_by_role("button", name="Start the test")
        assert button.evaluate("button => getComputedStyle(button).backgroundColor") != "rgb(79, 70, 229)"
        picture(desk, system, "first-day-briefing")

        desk.goto(address + "/admin/")
        desk.locator("li.step", has_text="Invite colleagues").get_by_role("button", name="Not needed").click()
        expect(desk.get_by_text("Set aside:")).to_be_visible()
        picture(desk, system, "first-day-over")


def picture_of_mail(page: Page, system: RunningSystem, html: str) -> None:
    context = page.context.browser.new_context()
    opened = context.new_page()
    opened.set_content(html)
    picture(opened, system, "first-day-mail")
    context.close()
