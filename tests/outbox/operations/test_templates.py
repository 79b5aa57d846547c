from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Actor
from outbox import operations, registries
from outbox.enums import Audience
from outbox.models import Event, MessageTemplate
from outbox.operations import MessageDraft
from outbox.operations.templates import Words, merge, words_for
from outbox.registries import message_kinds
from outbox.rules import LINK_MARK, has_leftovers, used_fields, with_confidential, without_confidential
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.outbox import make_message

pytestmark = pytest.mark.django_db

WORDS = {
    "kind": "greeting",
    "language": "en",
    "subject": "Hi {{ candidate_name }}",
    "body": "Come.\n\n{{ link }}",
    "button": "Go",
}


def save(*, template=None, **changes):
    return operations.save_template(template=template, by=Actor.system(), now=NOW, **{**WORDS, **changes})


def merged(words, greeting, **context):
    return merge(
        words, kind=greeting, context={"candidate_name": "Ada", "contact": "jobs@example.org", **context}
    )


def test_template_is_saved_with_who_and_when(greeting):
    user = make_recruiter()

    template = operations.save_template(template=None, by=actor(user), now=NOW, **WORDS)

    assert words_for(kind=greeting, language="en") == Words(
        "Hi {{ candidate_name }}", "Come.\n\n{{ link }}", "Go"
    )
    event = Event.objects.get(kind="template.saved")
    assert (event.actor_user, event.about_id, event.at) == (user, template.pk, NOW)


def test_saving_again_changes_the_row(greeting):
    template = save()

    save(template=template, subject="Good day")

    assert MessageTemplate.objects.get().subject == "Good day"


def test_second_template_of_a_kind_and_language_is_refused(greeting):
    save()

    with pytest.raises(ValidationError, match="already"):
        save()


@pytest.mark.parametrize(
    "elsewhere", [{"scope": "job:1"}, {"name": "Friendly"}, {"is_active": False}, {"language": "de"}]
)
def test_words_for_one_thing_with_a_name_or_out_of_use_do_not_hold_everywhere(greeting, elsewhere):
    template = save()
    MessageTemplate.objects.filter(pk=template.pk).update(**elsewhere)

    assert words_for(kind=greeting, language="en").subject == greeting.subject


def test_without_a_saved_template_the_built_in_words_hold(greeting):
    assert words_for(kind=greeting, language="en").subject == greeting.subject


@pytest.mark.parametrize("field", ["subject", "body", "button"])
def test_unknown_merge_field_is_named_with_the_known_ones(greeting, field):
    with pytest.raises(ValidationError) as refused:
        save(**{field: "{{ candidate_nmae }} {{ link }}" if field == "body" else "{{ candidate_nmae }}"})

    assert list(refused.value.message_dict) == [field]
    message = refused.value.message_dict[field][0]
    assert "candidate_nmae" in message
    assert "{{ candidate_name }}, {{ contact }}" in message
    assert not MessageTemplate.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "{{ settings.SECRET_KEY }}",
        "{{ candidate_name.__class__ }}",
        "{{ candidate_name|safe }}",
        "{% debug %}",
        "{x.__class__}",
        "{0.__init__.__globals__}",
        "%(password)s",
        "{{ candidate_name",
        "{# note #}",
    ],
)
def test_case_11_template_injection_is_refused_when_saved(greeting, text):
    with pytest.raises(ValidationError):
        save(body=f"{text}\n\n{{{{ link }}}}")
    with pytest.raises(ValidationError):
        save(subject=text)


def test_case_11_template_injection_values_are_text_and_nothing_more(greeting, settings):
    hostile = "{{ link }} {{ contact }} {{ settings.SECRET_KEY }} {x.__class__} %(contact)s"

    result = merged(words_for(kind=greeting, language="en"), greeting, candidate_name=hostile)

    assert result.body.count(LINK_MARK) == 1
    assert settings.SECRET_KEY not in result.body
    assert result.body.count("jobs@example.org") == 1
    assert "{{" not in result.subject


def test_case_10_html_injection_mail_values_bring_no_link(greeting):
    hostile = '<a href="https://evil.example">Ada</a> www.evil.example http://evil.example/x'

    result = merged(words_for(kind=greeting, language="en"), greeting, candidate_name=hostile)

    assert "https://evil.example" not in result.body
    assert "://" not in result.body
    assert "www.evil" not in result.body


def test_own_fields_stay_as_they_are_to_be_copied(greeting):
    result = merged(words_for(kind=greeting, language="en"), greeting)

    assert result.body.endswith("Ask jobs@example.org.")


def test_case_12_header_injection_line_breaks_do_not_reach_the_subject(greeting):
    result = merged(
        words_for(kind=greeting, language="en"), greeting, candidate_name="Ada\r\nBcc: eve@evil.example"
    )

    assert "\n" not in result.subject
    assert "\r" not in result.subject


@pytest.mark.parametrize("subject", ["Hi\nBcc: eve@evil.example", "Hi\rX", "Hi\u2028X", "Hi\x00"])
def test_case_12_header_injection_subject_is_refused_when_saved(greeting, subject):
    with pytest.raises(ValidationError) as refused:
        save(subject=subject)

    assert "subject" in refused.value.message_dict


