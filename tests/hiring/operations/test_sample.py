import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from accounts.enums import Role
from accounts.models import Actor, User
from accounts.operations import NotSampleData
from accounts.queries import organisation
from assessments.models import Assessment, AssessmentVersion
from hiring import operations
from hiring.management.sample_company import company
from hiring.management.sample_company.cast import COLLEAGUES, COMPANY, DOMAIN
from hiring.models import RejectionReason
from hiring.queries import sample_parts, was_started_for_real
from outbox.models import Event, MessageTemplate
from outbox.operations import queue_work
from questions.models import AnswerKey, Question, QuestionVersion
from tests.architecture.test_models import personal_models
from tests.dumps import files_with, tables_with
from tests.factories.accounts import NOW, PASSWORD, make_administrator, make_api_key, make_user
from tests.factories.hiring import make_application

ADMINISTRATOR = operations.FirstAdministrator(
    full_name="Wilma Okello", email="Wilma@Example.org", password="a fairly long sentence 7"
)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": str(settings.DATA_DIR / "files")}}
    }
    return settings.DATA_DIR


def sample_organisation():
    """A company that is sample data by its word alone: founding one takes seconds."""
    from accounts.operations import set_organisation

    return set_organisation(by=Actor.system(), now=NOW, name=COMPANY, is_sample=True)


def start(by=None, administrator=ADMINISTRATOR, name="Larkfield & Söhne"):
    return operations.start_for_real(
        name=name, administrator=administrator, by=by or Actor.system(), now=LATER
    )


@pytest.mark.django_db
def test_nothing_of_the_sample_company_is_left_and_what_was_written_to_be_asked_stays(data_folder):
    from candidates.models import Candidate, CandidateEmail

    company.found(now=NOW)
    (data_folder / "mode").write_text("demo\n")
    for copy in ("backups/shortlist-nightly-1.tar", "before-upgrade/1.sqlite3"):
        (data_folder / copy).parent.mkdir()
        (data_folder / copy).write_text("Ana Díaz Romero")
    amara = User.objects.get(email=f"amara@{DOMAIN}")
    make_api_key(amara)
    queue_work(
        kind="hiring.import",
        intent="people",
        arguments={},
        by=Actor.of_user(amara),
        now=NOW,
        file=ContentFile(b"name\nAna Maria", name="people.csv"),
    )
    people = list(Candidate.objects.values_list("full_name", flat=True))
    addresses = [email.address for email in CandidateEmail.objects.all()]
    colleagues = [one.name for one in COLLEAGUES] + [one.email for one in COLLEAGUES]
    sample = [*people, *addresses, *colleagues, COMPANY, DOMAIN]
    codes = list(Candidate.objects.values_list("public_id", flat=True))
    stays = (
        Question,
        QuestionVersion,
        AnswerKey,
        Assessment,
        AssessmentVersion,
        RejectionReason,
        MessageTemplate,
    )
    before = {model: model._default_manager.count() for model in stays}
    assert len(people) == 60
    assert tables_with(*sample, *codes) != {}
    assert files_with("Ana Maria") != []

    started = start(by=Actor.of_user(amara))

    assert started.removed["people"] == 60
    assert started.removed["colleagues"] == len(COLLEAGUES)
    assert tables_with(*sample, *codes) == {}
    kept_files = {
        path.relative_to(data_folder).as_posix(): path.read_text()
        for path in data_folder.rglob("*")
        if path.is_file()
    }
    assert kept_files == {"mode": "run\n"}
    for label in personal_models() - {"outbox.Event"}:
        assert apps.get_model(label)._default_manager.count() == 0, label
    assert {model: model._default_manager.count() for model in stays} == before
    assert organisation().name == "Larkfield & Söhne"
    assert (organisation().is_sample, organisation().time_zone) == (False, "Europe/Amsterdam")
    assert [user.email for user in User.objects.all()] == ["wilma@example.org"]
    assert User.objects.get().role_names() == {Role.ADMINISTRATOR}


