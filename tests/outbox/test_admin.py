import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from outbox.models import AccessLink, Event, Message, MessageTemplate, Work
from outbox.operations import record_event, save_template
from tests.factories.accounts import NOW, make_administrator, make_recruiter, make_user

pytestmark = pytest.mark.django_db

LISTS = ["admin:outbox_event_changelist", "admin:outbox_messagetemplate_changelist"]
WORDS = {"kind": "greeting", "language": "en", "subject": "Hi", "body": "Come.\n\n{{ link }}", "button": "Go"}


@pytest.fixture
def recruiter(client):
    user = make_recruiter()
    client.force_login(user)
    return user


def make_template(**changes):
    return save_template(template=None, by=Actor.system(), now=NOW, **{**WORDS, **changes})


@pytest.mark.parametrize("name", LISTS)
def test_outsider_is_asked_to_sign_in(client, name):
    assert client.get(reverse(name)).status_code == 302


@pytest.mark.parametrize(
    ("name", "role", "status"),
    [
        ("admin:outbox_event_changelist", Role.ADMINISTRATOR, 302),
        ("admin:outbox_event_changelist", Role.RECRUITER, 403),
        ("admin:outbox_event_changelist", Role.ANALYST, 403),
        ("admin:outbox_event_changelist", Role.QUESTION_AUTHOR, 403),
        ("admin:outbox_messagetemplate_changelist", Role.ADMINISTRATOR, 200),
        ("admin:outbox_messagetemplate_changelist", Role.RECRUITER, 200),
        ("admin:outbox_messagetemplate_changelist", Role.ANALYST, 403),
        ("admin:outbox_messagetemplate_changelist", Role.QUESTION_AUTHOR, 403),
    ],
)
def test_lists_open_for_the_right_roles(client, name, role, status):
    client.force_login(make_user(role))

    assert client.get(reverse(name)).status_code == status


def test_tokens_and_mail_have_no_edit_form():
    assert not {AccessLink, Message, Work} & set(admin.site._registry)


def test_case_88_audit_tamper_history_can_be_read_and_nothing_else(client):
    client.force_login(make_administrator())
    event = record_event(kind="thing.done", by=Actor.system(), now=NOW, data={"n": 1})

    assert client.get(reverse("admin:outbox_event_change", args=[event.pk])).status_code == 200
    assert (
        client.post(reverse("admin:outbox_event_change", args=[event.pk]), {"kind": "x"}).status_code == 403
    )
    assert client.get(reverse("admin:outbox_event_add")).status_code == 403
    assert (
        client.post(reverse("admin:outbox_event_delete", args=[event.pk]), {"post": "yes"}).status_code == 403
    )
    action = {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"}
    client.post(reverse("admin:outbox_event_changelist"), action)
    event.refresh_from_db()
    assert event.kind == "thing.done"


def test_template_is_written_through_its_operation(client, recruiter, greeting):
    response = client.post(reverse("admin:outbox_messagetemplate_add"), WORDS)

    assert response.status_code == 302, response.context["adminform"].form.errors
    assert MessageTemplate.objects.get().subject == "Hi"
    assert Event.objects.get(kind="template.saved").actor_user == recruiter


def test_second_template_is_refused_by_the_form_with_what_was_typed(client, recruiter, greeting):
    client.post(reverse("admin:outbox_messagetemplate_add"), WORDS)

    response = client.post(reverse("admin:outbox_messagetemplate_add"), {**WORDS, "subject": "Hi again"})

    assert "There is a template of this kind in this language already." in response.content.decode()
    assert "Hi again" in response.content.decode()
    assert MessageTemplate.objects.count() == 1


def test_template_form_starts_with_the_built_in_words_and_lists_the_merge_fields(client, recruiter, greeting):
    page = client.get(reverse("admin:outbox_messagetemplate_add"), {"kind": "greeting"}).content.decode()

    assert "Hello {{ candidate_name }}" in page
    assert "{{ contact }} – whom to ask" in page


def test_case_11_template_injection_form_names_the_field_and_keeps_what_was_typed(
    client, recruiter, greeting
):
    body = "{{ settings.SECRET_KEY }} Come.\n\n{{ link }}"

    response = client.post(reverse("admin:outbox_messagetemplate_add"), {**WORDS, "body": body})

    assert response.status_code == 200
    assert "Use braces for merge fields only" in response.content.decode()
    assert "{{ settings.SECRET_KEY }} Come." in response.content.decode()
    assert not MessageTemplate.objects.exists()


def test_template_is_changed_and_keeps_its_kind(client, recruiter, greeting):
    template = make_template()
    url = reverse("admin:outbox_messagetemplate_change", args=[template.pk])

    response = client.post(
        url, {"subject": "Good day", "body": WORDS["body"], "button": "Go", "kind": "other"}
    )

    assert response.status_code == 302, response.context["adminform"].form.errors
    template.refresh_from_db()
    assert (template.subject, template.kind, template.language) == ("Good day", "greeting", "en")


def test_second_template_of_a_kind_is_refused_in_the_form(client, recruiter, greeting):
    make_template()

    response = client.post(reverse("admin:outbox_messagetemplate_add"), WORDS)

    assert "There is a template of this kind in this language already." in response.content.decode()


def test_template_cannot_be_deleted(client, recruiter, greeting):
    template = make_template()

    assert client.post(reverse("admin:outbox_messagetemplate_delete", args=[template.pk])).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_templates_costs_the_same_queries(
    client, recruiter, greeting, django_assert_num_queries, count
):
    for number in range(count):
        make_template(language=f"e{number}")

    # Session, user, roles, own and roles' permissions; kinds that are saved; how many, the rows; organisation, signs.
    with django_assert_num_queries(10):
        page = client.get(reverse("admin:outbox_messagetemplate_changelist")).content.decode()

    assert page.count("Greeting") >= count


def test_list_offers_the_kinds_that_have_their_built_in_words(client, recruiter, greeting):
    page = client.get(reverse("admin:outbox_messagetemplate_changelist")).content.decode()

    assert "?kind=greeting" in page


def test_a_letter_is_written_with_its_name_and_put_out_of_use(client, recruiter):
    words = {"kind": "letter", "language": "en", "subject": "Hi", "body": "Hello", "button": ""}
    add = reverse("admin:outbox_messagetemplate_add")

    nameless = client.post(add, words).content.decode()
    client.post(add, words | {"name": "Welcome"})
    template = MessageTemplate.objects.get()
    change = reverse("admin:outbox_messagetemplate_change", args=[template.pk])
    shown = client.get(reverse("admin:outbox_messagetemplate_changelist")).content.decode()
    client.post(change, {"name": "Welcome back", "subject": "Hi", "body": "Hello", "button": ""})

    template.refresh_from_db()
    assert "Give it a name by which colleagues choose it." in nameless
    assert "Welcome" in shown
    assert (template.name, template.is_active) == ("Welcome back", False)
