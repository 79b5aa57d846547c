import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from assessments.models import Invitation
from candidates.models import Candidate
from hiring.models import Application
from outbox.enums import LinkPurpose
from outbox.models import Message
from outbox.queries import find_link
from tests.factories.accounts import make_organisation
from tests.factories.assessments import make_assessment, make_draft
from tests.factories.hiring import make_test_job


def invite(*arguments):
    said = io.StringIO()
    call_command("invite", *arguments, "--json", stdout=said)
    return json.loads(said.getvalue())["invitations"]


def token_of(link):
    return link.rstrip("/").rpartition("/")[2]


@pytest.mark.django_db
def test_one_person_is_invited_and_the_link_opens():
    make_organisation()
    assessment = make_assessment()

    (said,) = invite("--assessment", assessment.slug, "--email", "ana@example.com", "--name", "Ana Díaz")

    link = find_link(token_of(said["link"]), purpose=LinkPurpose.TEST, now=timezone.now())
    assert link == Invitation.objects.get(pk=said["invitation"]).link
    assert (said["email"], said["application"]) == ("ana@example.com", None)
    assert Message.objects.get().to_address == "ana@example.com"


@pytest.mark.django_db
def test_with_a_job_there_is_an_application_at_the_stage_of_the_test():
    job, assessment = make_test_job()

    said = invite(
        "--assessment",
        assessment.slug,
        "--email",
        "ana@example.com",
        "--name",
        "Ana",
        "--job",
        job.slug,
        "--count",
        "3",
    )

    assert [one["email"] for one in said] == [f"ana+{number}@example.com" for number in (1, 2, 3)]
    assert [one["name"] for one in said] == ["Ana 1", "Ana 2", "Ana 3"]
    assert {one["application"] for one in said} == set(
        Application.objects.values_list("public_id", flat=True)
    )
    assert set(Application.objects.values_list("stage__name", flat=True)) == {"Test"}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--assessment", "nothing", "--email", "a@example.com", "--name", "A"], "--assessment"),
        (["--email", "no address", "--name", "A"], "--email"),
        (["--email", "a@example.com", "--name", " "], "--name"),
        (["--email", "a@example.com", "--name", "A", "--job", "nothing"], "--job"),
        (["--email", "a@example.com", "--name", "A", "--count", "0"], "--count"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_is_named_and_writes_nothing(arguments, named):
    if "--assessment" not in arguments:
        arguments = ["--assessment", make_assessment().slug, *arguments]

    with pytest.raises(CommandError) as refused:
        call_command("invite", *arguments)

    assert named in str(refused.value)
    assert not Candidate.objects.exists()


@pytest.mark.django_db
def test_a_test_that_is_not_published_takes_nobody():
    with pytest.raises(CommandError):
        call_command("invite", "--assessment", make_draft().slug, "--email", "a@example.com", "--name", "A")

    assert not Candidate.objects.exists()
