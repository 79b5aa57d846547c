"""The editor of a job's form, its links that say where applicants come from, and the answers on an application."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from accounts.models import User
from hiring.enums import Source
from hiring.models import Application, TrackingLink
from hiring.operations import create_tracking_link
from hiring.queries.careers import form_questions
from tests.factories.accounts import NOW
from tests.factories.hiring import SYSTEM
from tests.hiring.careers.applicants import ask, send
from tests.hiring.pages.house import House

SignIn = Callable[[User], Client]
FORM = "/admin/jobs/backend/form/"
TRACKING = "/admin/jobs/backend/tracking/"
ALL_TRACKING = "/admin/tracking/"


def text(response: Any) -> str:
    return str(response.content.decode())


def sent(*questions: dict[str, str], known: int = 0, **words: str) -> dict[str, str]:
    """What the editor's page sends: these questions, then the empty one."""
    data = {
        "introduction": "",
        "resume_rule": "optional",
        "phone_rule": "optional",
        "questions-TOTAL_FORMS": str(len(questions) + 1),
        "questions-INITIAL_FORMS": str(known),
        f"questions-{len(questions)}-kind": "text",
        **words,
    }
    for number, question in enumerate(questions):
        fields = {"kind": "text", "ORDER": str(number + 1), **question}
        data |= {f"questions-{number}-{name}": value for name, value in fields.items()}
    return data


