"""Pages of question banks in their fullest states: for everybody, light and dark, and as narrow as a small phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.enums import Role
from accounts.models import Actor
from assessments.operations import SectionDraft, create_assessment, write_blueprint
from outbox.operations import run_due_work
from questions import operations
from questions.enums import BulkAction, Weight
from questions.models import Question, QuestionBank, QuestionFinding
from questions.rules import KeyDraft, OptionDraft
from tests.architecture.test_accessibility import DESK, NAVIGATION, look, sign_in, violations
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, key, make_bank, make_question, make_skill, options

pytestmark = pytest.mark.looks
SYSTEM = Actor.system()
NARROW: Any = {"width": 320, "height": 640}
LONG = "Which_of_these_is_not_a_name_that_a_program_may_give_to_anything_whatever_it_is"
MANY_MISTAKES = """Which of these is not a list?

![](https://pictures.example/a_list_with_rather_a_long_name_that_nothing_breaks.png)

```klingon
nuqneH
```

```python
x = (
```"""


def make_everything() -> Question:
    """Make questions that are in the queue for every reason, and return one with two versions that differ."""
    bank = make_bank()
    operations.update_bank(
        bank=bank, name="A bank with rather a long name", description="", by=SYSTEM, now=NOW
    )
    changed = make_question(bank, stem=f"{LONG}?\n\n```python\nx = (\n```", skills=[make_skill("python")])
    operations.edit_question(
        question=changed,
        level="junior",
        intended_difficulty=2,
        skills=changed.skills.all(),
        tags=[],
        stem=f"{LONG}, and why?\n\n```python\nx = (1,\n```",
        options=options("abcd"),
        key=key("b"),
        by=SYSTEM,
        now=NOW + timedelta(days=1),
    )
    operations.send_to_review(question=changed, by=SYSTEM, now=NOW)
    operations.record_usage(shown={changed.pk: 12}, now=NOW)
    operations.record_reports(question_id=changed.pk, opened=2, now=NOW)
    operations.flag_leaked(question=changed, note="https://forum.example/" + "x" * 60, by=SYSTEM, now=NOW)
    operations.let_rest(question=make_question(bank), by=SYSTEM, now=NOW)
    back = make_question(bank, ready=False)
    operations.send_to_review(question=back, by=SYSTEM, now=NOW)
    operations.send_back(question=back, note="Two options say the same.", by=SYSTEM, now=NOW)
    make_mistakes(bank)
    return changed


def make_mistakes(bank: QuestionBank) -> Question:
    """Add a question with many kinds of mistakes at once."""
    return operations.add_question(
        bank=bank,
        external_id="many-mistakes",
        kind="single",
        level="junior",
        intended_difficulty=2,
        skills=[],
        stem=MANY_MISTAKES,
        options=[
            OptionDraft("a", "It is always one"),
            OptionDraft("b", "`[]`"),
            OptionDraft("c", "`list()`"),
            OptionDraft("d", "Both A and B"),
            OptionDraft("e", "All of the above"),
        ],
        key=KeyDraft(shares={"a": "0", "b": "1", "c": "1", "d": "0", "e": "0"}),
        by=SYSTEM,
        now=NOW,
    )


def make_look_at_bank(bank: QuestionBank, by: Actor) -> str:
    """Let a worker look through a bank whose right options are always the longest; return the address of the work."""
    for number in range(20):
        operations.add_question(
            bank=bank,
            external_id=f"long-{number}",
            kind="single",
            level="junior",
            intended_difficulty=2,
            skills=[make_skill("python")],
            stem=f"What does `range({number})` give to whoever asks number {number}?",
            options=[OptionDraft(code, f"Option {code}{' and more' * (code == 'a')}") for code in "abcd"],
            key=key("a"),
            by=SYSTEM,
            now=NOW,
        )
    back = {"url": f"{reverse('questions:review-queue')}?bank={bank.pk}", "label": "What is to review"}
    now = timezone.now()
    work = operations.queue_bank_look(bank=bank, back=back, by=by, now=now)
    while run_due_work(now=now + timedelta(seconds=5)):
        pass
    return reverse("outbox:work", args=[work.public_id])


def make_draft_of_a_test() -> None:
    test = create_assessment(slug="draft", name="Draft", by=SYSTEM, now=NOW)
    section = SectionDraft(title="Everybody", rules=[])
    write_blueprint(version=test.versions.get(), sections=[section], by=SYSTEM, now=NOW)


def chosen(action: BulkAction) -> Callable[[Page, str], None]:
    """Tick a question of the list, ask for an action, and say what it wants to know first."""

    def go(page: Page, address: str) -> None:
        page.goto(address + reverse("questions:questions"))
        page.locator("[name=ids]").first.check()
        button = page.locator(f".bulk-bar [formaction='{reverse('questions:many', args=[action])}']")
        if not button.is_visible():
            page.locator(".bulk-bar summary").click()
        button.click()
        expect(page.locator(".decide")).to_be_visible()
        first = page.locator(".decide [name=look]")
        if first.count():
            wish = page.locator(".form select, .form input").first
            if action is BulkAction.TAG:
                wish.fill("a tag, another")
            else:
                wish.select_option(index=wish.locator("option").count() - 1)
            first.click()
            expect(page.locator("[name=choose]")).to_be_visible()

    return go


def accepting(page: Page, address: str) -> None:
    """Choose everything that was found on the first page of the queue, to leave it as it is."""
    page.goto(address + reverse("questions:review-queue"))
    page.locator("[data-pick-all]").check()
    page.get_by_role("button", name="Leave as it is…").click()
    expect(page.get_by_label("Why it stays as it is")).to_be_visible()


def editing(question: Question) -> Callable[[Page, str], None]:
    """The screen of a question, once the page of a test stands beside it."""

    def go(page: Page, address: str) -> None:
        page.goto(address + reverse("admin:questions_question_change", args=[question.pk]))
        options_shown = page.frame_locator("iframe[data-preview]").locator(".option")
        expect(options_shown).to_have_count(4)

    return go


def opened(question: Question) -> Callable[[Page, str], None]:
    """The history of a question, with all that is folded away in it."""

    def go(page: Page, address: str) -> None:
        page.goto(address + reverse("questions:history", args=[question.pk]))
        page.locator("main details").evaluate_all("all => all.forEach(each => { each.open = true })")

    return go


def to(path: str) -> Callable[[Page, str], None]:
    def go(page: Page, address: str) -> None:
        page.goto(address + path)

    return go


def at(name: str, query: str = "", **parts: Any) -> Callable[[Page, str], None]:
    return to(reverse(name, kwargs=parts) + query)


def test_pages_of_banks_shut_nobody_out(transactional_db: None, live_server: Any, page: Page) -> None:
    question, author = make_everything(), make_user(Role.QUESTION_AUTHOR)
    bank = question.bank
    operations.set_exposure_cap(question=question, times=20, by=SYSTEM, now=NOW)
    make_bank()
    make_draft_of_a_test()
    looked_at = make_look_at_bank(bank, Actor.of_user(author))
    errors = QuestionFinding.objects.filter(question__external_id="many-mistakes")
    assert errors.values("kind").distinct().count() >= 9
    assert QuestionFinding.objects.filter(question=None, weight=Weight.ATTENTION).exists()
    sign_in(page, live_server.url, author)
    one = {"pk": question.pk}
    pages: dict[str, Callable[[Page, str], None]] = {
        "list": at("questions:questions", "?level=junior&exposure=seldom"),
        "queue": at("questions:review-queue"),
        "queue of a bank": at("questions:review-queue", f"?bank={bank.pk}"),
        "look through a bank": to(looked_at),
        "accepting": accepting,
        "editing": editing(question),
        "sending back": at("questions:send-back", **one),
        "marking ready": at("admin:questions_question_ready", question_id=question.pk),
        "exposure": at("questions:exposure", **one),
        "exposure of a bank": at("questions:bank-exposure", slug=bank.slug),
        "history": opened(question),
        "differences": at("questions:differences", **one),
        "import": at("questions:import", slug=bank.slug),
        "export": at("questions:export", slug=bank.slug),
        **{f"bulk {action}": chosen(action) for action in BulkAction},
    }
    faults: dict[str, list[str]] = {}
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status == 404 else None)
    for scheme, size in (("light", DESK), ("dark", NARROW)):
        look(page, scheme, size)
        for name, go in pages.items():
            go(page, live_server.url)
            found = violations(page, without=NAVIGATION)
            wide = page.evaluate("document.documentElement.scrollWidth")
            faults[f"{name}, {scheme}"] = found + ([f"{wide} wide"] if wide > size["width"] else [])

    assert [(name, found) for name, found in faults.items() if found] == []
    assert missing == []
