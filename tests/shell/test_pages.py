from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import Actor
from candidates.models import Tag
from hiring.enums import JobStatus
from shell import navigation
from shell.navigation import sidebar
from shell.registries import tone_of
from shell.templatetags.shell import state_pill
from tests.factories.accounts import make_administrator, make_recruiter, make_user
from tests.factories.candidates import make_candidate

TOKENS = Path(__file__).parent.parent.parent / "shell" / "static" / "shell" / "tokens.css"
ON_PAGES = ["text", "quiet", "accent", "accent-strong", "good", "attention", "bad", "bad-strong"]
PAIRS = [
    *((ink, ground) for ink in ON_PAGES for ground in ("page", "surface")),
    ("accent", "accent-soft"),
    ("good", "good-soft"),
    ("attention", "attention-soft"),
    ("bad", "bad-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-bad", "bad"),
    ("on-bad", "bad-strong"),
    *(("text", f"{tone}-soft") for tone in ("accent", "good", "attention", "bad")),
]


def themes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r"(:root[^{]*)\{([^}]*)\}", TOKENS.read_text())
    found = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for _selector, block in blocks]
    return {"light": found[0], "dark by system": found[0] | found[1], "dark by choice": found[0] | found[2]}


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark by system", "dark by choice"])
def test_tokens_have_the_contrast_people_need(theme: str) -> None:
    colours = themes()[theme]

    weak = {
        pair: ratio
        for pair in PAIRS
        if (ratio := round(contrast(colours[pair[0]], colours[pair[1]]), 2)) < 4.5
    }
    faint = {
        g: r for g in ("page", "surface") if (r := round(contrast(colours["line-strong"], colours[g]), 2)) < 3
    }

    assert (weak, faint) == ({}, {})


def test_both_dark_themes_are_one() -> None:
    assert themes()["dark by system"] == themes()["dark by choice"]


def test_entry_of_the_sidebar_that_is_open_is_read_in_the_dark_too() -> None:
    shades = settings.UNFOLD["COLORS"]["primary"]
    template = (Path(__file__).parents[2] / "shell/overrides/unfold/helpers/app_list.html").read_text()
    entry = re.search(r"dark:bg-white/\[\.06\] dark:text-primary-(\d+) active", template)
    assert entry is not None

    # A little white over the darkest ground that a page has.
    assert contrast(shades[entry[1]], "#1c2231") >= 4.5


def test_state_pill_escapes_its_words() -> None:
    assert state_pill("<b>") == '<span class="pill pill-neutral">&lt;b&gt;</span>'
    assert state_pill("Fine", "good") == '<span class="pill pill-good">Fine</span>'
    assert state_pill("") == ""
    assert tone_of("open") == "neutral"
    assert "Open" in state_pill(JobStatus.OPEN)


@pytest.mark.django_db
def test_every_entry_of_the_sidebar_leads_somewhere(rf: RequestFactory, client: Client) -> None:
    request = rf.get("/admin/")
    request.user = make_administrator()
    client.force_login(request.user)

    groups = {str(group["title"]): group["items"] for group in sidebar(request)}

    # An entry whose page is missing leaves itself out.
    written = inspect.getsource(navigation).count("_item(") - len(["def _item("])
    assert sum(len(items) for items in groups.values()) == written
    for items in groups.values():
        for item in items:
            assert item["permission"](request)
            assert client.get(item["link"], follow=True).status_code == 200, item["title"]


@pytest.mark.django_db
def test_lists_are_titled_by_what_they_list(client: Client) -> None:
    client.force_login(make_administrator())

    tests = client.get("/admin/assessments/assessment/").content.decode()
    people = client.get("/admin/candidates/candidate/").content.decode()

    assert re.search(r"<title>\s*Tests \| Shortlist</title>", tests)
    assert re.search(r"<title>\s*People \| Shortlist</title>", people)


@pytest.mark.django_db
def test_sidebar_shows_only_what_opens(client: Client, rf: RequestFactory) -> None:
    for user in (make_user(), make_recruiter()):
        request = rf.get("/admin/")
        request.user = user
        client.force_login(user)

        shown = [item for group in sidebar(request) for item in group["items"] if item["permission"](request)]

        assert {str(item["title"]): client.get(item["link"], follow=True).status_code for item in shown} == {
            str(item["title"]): 200 for item in shown
        }


@pytest.mark.django_db
def test_search_box_finds_pages_and_people_and_forgets_at_once(client: Client) -> None:
    user = make_administrator()
    client.force_login(user)
    ada = make_candidate(full_name="Ada <b>Lovelace</b>", email="ada@example.org")

    assert "Colleagues" in client.get("/admin/search/?s=colle&extended=1").content.decode()
    for term in ("lovelace", "ADA@example"):
        page = client.get("/admin/search/", {"s": term, "extended": "1"}).content.decode()
        assert "Ada &lt;b&gt;Lovelace&lt;/b&gt;" in page
        assert ada.public_id in page

    from candidates.operations import erase_person
    from tests.factories.accounts import NOW

    erase_person(candidate=ada, by=Actor.of_user(user), now=NOW)
    assert "Lovelace" not in client.get("/admin/search/", {"s": "lovelace", "extended": "1"}).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["abc", "-1", "99999999999999999999"])
def test_search_box_takes_any_page_number(client: Client, page: str) -> None:
    client.force_login(make_administrator())

    assert client.get("/admin/search/", {"s": "colle", "page": page}).status_code == 200


@pytest.mark.django_db
def test_case_21_nul_bytes_in_any_address_are_refused(client: Client) -> None:
    client.force_login(make_administrator())
    Tag.objects.create(name="Remote")

    for address in (
        "/admin/candidates/candidate/?tags__id__exact=%00",
        "/admin/candidates/candidate/?q=a%00b",
        "/admin/accounts/user/?role=%00",
        "/admin/search/?s=a%00b",
        "/admin/people/%00/",
        "/accounts/login/?next=%00",
    ):
        response = client.get(address)
        assert response.status_code == 400, address
        assert "cannot be read" in response.content.decode()


@pytest.mark.django_db
def test_pages_that_say_no_have_the_same_look_and_a_way_on(client: Client) -> None:
    client.force_login(make_user())

    missing = client.get("/no/such/page/")
    forbidden = client.get(reverse("admin:accounts_user_add"))

    for response, number in ((missing, 404), (forbidden, 403)):
        page = response.content.decode()
        assert response.status_code == number
        assert "shell/candidate.css" in page
        assert 'href="/admin/"' in page


@pytest.mark.django_db
def test_case_74_clickjack_and_policies(client: Client) -> None:
    public = client.get("/accounts/login/")
    client.force_login(make_administrator())
    staff = client.get(reverse("admin:accounts_user_changelist"))
    others = [client.get(address) for address in ("/jobs/", "/admin/", "/admin/dashboard/", "/t/none/")]

    for response in (public, staff, *others):
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"
    assert "unsafe" not in public["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in staff["Content-Security-Policy"]


@pytest.mark.django_db
def test_request_for_another_host_is_answered_with_a_page(client: Client) -> None:
    response = client.get("/admin/", headers={"host": "elsewhere.example.net"})

    assert response.status_code == 400
    assert "This request cannot be read" in response.content.decode()
