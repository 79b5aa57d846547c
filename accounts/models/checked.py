from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import nullcontext

from django.core.exceptions import FieldError
from django.db import connections, models, router, transaction
from django.db.models import BooleanField, CheckConstraint, Q, Value
from django.db.models.constraints import BaseConstraint
from django.db.models.functions import Coalesce
from django.db.models.sql import Query
from django.db.models.sql.constants import SINGLE


class CheckedModel(models.Model):
    """A model with many check constraints, which are asked about in one statement.

    Django asks the database about each by itself, between savepoints: 36 statements to look over the draft of a test.
    Only where one is not met it is asked so here too, to find out which and to say so in the same words.
    """

    _meets_checks = False

    class Meta:
        abstract = True

    def get_constraints(self) -> list[tuple[type[models.Model], Sequence[BaseConstraint]]]:
        """Return what Django is to look at: without checks that are known to be met."""
        constraints = super().get_constraints()
        if not self._meets_checks:
            return constraints
        return [
            (model, [each for each in group if not isinstance(each, CheckConstraint)])
            for model, group in constraints
        ]

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Raise `ValidationError` for constraints that are not met, but for those of fields in `exclude`."""
        self._meets_checks = self._are_checks_met(exclude)
        try:
            super().validate_constraints(exclude)
        finally:
            self._meets_checks = False

    def _are_checks_met(self, exclude: Collection[str] | None) -> bool:
        using = router.db_for_write(type(self), instance=self)
        query = Query(None)
        # What Django hands to each check itself.
        values = self._get_field_expression_map(self._meta, exclude)  # type: ignore[attr-defined]
        for name, value in values.items():
            given = value if hasattr(value, "resolve_expression") else Value(value)
            query.add_annotation(given, name, select=False)
        query.add_annotation(Value(1), "_check")
        for _model, group in self.get_constraints():
            for each in group:
                if isinstance(each, CheckConstraint):
                    try:
                        query.add_q(Q(Coalesce(Q(each.condition), True, output_field=BooleanField())))
                    except FieldError:
                        # It is about a field that is left out.
                        continue
        in_transaction = connections[using].in_atomic_block
        with transaction.atomic(using) if in_transaction else nullcontext():
            return query.get_compiler(using=using).execute_sql(SINGLE) is not None