@pytest.mark.django_db
def test_nothing_is_founded_again_where_it_was_cleared_away(data_folder):
    sample_organisation()
    start(administrator=None)

    with pytest.raises(company.NotSample):
        company.found(now=LATER)

    assert User.objects.count() == 0
    assert not (data_folder / "keys").exists()


@pytest.mark.django_db
def test_real_data_is_never_cleared_away(data_folder):
    make_application()
    make_administrator()
    before = {part.code: part.number for part in sample_parts()}

    with pytest.raises(NotSampleData):
        start()
    with pytest.raises(CommandError, match="Nothing was removed"):
        call_command("clear_sample_company")

    assert {part.code: part.number for part in sample_parts()} == before


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.RECRUITER, Role.ANALYST])
def test_only_administrators_start_for_real(data_folder, role):
    sample_organisation()
    user = make_user(role)

    with pytest.raises(PermissionDenied):
        start(by=Actor.of_user(user))

    assert User.objects.filter(pk=user.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [("password", "short"), ("password", "wilma@example.org"), ("email", "nobody"), ("full_name", " ")],
)
def test_an_administrator_that_cannot_be_leaves_everything_as_it_is(data_folder, field, value):
    from dataclasses import replace

    sample_organisation()
    boss = make_administrator()

    with pytest.raises(ValidationError) as refusal:
        start(by=Actor.of_user(boss), administrator=replace(ADMINISTRATOR, **{field: value}))

    assert list(refusal.value.error_dict) == [field]
    assert list(User.objects.all()) == [boss]
    assert organisation().is_sample


@pytest.mark.django_db
def test_an_address_of_a_demo_colleague_can_be_that_of_the_administrator(data_folder):
    sample_organisation()
    make_administrator(email="wilma@example.org", password=PASSWORD)

    start()

    assert User.objects.get().full_name == "Wilma Okello"


@pytest.mark.django_db
def test_a_kill_before_the_last_step_is_finished_by_the_next_call(data_folder, monkeypatch):
    sample_organisation()
    (data_folder / "mode").write_text("demo\n")
    logins = operations.logins_file()
    logins.parent.mkdir()
    logins.write_text("[]")

    def killed(**_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("hiring.operations.sample.forget_lost_files", killed)
    with pytest.raises(KeyboardInterrupt):
        start()
    monkeypatch.undo()
    assert was_started_for_real()
    assert logins.exists()

    again = start(administrator=None)

    assert again.removed == {}
    assert again.command.startswith("DATA_DIR=")
    assert not logins.exists()
    assert (data_folder / "mode").read_text() == "run\n"
    assert User.objects.get().email == "wilma@example.org"
    assert Event.objects.filter(kind="organisation.started_for_real").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["run", ""])
def test_finishing_once_more_leaves_the_backups_and_files_of_real_data(data_folder, mode):
    sample_organisation()
    start()
    backup, lost = data_folder / "backups" / "shortlist-1.tar", data_folder / "files" / "work" / "new.csv"
    for path in (backup, lost):
        path.parent.mkdir(parents=True)
        path.write_text("Real")
    if mode:
        (data_folder / "mode").write_text(mode)

    start(administrator=None)

    assert backup.exists()
    assert lost.exists()
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_the_command_makes_the_administrator_of_the_environment(data_folder, monkeypatch, capsys):
    sample_organisation()
    monkeypatch.setenv("ADMIN_EMAIL", "wilma@example.org")
    monkeypatch.setenv("ADMIN_PASSWORD", ADMINISTRATOR.password)

    call_command("clear_sample_company", "--json")

    said = json.loads(capsys.readouterr().out)
    assert (said["administrator"], said["start"]) == ("wilma@example.org", "")
    assert User.objects.get().check_password(ADMINISTRATOR.password)
    assert organisation().name == "Shortlist"
