"""Questions on their way past a second pair of eyes: which wait for whom."""

from __future__ import annotations

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from accounts.enums import Role
from accounts.models import Actor, User
from questions.enums import Status
from questions.models import Question, QuestionVersion


def in_review(actor: Actor) -> QuerySet[Question]:
    """Return the questions that wait for a review by anybody, of those that `actor` sees. Without order, lazy."""
    questions: QuerySet[Question] = Question.objects.filter(review_asked_at__isnull=False).visible_to(actor)
    return questions


def waiting_reviews(actor: Actor) -> QuerySet[Question]:
    """Return the questions that wait for a review by `actor`, those that wait longest first. Lazy.

    Drafts, and ready questions whose next version waits. What they had a hand in is left out where its bank wants
    somebody else; whoever does not write questions reviews none.
    """
    if not actor.has_role(Role.QUESTION_AUTHOR, Role.ADMINISTRATOR):
        return Question.objects.none()
    waiting = _with_writers(in_review(actor))
    if actor.user is not None:
        others = ~Q(begun_by=actor.user.pk) & ~Q(written_by=actor.user.pk) & ~Q(asked_by=actor.user.pk)
        waiting = waiting.filter(others | Q(bank__second_reviewer=False))
    return waiting.order_by("review_asked_at", "pk")


def own_reviews(actor: Actor) -> QuerySet[Question]:
    """Return the questions that wait for a colleague because `actor` had a hand in them, the oldest first. Lazy."""
    if actor.user is None:
        return Question.objects.none()
    waiting = _with_writers(in_review(actor).filter(bank__second_reviewer=True))
    return waiting.filter(_had_a_hand(actor.user) | Q(asked_by=actor.user.pk)).order_by(
        "review_asked_at", "pk"
    )


def sent_back_to(actor: Actor) -> QuerySet[Question]:
    """Return the questions that a reviewer sent back and `actor` had a hand in, the newest first. Lazy."""
    questions: QuerySet[Question] = Question.objects.all().visible_to(actor)
    if actor.user is None:
        return questions.none()
    back = _with_writers(questions.exclude(review_note="").exclude(status=Status.RETIRED))
    return back.filter(_had_a_hand(actor.user)).order_by("-changed_at", "-pk")


def _had_a_hand(user: User) -> Q:
    return Q(begun_by=user.pk) | Q(written_by=user.pk)


def _with_writers(questions: QuerySet[Question]) -> QuerySet[Question]:
    """With who began the newest version, who wrote it last and who asked for its review; 0 for nobody."""
    newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number", "-pk")
    return questions.annotate(
        begun_by=_or_nobody(Subquery(newest.values("created_by")[:1])),
        written_by=_or_nobody(Subquery(newest.values("changed_by")[:1])),
        asked_by=_or_nobody(F("review_asked_by")),
    )


def _or_nobody(user: Combinable) -> Coalesce:
    # Nobody is not like anybody, which NULL would leave open.
    return Coalesce(user, Value(0), output_field=BigIntegerField())
