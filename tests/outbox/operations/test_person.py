import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files import File
from django.core.serializers import serialize

from accounts.models import Actor
from outbox import operations
from outbox.enums import LinkPurpose, MessageState
from outbox.models import AccessLink, Event, InboundMessage, Message, MessageAttachment, Notification, Work
from outbox.operations import export_person, move_person, person_timeline, redact_person
from outbox.queries import find_link
from outbox.rules import link_token
from tests.factories.accounts import NOW
from tests.factories.outbox import make_attachment, make_link, make_message, make_reply, make_work

pytestmark = pytest.mark.django_db
ZOE = "zzzzzzzzzzzzzzzz"
OTHER = "yyyyyyyyyyyyyyyy"


def write_to_zoe(**fields):
    context = {"candidate_name": "Zoë Quux", "contact": "hr"}
    return make_message(
        person_ref=ZOE, to_name="Zoë Quux", to_address="zoe@quux.example", context=context, **fields
    )


def everything():
    return "".join(
        json.dumps(json.loads(serialize("json", model.objects.all())), ensure_ascii=False)
        for model in (AccessLink, Message, MessageAttachment, InboundMessage, Notification, Event, Work)
    )


def test_case_89_erase_complete_nothing_in_outbox_names_the_person(
    greeting, local_mail, register_work, django_capture_on_commit_callbacks
):
    link = make_link(person_ref=ZOE)
    delivered = write_to_zoe(link=link)
    operations.deliver_due(now=NOW)
    waiting = write_to_zoe()
    other = make_message(person_ref=OTHER, to_name="Ada")
    attachment = make_attachment(delivered, filename="For Zoë.pdf")
    make_reply(
        delivered, person_ref=ZOE, from_name="Zoë Quux", from_address="zoe@quux.example", body="Zoë here"
    )
    kept = make_reply(other, person_ref=OTHER, body="Ada here")
    problems = [{"row": 3, "column": "email", "text": "ZOE@quux.example is there already"}]
    register_work("import", lambda work, actor, report: {"problems": problems, "counts": [["New", 4]]})
    work = make_work(
        "import",
        arguments={"names": ["Zoë Quux", "Ada"], "refs": [ZOE]},
        file=File(BytesIO(b"zoe"), "people.csv"),
    )
    operations.run_due_work(now=NOW)
    storage, name = work.file.storage, work.file.name

    with django_capture_on_commit_callbacks(execute=True):
        changed = redact_person(person_ref=ZOE, names=["Zoë Quux"], now=NOW)

    text = everything()
    for trace in ("Zoë", "Quux", "quux.example"):
        assert trace not in text
    assert changed == {
        "outbox.Message": 2,
        "outbox.InboundMessage": 1,
        "outbox.AccessLink": 1,
        "outbox.Work": 1,
    }
    assert not storage.exists(name)
    assert not storage.exists(attachment.file.name)
    assert not MessageAttachment.objects.exists()
    kept.refresh_from_db()
    assert kept.body == "Ada here"
    delivered.refresh_from_db()
    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (delivered.state, waiting.state) == (MessageState.KEPT_HERE, MessageState.CANCELLED)
    assert other.to_name == "Ada"
    assert Work.objects.get().arguments["names"] == ["[erased]", "Ada"]
    assert Work.objects.get().result["counts"] == [["New", 4]]
    assert AccessLink.objects.get().revoked_at == NOW


@pytest.mark.parametrize("fault", ["missing", "undeletable"])
def test_f25_erasure_completes_without_its_files(
    greeting, register_work, django_capture_on_commit_callbacks, caplog, fault
):
    register_work("import", lambda work, actor, report: {})
    work, other = (
        make_work("import", arguments={"name": "Zoë Quux"}, file=File(BytesIO(b"zoe"), "people.csv"))
        for _ in range(2)
    )
    operations.run_due_work(now=NOW)
    operations.run_due_work(now=NOW)
    work.refresh_from_db()
    other.refresh_from_db()
    path = Path(work.file.path)
    path.unlink()
    if fault == "undeletable":
        # Neither a file nor an empty folder: nobody can read or remove it, not even root.
        (path / "something").mkdir(parents=True)

    with django_capture_on_commit_callbacks(execute=True):
        redact_person(person_ref=ZOE, names=["Zoë Quux"], now=NOW)

    assert "Zoë" not in everything()
    assert not Path(other.file.path).exists()
    work.refresh_from_db()
    if fault == "missing":
        assert not work.file
        return
    assert f"The file of work {work.pk} could not be deleted." in caplog.text
    assert operations.forget_old_files(now=NOW + timedelta(days=30)) == 0
    (path / "something").rmdir()
    assert operations.forget_old_files(now=NOW + timedelta(days=30)) == 1
    assert not path.exists()


def test_export_holds_the_mail_and_no_token(greeting):
    link = make_link(person_ref=ZOE)
    write_to_zoe(link=link)
    make_message(person_ref=OTHER)

    data = export_person(person_ref=ZOE)

    (mail,) = data["messages"]
    assert (mail["to_address"], mail["subject"], mail["state"]) == (
        "zoe@quux.example",
        "Hello Zoë Quux",
        "queued",
    )
    assert len(data["links"]) == 1
    assert link.public_id not in json.dumps(data)
    assert link_token(link) not in json.dumps(data)


def test_timeline_lists_the_mail_oldest_first(greeting, local_mail):
    first = write_to_zoe()
    operations.deliver_due(now=NOW)
    second = write_to_zoe()

    entries = person_timeline(person_ref=ZOE, actor=Actor.system())

    assert [entry.text for entry in entries] == ["Mail “Greeting”: Kept here", "Mail “Greeting”: Queued"]
    assert [entry.url for entry in entries] == [
        f"/admin/mail/{first.public_id}/",
        f"/admin/mail/{second.public_id}/",
    ]


def test_timeline_has_what_came_back_behind_what_was_written(greeting):
    first = write_to_zoe()
    make_reply(first)
    make_reply(make_message(person_ref=OTHER))

    entries = person_timeline(person_ref=ZOE, actor=Actor.system())

    assert [entry.text for entry in entries] == ["Mail “Greeting”: Queued", "Mail received: Reply"]
    assert entries[1].url == f"/admin/mail/{first.public_id}/"


def test_answer_that_came_after_a_merge_goes_back_with_its_message(greeting):
    mail, own = write_to_zoe(), make_message(person_ref=OTHER)
    before = make_reply(mail)
    moved = move_person(from_ref=ZOE, to_ref=OTHER)
    mail.refresh_from_db()
    after, others = make_reply(mail), make_reply(own)

    move_person(from_ref=OTHER, to_ref=ZOE, only=moved)

    refs = dict(InboundMessage.objects.values_list("pk", "person_ref"))
    assert refs == {before.pk: ZOE, after.pk: ZOE, others.pk: OTHER}
    assert mail.pk in moved["outbox.Message"]


def test_merged_persons_mail_and_links_move_and_move_back(greeting):
    link = make_link(person_ref=ZOE)
    mail = write_to_zoe(link=link)
    own = make_message(person_ref=OTHER)

    moved = move_person(from_ref=ZOE, to_ref=OTHER)

    assert set(Message.objects.values_list("person_ref", flat=True)) == {OTHER}
    assert find_link(link_token(link), purpose=LinkPurpose.TEST, now=NOW).person_ref == OTHER
    move_person(from_ref=OTHER, to_ref=ZOE, only=moved)
    assert list(Message.objects.filter(person_ref=ZOE)) == [mail]
    assert list(Message.objects.filter(person_ref=OTHER)) == [own]