def test_missing_value_is_named(greeting):
    with pytest.raises(ValidationError, match="contact"):
        merge(words_for(kind=greeting, language="en"), kind=greeting, context={"candidate_name": "Ada"})


@pytest.mark.parametrize("body", ["No link at all.", "{{ link }}\n{{ link }}", "Click {{ link }} now."])
def test_text_keeps_its_link_once_on_a_line_of_its_own(greeting, body):
    with pytest.raises(ValidationError) as refused:
        save(body=body)

    assert "body" in refused.value.message_dict


def test_link_is_refused_in_the_subject(greeting):
    with pytest.raises(ValidationError):
        save(subject="{{ link }}")


def test_unknown_kind_is_refused(greeting):
    with pytest.raises(ValidationError) as refused:
        save(kind="nonsense")

    assert list(refused.value.message_dict) == ["kind"]


def test_built_in_words_of_every_app_follow_the_rules():
    for kind in message_kinds():
        text = f"{kind.subject} {kind.body} {kind.button}"
        assert used_fields(text) <= set(kind.fields), kind.kind
        assert not has_leftovers(text), kind.kind
        assert LINK_MARK not in str(kind.subject), kind.kind


@pytest.mark.parametrize("field", ["subject", "button"])
def test_confidential_field_stands_in_the_text_alone(greeting, field, monkeypatch):
    kind = replace(greeting, confidential=frozenset({"contact"}))
    monkeypatch.setitem(registries._kinds, kind.kind, kind)

    with pytest.raises(ValidationError) as refused:
        save(**{field: "Ask {{ contact }}"})

    assert refused.value.message_dict == {field: ["{{ contact }} can stand in the text alone."]}
    words = words_for(kind=kind, language="en")
    assert without_confidential(merged(words, kind).body).endswith("Ask […].")
    assert with_confidential(merged(words, kind).body).endswith("Ask jobs@example.org.")


def test_value_brings_no_mark_of_what_is_confidential(greeting):
    kind = replace(greeting, confidential=frozenset({"candidate_name"}))
    hostile = "A {{ ] }} B"

    result = merged(words_for(kind=kind, language="en"), kind, candidate_name=hostile)

    assert without_confidential(result.body).startswith("Dear […],")
    assert " B" not in without_confidential(result.body)


def letter(**changes):
    words = {"kind": "letter", "name": "Welcome", "subject": "Hi", "body": "Hello", "button": ""}
    return save(**words | changes)


def test_letters_are_several_of_a_kind_by_their_names():
    letter()
    letter(name="Farewell")
    letter(language="de")

    assert MessageTemplate.objects.filter(kind="letter").count() == 3
    with pytest.raises(ValidationError, match="already"):
        letter()


def test_a_letter_needs_a_name_and_other_mail_has_none(greeting):
    for wrong in (lambda: letter(name=" "), lambda: save(name="Mine")):
        with pytest.raises(ValidationError) as refused:
            wrong()
        assert list(refused.value.message_dict) == ["name"]
    assert not MessageTemplate.objects.exists()


def test_a_message_has_the_words_of_its_letter_and_an_address_for_answers_that_is_one():
    chosen = letter(subject="About {{ job_title }}", body="Dear {{ candidate_name }}")
    letter(name="Other", body="Other words")

    message = make_message(
        kind="letter",
        template=chosen,
        context={"candidate_name": "Ada", "job_title": "Gardener"},
        reply_to="parks@example.org",
    )

    assert (message.subject, message.body, message.reply_to) == (
        "About Gardener",
        "Dear Ada",
        "parks@example.org",
    )
    with pytest.raises(ValidationError):
        make_message(reply_to="parks@example.org\nBcc: all@example.org")


def test_words_of_one_thing_come_before_those_of_everywhere_in_one_query(greeting, django_assert_num_queries):
    save(subject="Everywhere")
    save(subject="Of the job", scope="job:7")

    with django_assert_num_queries(1):
        assert words_for(kind=greeting, language="en", scope="job:7").subject == "Of the job"
    assert words_for(kind=greeting, language="en", scope="job:8").subject == "Everywhere"
    assert words_for(kind=greeting, language="en").subject == "Everywhere"
    draft = MessageDraft(
        intent="greet",
        kind="greeting",
        audience=Audience.CANDIDATE,
        to_name="Ada",
        to_address="ada@example.com",
        context={"candidate_name": "Ada", "contact": "hr"},
        about="hiring.Application",
        about_id=1,
        scope="job:7",
    )
    queued = operations.queue_draft(draft=draft, by=Actor.system(), now=NOW)
    assert (queued.subject, queued.scope) == ("Of the job", "job:7")


def test_a_letter_has_no_hole_where_a_value_is_empty_and_other_mail_may(greeting):
    letter_kind = next(kind for kind in message_kinds() if kind.kind == "letter")

    with pytest.raises(ValidationError, match="candidate_name"):
        merge(Words("Hi", "Dear {{ candidate_name }}", ""), kind=letter_kind, context={"candidate_name": " "})
    assert merged(Words("Hi", "Ask {{ contact }}.", ""), greeting, contact="").body == "Ask ."
