from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from accounts.rules import random_code


class Tag(models.Model):
    """A word recruiters sort people by."""

    name = models.CharField(_("name"), max_length=50, unique=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name


class CandidateQuerySet(VisibleQuerySet["Candidate"]):
    """People, and what of them counts as one."""

    def present(self) -> Self:
        """Without rows that were merged into another and without people who were erased."""
        return self.filter(merged_into=None, erased_at=None)


class Candidate(models.Model):
    """A person, once. An erased person stays as a row without a name, so that counts stay true."""

    public_id = models.CharField(max_length=16, unique=True, default=random_code, editable=False)
    full_name = models.CharField(_("name"), max_length=200)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    # What other spellings of the same have in common; see `candidates.rules`.
    name_key = models.CharField(max_length=200, blank=True, db_index=True, editable=False)
    phone_key = models.CharField(max_length=20, blank=True, db_index=True, editable=False)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="candidates", verbose_name=_("tags"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("added at"))
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged_from",
        verbose_name=_("merged into"),
    )

    objects = CandidateQuerySet.as_manager()

    class Meta:
        # As everywhere on colleagues' pages: candidates are who take a test, and people are in no job yet, too.
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["full_name"], name="candidates_candidate_name"),
            models.Index(
                fields=["-created_at", "-id"], name="candidates_candidate_added"
            ),  # the list of people
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(full_name="", phone="", name_key="", phone_key=""),
                name="%(app_label)s_%(class)s_erased_has_no_name",
            ),
            models.CheckConstraint(
                condition=~Q(erased_at=None) | ~Q(full_name=""), name="%(app_label)s_%(class)s_has_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.public_id


class CandidateEmail(models.Model):
    """An address of a person. An address belongs to one person only; that is how people are found again."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="emails")
    address = models.CharField(_("address"), max_length=254)
    normalised = models.CharField(
        max_length=254, unique=True, error_messages={"unique": _("Another person has this email address.")}
    )
    is_primary = models.BooleanField(_("main address"), default=False)

    class Meta:
        verbose_name = _("email address")
        verbose_name_plural = _("email addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"], condition=Q(is_primary=True), name="%(app_label)s_%(class)s_one_primary"
            ),
        ]

    def __str__(self) -> str:
        return self.address


class CandidateLink(models.Model):
    """A page that a person gave: their profile, their code, their work."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="links")
    url = models.URLField(_("address"), max_length=500)
    # What people are found again by; see `candidates.rules.link_key`.
    key = models.CharField(max_length=300, db_index=True)

    class Meta:
        verbose_name = _("link of a person")
        verbose_name_plural = _("links of people")
        constraints = [
            models.UniqueConstraint(fields=["candidate", "key"], name="%(app_label)s_%(class)s_once"),
            # Whoever follows it is a colleague: nothing that a browser would run.
            models.CheckConstraint(
                condition=Q(url__startswith="https://") | Q(url__startswith="http://"),
                name="%(app_label)s_%(class)s_of_the_web",
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"

    @property
    def is_of_the_web(self) -> bool:
        """Whether a page may lead there. Whatever else a row holds is shown as text."""
        return self.url.startswith(("https://", "http://"))


class CandidateMerge(models.Model):
    """That two rows were one person: what moved, so that it can be undone."""

    kept = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="merges_kept")
    merged = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="merges_merged")
    moved = models.JSONField(default=dict, help_text="Ids that moved, by part.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.UniqueConstraint(
                fields=["merged"],
                condition=Q(undone_at=None),
                name="%(app_label)s_%(class)s_once_at_a_time",
                violation_error_message=_("This person was merged into another already."),
            ),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="%(app_label)s_%(class)s_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.kept_id}"
