"""Writing a question in a real browser: with scripts and without, by keyboard, and with everything that goes wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.enums import Role
from accounts.models import Actor
from questions import operations, queries
from questions.models import AnswerKey, Question, QuestionTag, UnsavedEdit
from tests.architecture.test_accessibility import OPTIONS as AXE_OPTIONS
from tests.factories.accounts import make_user
from tests.factories.questions import make_bank, make_question, make_skill
from tests.questions.pages.test_pictures import drawing
from tests.questions.pages.typed import typed

ADD = reverse("admin:questions_question_add")


def sign_in(page: Page, live_server: Any, user: Any = None) -> None:
    client = Client()
    client.force_login(user or make_user(Role.QUESTION_AUTHOR))
    cookies = [
        {"name": name, "value": cookie.value, "url": live_server.url}
        for name, cookie in client.cookies.items()
    ]
    page.context.add_cookies(cookies)  # type: ignore[arg-type]


@pytest.fixture
def author(transactional_db: None, live_server: Any, page: Page) -> Page:
    sign_in(page, live_server)
    return page


def change(live_server: Any, question: Question) -> str:
    return str(live_server.url) + reverse("admin:questions_question_change", args=[question.pk])


def order(page: Page) -> list[str]:
    return page.locator(".option-row textarea[name$='-text']").evaluate_all(
        "all => all.map(each => each.value)"
    )


def preview(page: Page) -> Any:
    return page.frame_locator("iframe[data-preview]")


@pytest.mark.once
def test_question_is_written_by_keyboard_with_its_preview(author: Page, live_server: Any) -> None:
    bank = make_bank()
    make_skill("python")
    author.goto(live_server.url + ADD)
    author.get_by_label("Bank", exact=True).select_option(str(bank.pk))
    author.get_by_label("Kind").select_option("multiple")
    author.get_by_label("Question", exact=True).fill("Which are *lists*?")
    for number, text in enumerate(("One", "Two", "Three", "None of these"), start=1):
        author.get_by_label(f"Text of option {number}").fill(text)
    expect(preview(author).locator(".option")).to_have_count(4)
    expect(preview(author).locator("legend em")).to_have_text("lists")
    expect(preview(author).locator("[type=checkbox]")).to_have_count(4)

    # Up twice, then down once: announced, and the focus stays with the option.
    author.get_by_role("button", name="Move option 3 up").press("Enter")
    author.keyboard.press("Enter")
    expect(author.locator("#options-said")).to_have_text("Option 2 is option 1 of 4 now.")
    assert order(author) == ["Three", "One", "Two", "None of these"]
    expect(author.get_by_role("button", name="Move option 1 down")).to_be_focused()
    author.keyboard.press("Enter")
    assert order(author) == ["One", "Three", "Two", "None of these"]
    expect(preview(author).locator(".option label").nth(1)).to_have_text("Three")

    author.get_by_role("button", name="Remove option 3").press("Enter")
    expect(author.locator("#options-said")).to_have_text("Option 3 is removed.")
    author.get_by_role("button", name="Put the removed option back").press("Enter")
    assert order(author) == ["One", "Three", "Two", "None of these"]
    author.get_by_role("button", name="Add an option").press("Enter")
    expect(author.get_by_label("Text of option 5")).to_be_focused()
    author.keyboard.type("Five")
    author.locator(".option-row").nth(3).get_by_label("Place").select_option("last")
    author.locator(".option-row").nth(0).get_by_label("Right").check()
    author.locator(".option-row").nth(1).get_by_label("Right").check()
    expect(author.locator("[data-earns]").nth(0)).to_have_text("earns 1/2")
    expect(author.locator("[data-earns]").nth(2)).to_have_text("earns −1/3")
    author.get_by_label("Set the share of each option myself").check()
    expect(author.locator(".option-row").nth(2).get_by_label("Share")).to_have_value("-1/3")
    author.locator(".option-row").nth(2).get_by_label("Share").fill("−25 %")
    author.get_by_role("button", name="Save", exact=True).click()

    expect(author.get_by_text("The question is added, as a draft.")).to_be_visible()
    options = Question.objects.get().versions.get().options
    assert [option["text"] for option in options] == ["One", "Three", "Two", "None of these", "Five"]
    assert [option["place"] for option in options] == ["", "", "", "last", ""]
    assert list(AnswerKey.objects.get().shares.values()) == ["1/2", "1/2", "-1/4", "-1/3", "-1/3"]


@pytest.mark.once
def test_option_is_pulled_by_its_grip(author: Page, live_server: Any) -> None:
    question = make_question(codes="abcd", ready=False)
    author.goto(change(live_server, question))
    grip = author.locator("[data-grip]").first
    expect(grip).to_be_visible()

    author.locator(".option-row").nth(1).evaluate("each => each.scrollIntoView({block: 'center'})")
    box, target = grip.bounding_box(), author.locator(".option-row").nth(2).bounding_box()
    assert box is not None
    assert target is not None
    author.mouse.move(box["x"] + 5, box["y"] + 5)
    author.mouse.down()
    author.mouse.move(box["x"] + 5, target["y"] + target["height"] / 2 + 12, steps=12)
    author.mouse.up()

    expect(author.locator("#options-said")).to_have_text("Option 1 is option 3 of 4 now.")
    assert order(author) == ["Option b", "Option c", "Option a", "Option d"]


@pytest.mark.once
def test_marking_another_option_as_right_moves_the_mark_where_one_is_chosen(
    author: Page, live_server: Any
) -> None:
    author.goto(change(live_server, make_question(codes="abc", ready=False)))
    author.locator(".option-row").nth(2).get_by_label("Right").check()

    expect(author.locator(".option-row").nth(0).get_by_label("Right")).not_to_be_checked()
    expect(author.locator("#options-said")).to_have_text("Option 3 is right now; option 1 is not any more.")


@pytest.mark.once
def test_fields_follow_the_kind(author: Page, live_server: Any) -> None:
    author.goto(live_server.url + ADD)
    expect(author.get_by_label("Model answer")).to_be_hidden()
    expect(author.get_by_label("Marking")).to_be_hidden()

    author.get_by_label("Kind").select_option("open")
    expect(author.get_by_label("Model answer")).to_be_visible()
    expect(author.get_by_role("button", name="Add an option")).to_be_hidden()
    expect(preview(author).get_by_text("Open questions are asked in interviews")).to_be_visible()
    author.get_by_label("Kind").select_option("multiple")
    expect(author.get_by_label("Marking")).to_be_visible()
    expect(author.get_by_label("Model answer")).to_be_hidden()


@pytest.mark.once
def test_what_is_typed_is_kept_and_offered_again(author: Page, live_server: Any) -> None:
    question = make_question(codes="abc", stem="As it was?")
    author.goto(change(live_server, question))
    author.get_by_label("Explanation", exact=True).fill("Typed and not saved")
    expect(author.locator("#kept")).to_have_text(re.compile(r"Kept at .*, not saved yet\."))
    expect(author.locator("#will")).to_contain_text("mends the key of version 1")
    author.get_by_label("Source", exact=True).fill("Typed while leaving")
    author.goto(live_server.url + "/admin/handbook/")
    expect(author.get_by_role("heading", level=1)).to_have_text("Handbook")

    author.goto(change(live_server, question))
    expect(author.get_by_label("Explanation", exact=True)).to_have_value("Because.")
    author.get_by_role("link", name="Take it up").click()
    expect(author.get_by_label("Explanation", exact=True)).to_have_value("Typed and not saved")
    expect(author.get_by_label("Source", exact=True)).to_have_value("Typed while leaving")
    author.get_by_label("What was wrong with the key").fill("It said nothing")
    author.get_by_role("button", name="Save", exact=True).click()
    expect(author.get_by_text("The key of version 1 is mended.", exact=True)).to_be_visible()
    assert not UnsavedEdit.objects.exists()


def test_colleague_who_saved_meanwhile_is_shown_with_what_differs(author: Page, live_server: Any) -> None:
    question = make_question(codes="abc", ready=False, stem="As it was?")
    author.goto(change(live_server, question))
    author.get_by_label("Question", exact=True).fill("Mine?")
    colleague = Client()
    colleague.force_login(make_user(Role.QUESTION_AUTHOR, full_name="Grace Example"))
    url = reverse("admin:questions_question_change", args=[question.pk])
    colleague.post(url, typed(question, stem="Theirs?"))
    author.expected_troubles.add(  # type: ignore[attr-defined]
        "Failed to load resource: the server responded with a status of 409 (Conflict)"
    )
    author.get_by_role("button", name="Save", exact=True).click()

    expect(author.get_by_text("Grace Example saved this question while you were writing")).to_be_visible()
    expect(author.locator("#stale")).to_be_focused()
    expect(author.locator(".differences")).to_contain_text("Theirs?")
    expect(author.get_by_label("Question", exact=True)).to_have_value("Mine?")
    author.get_by_role("button", name="Save mine over it").last.click()
    expect(author.get_by_text("The draft, version 1, is saved.")).to_be_visible()
    assert queries.latest_version(question).stem == "Mine?"  # type: ignore[union-attr]


def test_session_that_ended_loses_nothing(author: Page, live_server: Any) -> None:
    question = make_question(codes="abc", ready=False)
    user = make_user(Role.QUESTION_AUTHOR)
    sign_in(author, live_server, user)
    author.goto(change(live_server, question))
    author.get_by_label("Question", exact=True).fill("Typed before the session ended")
    Session.objects.all().delete()
    author.get_by_role("button", name="Save", exact=True).click()

    expect(author.locator("#kept")).to_contain_text("You are signed out.")
    expect(author.get_by_label("Question", exact=True)).to_have_value("Typed before the session ended")
    sign_in(author, live_server, user)
    author.get_by_role("button", name="Save", exact=True).click()
    expect(author.get_by_text("The draft, version 1, is saved.")).to_be_visible()
    assert question.versions.get().stem == "Typed before the session ended"


@pytest.mark.once
def test_picture_is_inserted_and_shown_in_the_preview(author: Page, live_server: Any, tmp_path: Path) -> None:
    file = tmp_path / "map.png"
    file.write_bytes(drawing())
    author.goto(change(live_server, make_question(codes="abc", ready=False, stem="Look.")))
    box = author.locator("[data-picture=stem]")
    box.get_by_text("Insert a picture").click()
    box.get_by_label("Picture", exact=True).set_input_files(file)
    author.expected_troubles.add(  # type: ignore[attr-defined]
        "Failed to load resource: the server responded with a status of 400 (Bad Request)"
    )
    box.get_by_role("button", name="Insert it").click()
    expect(box.locator("[data-picture-refusal]")).to_contain_text("Say what the picture shows")
    box.get_by_label("What it shows").fill("A map")
    box.get_by_role("button", name="Insert it").click()

    expect(author.get_by_label("Question", exact=True)).to_have_value(
        re.compile(r"!\[A map\]\(/pictures/[\w-]+\)")
    )
    image = preview(author).get_by_alt_text("A map")
    expect(image).to_be_visible()
    author.wait_for_function(
        "document.querySelector('iframe[data-preview]').contentDocument.querySelector('.stem img').naturalWidth === 40"
    )
    why = author.locator("[data-picture=explanation]")
    why.get_by_text("Insert a picture").click()
    why.get_by_label("Picture", exact=True).set_input_files(file)
    why.get_by_label("What it shows").fill("The way")
    why.get_by_role("button", name="Insert it").click()
    expect(author.get_by_label("Explanation", exact=True)).to_have_value(
        re.compile(r"^Because\.\n\n!\[The way\]\(/pictures/[\w-]+\)")
    )


@pytest.mark.once
def test_tags_are_offered_behind_those_that_are_written(author: Page, live_server: Any) -> None:
    QuestionTag.objects.bulk_create([QuestionTag(name=name) for name in ("routing", "sql")])
    author.goto(change(live_server, make_question(codes="abc", ready=False)))
    offered = "all => all.map(each => each.value)"
    assert author.locator("#tag-offers option").evaluate_all(offered) == ["routing", "sql"]

    author.get_by_label("Tags").fill("routing, s")

    assert author.locator("#tag-offers option").evaluate_all(offered) == ["routing, sql"]


@pytest.mark.once
def test_link_of_a_finding_leads_to_the_line_of_its_field(author: Page, live_server: Any) -> None:
    stem = "Look.\n\nWhich is not it?"
    question = make_question(codes="abc", stem=stem)
    author.goto(live_server.url + reverse("questions:review-queue"))
    author.locator(".finding-text a").first.click()

    field = author.locator("#id_stem")
    expect(field).to_be_focused()
    chosen = field.evaluate("each => each.value.slice(each.selectionStart, each.selectionEnd)")
    assert chosen == "Which is not it?"
    assert question.findings.get().place == "stem"


@pytest.mark.once
def test_preview_turns_dark_and_as_narrow_as_a_phone(author: Page, live_server: Any) -> None:
    author.goto(change(live_server, make_question(codes="abc", ready=False)))
    expect(preview(author).locator(".option")).to_have_count(3)
    frame = author.locator("iframe[data-preview]")
    colour = "each => each.contentWindow.getComputedStyle(each.contentDocument.body).backgroundColor"
    light = frame.evaluate(colour)

    author.get_by_role("button", name="Dark", exact=True).click()
    expect(author.get_by_role("button", name="Dark", exact=True)).to_have_attribute("aria-pressed", "true")
    assert frame.evaluate(colour) != light
    author.get_by_role("button", name="Phone", exact=True).click()
    assert frame.evaluate("each => each.clientWidth") == 375


@pytest.mark.once
def test_mistake_gets_the_focus(author: Page, live_server: Any) -> None:
    author.goto(change(live_server, make_question(codes="abc", ready=False)))
    author.get_by_label("Set the share of each option myself").check()
    author.locator(".option-row").nth(1).get_by_label("Share").fill("some")
    author.get_by_role("button", name="Save", exact=True).click()

    expect(author.get_by_role("alert")).to_contain_text("Option 2, share: Write a fraction")
    expect(author.locator(".option-row").nth(1).get_by_label("Share")).to_be_focused()


def test_everything_works_without_scripts(transactional_db: None, live_server: Any, browser: Browser) -> None:
    bank = make_bank()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server)
    page.goto(live_server.url + ADD)
    page.locator("#id_bank").select_option(str(bank.pk))
    page.locator("#id_stem").fill("Which one?")
    for number, text in enumerate(("One", "Two", "Three"), start=1):
        page.locator(f"#id_o{number}-text").fill(text)
    page.locator("[value='up o3']").click()
    expect(page.locator(".option-row").nth(1)).to_have_attribute("data-row", "o3")
    page.locator("[value='remove o4']").click()
    expect(page.locator(".option-row")).to_have_count(3)
    page.locator("[value=add]").click()
    expect(page.locator(".option-row")).to_have_count(4)
    page.locator("#id_o4-text").fill("Four")
    page.locator("#id_o3-right").check()
    # The session ends meanwhile, and nothing of all this is lost.
    Session.objects.all().delete()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    sign_in(page, live_server)
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("The question is added, as a draft.")).to_be_visible()
    context.close()

    version = Question.objects.get().versions.get()
    assert [option["text"] for option in version.options] == ["One", "Three", "Two", "Four"]
    assert AnswerKey.objects.get().shares == {"a": "0", "b": "1", "c": "0", "d": "0"}


@pytest.mark.once
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_page_in_all_its_states_is_for_everybody(author: Page, live_server: Any, theme: str) -> None:
    author.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    question = make_question(codes="abc")
    operations.keep_typing(
        question=question,
        unsaved="",
        data={"stem": ["x"]},
        base="",
        by=Actor.of_user(make_user()),
        now=question.created_at,
    )
    author.goto(change(live_server, question))
    author.get_by_label("Set the share of each option myself").check()
    author.get_by_text("Insert a picture").first.click()
    author.locator(".option-more summary").first.click()
    author.locator(".option-row").nth(1).get_by_label("Share").fill("some")
    author.get_by_role("button", name="Save", exact=True).click()
    expect(author.get_by_role("alert")).to_be_visible()
    expect(preview(author).locator(".option")).to_have_count(3)

    for width in (1280, 320):
        author.set_viewport_size({"width": width, "height": 800})
        found = Axe().run(author, options=AXE_OPTIONS).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
        assert author.evaluate("document.documentElement.scrollWidth") <= width
