from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor
from assessments import operations
from assessments.enums import InvitationState
from assessments.models import Assessment, AssessmentVersion, DrawRule, Invitation
from assessments.queries import draft_of
from outbox.models import Message
from tests.factories.accounts import make_user
from tests.factories.assessments import (
    make_assessment,
    make_attempt,
    make_draft,
    make_finished,
    make_invitation,
    make_person,
)
from tests.factories.questions import NOW, make_bank, make_question, make_skill

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


def sign_in(*roles: Role) -> Client:
    client = Client()
    client.force_login(make_user(*roles))
    return client


@pytest.fixture
def author() -> Client:
    return sign_in(Role.QUESTION_AUTHOR)


def change(assessment: Assessment) -> str:
    return reverse("admin:assessments_assessment_change", args=[assessment.pk])


def step(name: str, assessment: Assessment) -> str:
    return reverse(f"assessments:{name}", args=[assessment.slug])


INVITATIONS = "/admin/assessments/invitation/"
TESTS = "/admin/assessments/assessment/"


# --- Lists ---


@pytest.mark.parametrize("address", [TESTS, INVITATIONS])
def test_lists_send_outsiders_to_sign_in(client, address) -> None:
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    ("roles", "sees"),
    [
        ((Role.ADMINISTRATOR,), True),
        ((Role.RECRUITER,), True),
        ((Role.QUESTION_AUTHOR,), False),
        ((Role.ANALYST,), False),
        ((), False),
    ],
)
def test_invitation_list_shows_people_of_no_job_to_recruiters_only(roles, sees) -> None:
    make_invitation(person=make_person("Ada Sample"))

    response = sign_in(*roles).get(INVITATIONS)

    assert response.status_code == 200
    assert ("Ada Sample" in response.content.decode()) is sees


@pytest.mark.parametrize(
    ("roles", "sees"),
    [
        ((Role.ADMINISTRATOR,), True),
        ((Role.RECRUITER,), True),
        ((Role.QUESTION_AUTHOR,), True),
        ((Role.ANALYST,), True),
        ((), False),
    ],
)
def test_test_list_is_empty_for_who_has_no_part_in_it(roles, sees) -> None:
    assessment = make_assessment()

    response = sign_in(*roles).get(TESTS)

    assert response.status_code == 200
    assert (assessment.name in response.content.decode()) is sees


@pytest.mark.parametrize("rows", [1, 3])
# Session, user, roles, permissions of the person and of their roles, organisation, signs, how many (twice), rows.
def test_test_list_costs_the_same_for_one_and_three_rows(author, rows, django_assert_num_queries) -> None:
    for _ in range(rows):
        make_invitation(make_assessment())
    author.get(TESTS)

    with django_assert_num_queries(9):
        response = author.get(TESTS)

    assert response.content.decode().count("Published") >= rows


@pytest.mark.parametrize("rows", [1, 3])
# The same, and the choices of the filter by test.
def test_invitation_list_costs_the_same_for_one_and_three_rows(
    recruiter, rows, django_assert_num_queries
) -> None:
    assessment = make_assessment()
    for _ in range(rows):
        make_finished(assessment, right=2)
    recruiter.get(INVITATIONS)

    with django_assert_num_queries(10):
        response = recruiter.get(INVITATIONS)

    assert response.content.decode().count("67 %") == rows


def test_invitation_list_shows_state_result_and_mail_and_filters_by_them(recruiter) -> None:
    assessment = make_assessment()
    names = ("Invited Ines", "Started Stan", "Finished Fay", "Expired Eve", "Withdrawn Will")
    invited, started, finished, expired, revoked = (
        make_invitation(assessment, person=make_person(name), now=timezone.now()) for name in names
    )
    make_attempt(invitation=started, now=timezone.now())
    make_finished(invitation=finished, now=timezone.now(), right=2)
    Invitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(days=1))
    operations.revoke_invitation(invitation=revoked, by=SYSTEM, now=timezone.now())

    shown = {}
    for state in ("invited", "started", "finished", "expired", "revoked"):
        page = recruiter.get(INVITATIONS, {"state": state}).content.decode()
        shown[state] = [name for name in names if name in page]
    everything = recruiter.get(INVITATIONS).content.decode()

    assert shown == {
        "invited": ["Invited Ines"],
        "started": ["Started Stan"],
        "finished": ["Finished Fay"],
        "expired": ["Expired Eve"],
        "revoked": ["Withdrawn Will"],
    }
    assert "67 %" in everything
    assert "Queued" in everything
    assert invited.link.public_id not in everything