def test_recruiter_writes_the_form_and_applicants_are_asked_it(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    saved = client.post(
        FORM,
        sent(
            {"text": "Which city?", "is_required": "on"},
            {"text": "A permit?", "kind": "yes_no", "flagged": "No"},
            {"text": "Years?", "kind": "number", "below": "2", "least": "0", "most": "60"},
            {"text": "A picture?", "kind": "file"},
            introduction="Be **brief**.",
            phone_rule="hidden",
            resume_rule="required",
        ),
        follow=True,
    )

    assert "The form is saved." in text(saved)
    questions = form_questions(house.job.pk)
    assert [(question.text, question.flags) for question in questions] == [
        ("Which city?", []),
        ("A permit?", ["no"]),
        ("Years?", {"below": "2"}),
        ("A picture?", []),
    ]
    again = text(saved)
    assert again.count('value="Which city?"') == 1
    assert "\nNo</textarea>" in again
    public = text(Client().get("/jobs/backend/apply/"))
    for words in (
        "Which city?",
        "A permit?",
        "Years?",
        "From 0 to 60.",
        "A picture?",
        "<strong>brief</strong>",
    ):
        assert words in public
    assert 'name="phone"' not in public
    assert re.search(r"<label[^>]*requiredField[^>]*>\s*Your résumé", public)


def test_saving_what_is_shown_changes_nothing(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    before = ask(house.job)
    page = client.get(FORM)
    data = {
        form.add_prefix(name): form.get_initial_for_field(field, name)
        for form in page.context["formset"]
        for name, field in form.fields.items()
    }
    data |= {name: value for name, value in sent().items() if not name.startswith("questions-0")}
    data |= {"questions-TOTAL_FORMS": str(len(before) + 1), "questions-INITIAL_FORMS": str(len(before))}
    for name in [name for name, value in data.items() if value in (None, False)]:
        del data[name]

    response = client.post(FORM, data)

    assert response.status_code == 302
    assert [question.pk for question in form_questions(house.job.pk)] == [question.pk for question in before]


def test_what_is_wrong_is_said_and_what_was_typed_stays(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    page = text(client.post(FORM, sent({"text": "Which shift?", "kind": "choice", "options": "Day"})))

    assert "“Which shift?”: Write at least two answers, one on each line." in page
    assert "Day</textarea>" in page
    assert form_questions(house.job.pk) == []


def test_what_does_not_fit_the_kind_is_neither_wrong_nor_kept(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    typed = {"options": "Day", "flagged": "Nonsense", "least": "many", "below": "few"}

    saved = client.post(
        FORM,
        sent(
            {"text": "Which city?", **typed},
            {"text": "A permit?", "kind": "yes_no", **typed, "flagged": "No"},
            {"text": "Years?", "kind": "number", **typed, "least": "1", "below": "2"},
            {"text": "Shift?", "kind": "choice", **typed, "options": "Day\nNight", "flagged": "Night"},
        ),
        follow=True,
    )

    assert "The form is saved." in text(saved)
    kept = [(question.text, question.options, question.flags) for question in form_questions(house.job.pk)]
    assert kept == [
        ("Which city?", [], []),
        ("A permit?", [], ["no"]),
        ("Years?", [{"code": "least", "text": "1"}], {"below": "2"}),
        ("Shift?", kept[3][1], kept[3][2]),
    ]
    assert [option["text"] for option in kept[3][1]] == ["Day", "Night"]
    assert len(kept[3][2]) == 1
    assert text(saved).count('class="form for-options"') == 5


def test_link_is_made_counted_and_closed(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    wrong = text(client.post(TRACKING, {"name": "Agency", "source": "agency"}))
    made = text(client.post(TRACKING, {"name": "Newsletter", "source": "link"}, follow=True))
    link = TrackingLink.objects.get()
    send(Client(), house.job, via=link.public_id)
    counted = text(client.get(TRACKING))
    closed = client.post(f"{TRACKING}{link.public_id}/close/", follow=True)

    assert "Name the agency." in wrong
    assert 'value="Agency"' in wrong
    assert f"/go/{link.public_id}/" in made
    assert "0 people applied by it" in made
    assert "1 person applied by it" in counted
    assert "Who came by it keeps its source." in text(closed)
    link.refresh_from_db()
    assert link.closed_at is not None
    assert Application.objects.get(tracking_link=link).source == Source.LINK


def test_link_of_another_job_is_not_closed_from_here(house: House, sign_in: SignIn) -> None:
    link = create_tracking_link(job=house.other_job, name="Theirs", by=SYSTEM, now=NOW)

    answer = sign_in(house.recruiter).post(f"{TRACKING}{link.public_id}/close/")

    link.refresh_from_db()
    assert (answer.status_code, link.closed_at) == (404, None)


def test_link_to_all_jobs_is_made_leads_to_them_and_counts_only_whom_one_sees(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)

    offered = text(client.get(TRACKING))
    made = client.post(ALL_TRACKING, {"name": "Fair", "source": "agency", "agency": "Fair & Co"}, follow=True)
    link = TrackingLink.objects.get()
    stranger = Client()
    listed = text(stranger.get(f"/go/{link.public_id}/", follow=True))
    for job, address in ((house.job, "ada@example.com"), (house.other_job, "grace@example.com")):
        send(stranger, job, via=link.public_id, email=address)
    counted = text(client.get(ALL_TRACKING))
    of_job = text(client.get(TRACKING))
    closed = text(client.post(f"{ALL_TRACKING}{link.public_id}/close/", follow=True))

    assert ALL_TRACKING in offered
    assert f"/go/{link.public_id}/" in text(made)
    assert f"/jobs/{house.job.slug}/?via={link.public_id}" in listed
    credit = Application.objects.filter(tracking_link=link).values_list("job", "source", "agency")
    assert set(credit) == {(job.pk, Source.AGENCY, "Fair & Co") for job in (house.job, house.other_job)}
    assert "1 person applied by it" in counted
    assert "Fair" not in of_job
    assert "Who came by it keeps its source." in closed
    link.refresh_from_db()
    assert link.closed_at is not None


def test_links_cost_the_same_however_many(
    house: House, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    client = sign_in(house.recruiter)
    for count in (1, 2):
        for _ in range(count):
            create_tracking_link(job=house.job, name="Newsletter", by=SYSTEM, now=NOW)
            create_tracking_link(job=None, name="Fair", by=SYSTEM, now=NOW)
        with django_assert_num_queries(TRACKING_QUERIES):
            client.get(TRACKING)
        with django_assert_num_queries(ALL_TRACKING_QUERIES):
            client.get(ALL_TRACKING)


# The person and their roles (3), the job, may manage (1), the links, colleagues to choose from; organisation,
# permissions (2), signs.
TRACKING_QUERIES = 9
# The same without a job.
ALL_TRACKING_QUERIES = 7


def test_application_shows_the_answers_what_was_typed_and_where_it_came_from(
    house: House, sign_in: SignIn
) -> None:
    questions = ask(house.job)
    link = create_tracking_link(job=house.job, name="Newsletter in May", by=SYSTEM, now=NOW)
    answers = {
        f"question-{questions[1].pk}": "One line.\nAnother line.",
        f"question-{questions[2].pk}": "no",
        f"question-{questions[4].pk}": ["1", "3"],
        f"question-{questions[5].pk}": "7",
    }
    send(Client(), house.job, via=link.public_id, **answers)
    application = Application.objects.get(tracking_link=link)

    page = text(sign_in(house.recruiter).get(f"/admin/applications/{application.public_id}/"))
    manager = text(sign_in(house.manager).get(f"/admin/applications/{application.public_id}/"))

    for shown in (page, manager):
        assert "One line.<br>Another line." in shown
        assert "Python, COBOL" in shown
        assert "<dd>7" in shown
        assert "Newsletter in May" in shown
        # The heading, the permit and COBOL.
        assert shown.count("Second look") == 3


def test_application_without_a_form_has_no_answers(house: House, sign_in: SignIn) -> None:
    page = text(sign_in(house.recruiter).get(f"/admin/applications/{house.application.public_id}/"))

    assert "Answers of the form" not in page
