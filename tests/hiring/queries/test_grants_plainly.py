"""What the grants ask of a database is what one would say of each row: a company by chance, and all who could ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

import pytest

from accounts.enums import Role, Scope
from accounts.models import Actor, ApiKey
from assessments.models import AccommodationRequest, Invitation
from assessments.registries import ACCOMMODATION_ANSWER
from candidates.enums import NoteAudience
from candidates.models import Candidate, Document, Note
from hiring import operations
from hiring.enums import JobRole
from hiring.models import (
    Application,
    ApplicationAssessment,
    ApplicationDocument,
    Job,
    JobMember,
)
from hiring.rules import job_scope
from outbox.enums import Audience
from outbox.models import InboundMessage, Message
from tests.factories.accounts import NOW, actor, make_administrator, make_api_key, make_recruiter, make_user
from tests.factories.assessments import make_invitation
from tests.factories.candidates import make_candidate, make_document
from tests.factories.hiring import SYSTEM, invite, make_application, make_job, make_test_job
from tests.factories.outbox import make_reply

MODELS = (Candidate, Note, Document, Invitation, AccommodationRequest, Message, InboundMessage)


class Company:
    """Everything there is, read once."""

    def __init__(self) -> None:
        self.rows = {model: list(model._default_manager.all()) for model in MODELS}  # type: ignore[attr-defined]
        self.people = {person.pk: person for person in self.rows[Candidate]}
        self.by_ref = {person.public_id: person for person in self.people.values()}
        self.invitations = {row.pk: row for row in self.rows[Invitation]}
        self.applications = {row.pk: row for row in Application.objects.all()}
        self.members = list(JobMember.objects.all())
        self.messages = {row.pk: row for row in self.rows[Message]}
        self.of_person = by(self.applications.values(), lambda row: row.candidate_id)
        self.of_document = by(ApplicationDocument.objects.all(), lambda tie: tie.document_id)
        self.of_invitation = by(ApplicationAssessment.objects.all(), lambda tie: tie.invitation_id)
        self.asked = by(self.rows[AccommodationRequest], lambda row: row.invitation_id)


def by(rows: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


class Plain:
    """What somebody sees, said in loops over everything."""

    def __init__(self, who: Actor, company: Company, limits: Iterable[int]) -> None:
        self.user, self.is_program, self.company = who.user, who.api_key is not None, company
        self.limits = set(limits)
        self.is_administrator, self.recruits = (
            role in who.roles for role in (Role.ADMINISTRATOR, Role.RECRUITER)
        )
        self.has_all = self.is_administrator and not self.limits
        self.seen = self.jobs(JobRole.RECRUITER, JobRole.HIRING_MANAGER)
        self.managed = self.jobs(JobRole.RECRUITER)

    def jobs(self, *roles: JobRole) -> set[int]:
        every = {member.job_id for member in self.company.members}
        mine = {
            member.job_id
            for member in self.company.members
            if self.user is not None and member.user_id == self.user.pk and member.role in roles
        }
        reached = every if self.is_administrator else mine
        return reached & self.limits if self.limits else reached

    def has_written(self, user_id: int | None) -> bool:
        return self.user is not None and user_id == self.user.pk

    def candidate(self, row: Candidate) -> bool:
        theirs = self.company.of_person[row.pk]
        if self.has_all or any(application.job_id in self.seen for application in theirs):
            return True
        if theirs or self.limits or self.user is None:
            return False
        invited = [one for one in self.company.invitations.values() if one.candidate_id == row.pk]
        return (
            self.recruits
            or self.has_written(row.created_by_id)
            or any(self.has_written(one.invited_by_id) for one in invited)
        )

    def note(self, row: Note) -> bool:
        if not self.candidate(self.company.people[row.candidate_id]):
            return False
        theirs = {application.job_id for application in self.company.of_person[row.candidate_id]}
        return (
            row.audience == NoteAudience.TEAM
            or self.is_administrator
            or self.has_written(row.author_id)
            or bool(theirs & self.managed)
            or (self.recruits and not theirs)
        )

    def document(self, row: Document) -> bool:
        ties = [self.company.applications[tie.application_id] for tie in self.company.of_document[row.pk]]
        reached = not ties or any(application.job_id in self.seen for application in ties)
        return self.has_all or (reached and self.candidate(self.company.people[row.candidate_id]))

    def tied_jobs(self, invitation: Invitation) -> set[int]:
        ties = self.company.of_invitation[invitation.pk]
        return {self.company.applications[tie.application_id].job_id for tie in ties}

    def invitation(self, row: Invitation) -> bool:
        tied = self.tied_jobs(row)
        return self.has_all or bool(tied & self.seen) or (not tied and self.loose(row))

    def loose(self, row: Invitation) -> bool:
        if self.limits or self.user is None:
            return False
        is_seen = self.recruits and self.candidate(self.company.people[row.candidate_id])
        return is_seen or self.has_written(row.invited_by_id)

    def accommodationrequest(self, row: AccommodationRequest) -> bool:
        if self.has_all or not (self.recruits or self.is_administrator):
            return self.has_all
        invitation = self.company.invitations[row.invitation_id]
        tied = self.tied_jobs(invitation)
        return bool(tied & self.managed) or (not tied and self.loose(invitation))

    def about(self, row: Message | InboundMessage) -> bool:
        if row.about == Application._meta.label_lower:
            return self.company.applications[row.about_id].job_id in self.seen  # type: ignore[index]
        is_test = row.about == Invitation._meta.label_lower
        return is_test and self.invitation(self.company.invitations[row.about_id])  # type: ignore[index]

    def is_kept_from(self, message: Message) -> bool:
        """Whether it answers a request that they may not read."""
        asked = self.company.asked[message.about_id]
        is_answer = message.kind == ACCOMMODATION_ANSWER
        return is_answer and not self.has_all and not any(map(self.accommodationrequest, asked))

    def message(self, row: Message) -> bool:
        if self.is_kept_from(row) or self.has_all or self.about(row):
            return not self.is_kept_from(row)
        own = self.has_written(row.created_by_id)
        if row.audience == Audience.CANDIDATE:
            reached = not self.is_program or self.candidate(self.company.by_ref[row.person_ref])
            return own and not row.about and not self.limits and reached
        is_theirs = self.user is not None and row.to_address == self.user.email
        return (own and not self.is_program) or (is_theirs and not self.limits)

    def inboundmessage(self, row: InboundMessage) -> bool:
        answered = self.company.messages[row.answers_id]  # type: ignore[index]
        if self.is_kept_from(answered) or self.has_all or self.about(row):
            return not self.is_kept_from(answered)
        own = self.has_written(answered.created_by_id) and not self.limits and not row.about
        return own and self.candidate(self.company.by_ref[row.person_ref])


def key_of(by: Actor, *jobs: Job) -> Actor:
    assert by.user is not None
    key, _token = make_api_key(by.user, *Scope)
    if jobs:
        operations.limit_key(key=key, jobs=jobs, by=by, now=NOW)
    return Actor.of_key(ApiKey.objects.select_related("owner").get(pk=key.pk))


def fill(chance: Random, jobs: list[Job], test: Any, writers: list[Actor]) -> None:
    """People, with and without applications, and a row of each kind about some of them."""
    people = [make_candidate(by=chance.choice([SYSTEM, *writers])) for _ in range(10)]
    for person in people:
        for job in chance.sample(jobs, chance.choice([0, 1, 2])):
            made = make_application(job, full_name=person.full_name, email=person.emails.get().address)
            if job == jobs[0]:
                invite(made, test)
    for person in chance.sample(people, 5):
        make_invitation(test, person=person, by=chance.choice(writers))
    for person in chance.choices(people, k=12):
        document = make_document(person)
        theirs = list(person.applications.order_by("pk"))
        for application in chance.sample(theirs, chance.randint(0, len(theirs))):
            ApplicationDocument.objects.create(application=application, document=document)
    users = [None, *(writer.user for writer in writers)]
    for person in chance.choices(people, k=20):
        fields = {"audience": chance.choice(NoteAudience.values), "author": chance.choice(users)}
        Note.objects.create(candidate=person, body="Hello", created_at=NOW, **fields)
    for invitation in chance.sample(list(Invitation.objects.order_by("pk")), 6):
        AccommodationRequest.objects.create(invitation=invitation, text="More time", asked_at=NOW)
    for number in range(60):
        write(chance, number, chance.choice(people), users)


def write(chance: Random, number: int, person: Candidate, users: list[Any]) -> None:
    """A message about an application, an invitation or nothing, and an answer to it."""
    about, about_id, audience, jobs = "", None, chance.choice(Audience.values), Job.objects.none()
    if chance.random() < 0.7:
        rows = chance.choice([Application.objects.order_by("pk"), Invitation.objects.order_by("pk")])
        row = chance.choice(list(rows))
        person, about, about_id, audience = row.candidate, row._meta.label_lower, row.pk, Audience.CANDIDATE
        tied = "applications" if isinstance(row, Application) else "applications__assessments__invitation"
        jobs = Job.objects.filter(**{tied: row})
    asked = AccommodationRequest.objects.values_list("invitation", flat=True)
    is_answer = about == Invitation._meta.label_lower and about_id in asked
    message = Message.objects.create(
        intent=f"by chance:{number}",
        kind=ACCOMMODATION_ANSWER if is_answer else "greeting",
        audience=audience,
        to_address=chance.choice(users[1:]).email,
        person_ref=person.public_id,
        about=about,
        about_id=about_id,
        scope="".join(job_scope(job.pk) for job in jobs),
        created_by=chance.choice(users),
        created_at=NOW,
        due_at=NOW,
    )
    if message.audience == Audience.CANDIDATE:
        make_reply(message)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(2))
def test_everybody_sees_what_the_plain_rule_says(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hiring.queries.grants.people._MANY", seed)
    recruiter, manager, interviewer = actor(make_recruiter()), actor(make_user()), actor(make_user())
    recruiter_elsewhere, author = actor(make_recruiter()), actor(make_user(Role.QUESTION_AUTHOR))
    administrator = actor(make_administrator())
    first, test = make_test_job(
        members=[(recruiter.user, JobRole.RECRUITER), (manager.user, JobRole.HIRING_MANAGER)]
    )
    second = make_job(recruiter=recruiter_elsewhere.user, members=[(interviewer.user, JobRole.INTERVIEWER)])
    third = make_job(
        members=[(recruiter.user, JobRole.HIRING_MANAGER), (recruiter_elsewhere.user, JobRole.RECRUITER)]
    )
    people = [recruiter, manager, interviewer, recruiter_elsewhere, author, administrator]
    fill(Random(seed), [first, second, third], test, people)
    keys = [(key_of(who), ()) for who in (recruiter, administrator)]
    limited = [(key_of(who, first), (first.pk,)) for who in (recruiter, administrator)]
    nobody = Actor.of_link(link_id=1, person_ref=Candidate.objects.earliest("pk").public_id)

    company = Company()
    assert all(company.rows.values())
    for who, limits in [*((who, ()) for who in [*people, nobody]), *keys, *limited]:
        plain = Plain(who, company, limits)
        for model, rows in company.rows.items():
            says = getattr(plain, model.__name__.lower())
            seen = set(model._default_manager.all().visible_to(who))  # type: ignore[attr-defined]
            listed = set(model._default_manager.all().visible_to(who, walked=True))  # type: ignore[attr-defined]
            assert seen == listed == {row for row in rows if says(row)}, (who, model)