def test_invitation_list_shows_no_result_of_a_void_attempt(recruiter) -> None:
    invitation = make_invitation(now=timezone.now())
    attempt = make_finished(invitation=invitation, right=2, now=timezone.now())
    operations.void_attempt(attempt=attempt, reason="Fire alarm", by=SYSTEM, now=timezone.now())

    page = recruiter.get(INVITATIONS).content.decode()

    assert "Void" in page
    assert reverse("assessments:attempt", args=[attempt.pk]) in page
    assert "67 %" not in page


def test_invitation_list_finds_by_name_and_address(recruiter) -> None:
    person = make_person("Ada Sample")
    make_invitation(person=person)
    make_invitation(person=make_person("Bob Other"))

    by_name = recruiter.get(INVITATIONS, {"q": "ada"}).content.decode()
    by_address = recruiter.get(INVITATIONS, {"q": person.emails.get().address}).content.decode()

    assert "Ada Sample" in by_name
    assert "Bob Other" not in by_name
    assert "Ada Sample" in by_address
    assert "Bob Other" not in by_address


# --- Writing a test ---


def limits(**changes: object) -> dict[str, object]:
    return {
        "name": "Python",
        "slug": "python",
        "introduction": "Welcome.",
        "minutes": "30",
        "pass_mark": "70",
        "borderline_from": "60",
        "shuffle_questions": "on",
        "shuffle_options": "on",
        "navigation": "free",
        "buffer_seconds": "30",
        "marking": "by_question",
        "candidate_sees": "received",
        "most_attempts": "1",
        "retake_after_days": "0",
    } | changes


def rules(*lines: dict[str, object]) -> dict[str, object]:
    """A blueprint of one section as its page sends it."""
    data: dict[str, object] = {"section": "s1", "s1-line": [f"r{number}" for number in range(len(lines))]}
    for number, line in enumerate(lines):
        for name, value in ({"count": "1", "marks": "1", "expected_seconds": "75"} | line).items():
            data[f"r{number}-{name}"] = value
    return data


def test_test_is_written_from_nothing_to_published_in_the_shell(author) -> None:
    bank = make_bank()
    make_question(bank)
    make_question(bank)

    author.post(f"{TESTS}add/", limits())
    assessment = Assessment.objects.get(slug="python")
    author.post(change(assessment), limits(minutes="25"))
    author.post(step("rules", assessment), rules({"bank": bank.pk, "count": "2"}, {"bank": ""}))
    before = author.get(step("publish", assessment)).content.decode()
    response = author.post(step("publish", assessment), follow=True)

    version = AssessmentVersion.objects.get()
    assessment.refresh_from_db()
    assert "<dd>25</dd>" in before
    assert version.published_at is not None
    assert (version.minutes, assessment.current_version) == (25, version)
    assert DrawRule.objects.get().count == 2
    assert "The version is published" in response.content.decode()


def test_publishing_what_cannot_be_met_names_the_rules_and_changes_nothing(author) -> None:
    assessment = make_draft(questions=1, count=3)

    response = author.post(step("publish", assessment))

    page = response.content.decode()
    assert "It cannot be published yet" in page
    assert "2 questions are missing" in page
    assert draft_of(assessment) is not None


def test_new_version_is_a_copy_that_can_be_changed_while_the_published_one_stays(author) -> None:
    assessment = make_assessment(minutes=40)

    author.post(step("new-version", assessment))
    author.post(change(assessment), limits(name=assessment.name, minutes="20"))

    draft = draft_of(assessment)
    assert (draft.number, draft.minutes) == (2, 20)
    assert assessment.current_version.minutes == 40
    assert DrawRule.objects.filter(section__version=draft).count() == 1


def test_published_test_without_a_draft_has_no_field_for_its_limits(author) -> None:
    assessment = make_assessment(minutes=40)

    page = author.get(change(assessment)).content.decode()
    author.post(change(assessment), limits(minutes="20"))

    assert 'name="minutes"' not in page
    assert AssessmentVersion.objects.get().minutes == 40
    assert Assessment.objects.get().name == "Python"


def test_borderline_above_the_pass_mark_is_refused_at_its_field(author) -> None:
    response = author.post(f"{TESTS}add/", limits(borderline_from="80"))

    assert response.status_code == 200
    assert "must start at or below the pass mark" in response.content.decode()
    assert not Assessment.objects.exists()


def test_slug_that_is_taken_is_refused_and_keeps_what_was_typed(author) -> None:
    taken = make_assessment()

    response = author.post(f"{TESTS}add/", limits(slug=taken.slug, introduction="My long words"))

    assert response.status_code == 200
    assert "My long words" in response.content.decode()
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize(
    "line", [{"count": "0"}, {"count": "x"}, {"difficulty": "9"}, {"marks": "0"}, {"level": "guru"}]
)
def test_rule_with_a_mistake_is_refused_and_the_old_rules_stay(author, line) -> None:
    assessment = make_draft(questions=2)
    bank = DrawRule.objects.get().bank

    response = author.post(step("rules", assessment), rules({"bank": bank.pk} | line))

    assert response.status_code == 200
    assert "field-error" in response.content.decode()
    assert DrawRule.objects.get().count == 2


def test_rules_by_skill_level_and_difficulty_are_stored_and_an_empty_line_is_none(author) -> None:
    assessment = make_draft()
    bank, skill = make_bank(), make_skill("sql")
    kept = {"bank": bank.pk, "skill": skill.pk, "level": "junior", "difficulty": "2", "marks": "1.5"}

    author.post(step("rules", assessment), rules(kept, {"bank": ""}))

    rule = DrawRule.objects.get()
    assert (rule.bank, rule.skill, rule.level, rule.difficulty, rule.marks) == (bank, skill, "junior", 2, 1.5)


def test_retire_asks_first(author) -> None:
    assessment = make_assessment()

    asked = author.get(step("retire", assessment))
    before = Assessment.objects.get().retired_at
    author.post(step("retire", assessment))

    assert (asked.status_code, before) == (200, None)
    assert Assessment.objects.get().retired_at is not None


@pytest.mark.parametrize("name", ["rules", "publish", "new-version", "retire"])
@pytest.mark.parametrize("roles", [(Role.ANALYST,), ()])
def test_steps_of_a_test_are_refused_to_who_may_not_change_it(name, roles) -> None:
    assessment = make_draft()
    client = sign_in(*roles)

    assert client.get(step(name, assessment)).status_code == 403
    assert client.post(step(name, assessment)).status_code == 403
    assert draft_of(assessment) is not None


@pytest.mark.parametrize("name", ["rules", "publish", "new-version", "retire"])
def test_steps_of_a_test_send_outsiders_to_sign_in(client, name) -> None:
    response = client.get(step(name, make_draft()))

    assert (response.status_code, response.url.startswith("/accounts/login/")) == (302, True)


def test_steps_of_a_test_that_does_not_exist_are_404(author) -> None:
    assert author.get("/admin/tests/nothing/rules/").status_code == 404
    assert author.get(step("rules", make_assessment())).status_code == 404


# --- Changing invitations ---


def changing(name: str, *invitations: Invitation) -> str:
    ids = ",".join(str(invitation.pk) for invitation in invitations)
    return f"{reverse('assessments:change-invitations', args=[name])}?ids={ids}"


def test_action_leads_to_a_page_that_asks(recruiter) -> None:
    invitation = make_invitation()

    response = recruiter.post(INVITATIONS, {"action": "revoke", "_selected_action": [invitation.pk]})

    assert (response.status_code, response.url) == (302, changing("revoke", invitation))
    assert Invitation.objects.get().revoked_at is None


def test_change_shows_who_is_affected_and_who_is_skipped_and_then_does_it(recruiter) -> None:
    assessment = make_assessment()
    fresh = make_invitation(assessment, person=make_person("Fresh Fay"), now=timezone.now())
    started = make_invitation(assessment, person=make_person("Started Stan"), now=timezone.now())
    make_attempt(invitation=started, now=timezone.now())

    asked = recruiter.get(changing("revoke", fresh, started)).content.decode()
    done = recruiter.post(
        changing("revoke"), {"ids": f"{fresh.pk},{started.pk}"}, follow=True
    ).content.decode()

    assert "Withdraw 1 invitation" in asked
    assert "Skipped" in asked
    assert asked.index("Fresh Fay") < asked.index("Skipped") < asked.index("Started Stan")
    assert "1 invitation was withdrawn." in done
    assert "The test was started already" in done
    fresh.refresh_from_db()
    started.refresh_from_db()
    assert (fresh.revoked_at is not None, started.revoked_at) == (True, None)


def test_extend_wants_a_moment_in_the_future(recruiter) -> None:
    invitation = make_invitation(now=timezone.now())
    later = timezone.now() + timedelta(days=30)

    refused = recruiter.post(changing("extend"), {"ids": invitation.pk, "expires_at": "2001-01-01T10:00"})
    recruiter.post(changing("extend"), {"ids": invitation.pk, "expires_at": f"{later:%Y-%m-%dT%H:%M}"})

    assert "Choose a moment in the future." in refused.content.decode()
    invitation.refresh_from_db()
    assert abs(invitation.expires_at - later) < timedelta(minutes=1)


def test_resend_and_reissue_queue_mail(recruiter) -> None:
    invitation = make_invitation(now=timezone.now())
    Message.objects.update(state="sent")

    recruiter.post(changing("resend"), {"ids": invitation.pk})
    asked = recruiter.post(changing("reissue"), {"ids": invitation.pk}).content.decode()
    invitation.link.refresh_from_db()
    before = (Message.objects.count(), invitation.link.generation)
    recruiter.post(changing("reissue"), {"ids": invitation.pk, "reason": "It was sent on to somebody"})

    assert "This field is required" in asked
    assert before == (2, 1)
    invitation.link.refresh_from_db()
    assert Message.objects.count() == 3
    assert invitation.link.generation == 2
    page = reverse("admin:assessments_invitation_change", args=[invitation.pk])
    assert "It was sent on to somebody" in recruiter.get(page).content.decode()


@pytest.mark.parametrize("name", ["revoke", "resend", "reissue", "extend"])
@pytest.mark.parametrize("roles", [(Role.QUESTION_AUTHOR,), (Role.ANALYST,), ()])
def test_change_is_refused_to_everybody_else(name, roles) -> None:
    invitation = make_invitation()
    client = sign_in(*roles)

    assert client.get(changing(name, invitation)).status_code == 403
    assert client.post(changing(name), {"ids": invitation.pk}).status_code == 403
    assert Message.objects.count() == 1
    assert Invitation.objects.get().revoked_at is None


def test_change_of_an_invitation_that_may_not_be_seen_does_nothing(recruiter) -> None:
    invitation = make_invitation()

    recruiter.post(changing("revoke"), {"ids": f"{invitation.pk + 1},x,-1,{10**30}"})

    assert Invitation.objects.get().revoked_at is None


@pytest.mark.parametrize("address", ["/admin/invitations/delete/", "/admin/invitations/revoke-all/"])
def test_unknown_change_is_404(recruiter, address) -> None:
    assert recruiter.get(address).status_code == 404


def test_invitation_page_shows_facts_and_links_to_the_attempt(recruiter) -> None:
    attempt = make_finished(right=2)

    page = recruiter.get(f"{INVITATIONS}{attempt.invitation_id}/change/").content.decode()

    assert reverse("assessments:attempt", args=[attempt.pk]) in page
    assert str(InvitationState.FINISHED.label) in page
    assert attempt.invitation.link.public_id not in page


def test_nothing_is_deleted_or_typed_over_in_invitations() -> None:
    invitation = make_invitation()
    client = sign_in(Role.ADMINISTRATOR)

    deleted = client.post(f"{INVITATIONS}{invitation.pk}/delete/", {"post": "yes"})
    typed = client.post(f"{INVITATIONS}{invitation.pk}/change/", {"extra_seconds": "9999"})

    assert (deleted.status_code, typed.status_code) == (403, 403)
    invitation.refresh_from_db()
    assert (invitation.extra_seconds, invitation.created_at) == (0, NOW)


@pytest.mark.parametrize("change", ["revoke", "resend", "reissue", "extend"])
def test_case_17_eval_input_code_for_the_ids_of_invitations_changes_none(
    recruiter, code_as_text, change
) -> None:
    make_invitation(now=timezone.now())
    before = list(Invitation.objects.values())
    sent = Message.objects.count()

    for text in code_as_text:
        chosen = recruiter.post(INVITATIONS, {"action": change, "_selected_action": [text]}, follow=True)
        assert chosen.redirect_chain == [(INVITATIONS, 302)]
        address = reverse("assessments:change-invitations", args=[change])
        assert recruiter.get(address, {"ids": text}).status_code == 200
        assert recruiter.post(address, {"ids": text, "expires_at": text}).status_code in (200, 302)

    assert list(Invitation.objects.values()) == before
    assert Message.objects.count() == sent


def test_case_18_formula_scoring_marks_and_limits_are_plain_numbers(author, code_as_text) -> None:
    assessment = make_draft()
    before = list(DrawRule.objects.values()), list(AssessmentVersion.objects.values())
    bank = DrawRule.objects.get().bank_id

    for text in code_as_text:
        line = {"bank": bank, "count": "1", "marks": text}
        marks = author.post(step("rules", assessment), rules(line)).content.decode()
        # At its field, and above with the way to it.
        assert marks.count("Enter a number.") == 2
        numbers = limits(minutes=text, pass_mark=text, borderline_from=text)
        page = author.post(change(assessment), numbers).content.decode()
        assert (page.count("Enter a number."), page.count("Enter a whole number.")) == (2, 1)

    assert (list(DrawRule.objects.values()), list(AssessmentVersion.objects.values())) == before
