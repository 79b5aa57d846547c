from __future__ import annotations

from django.db import models


class GuessCount(models.Model):
    """How often one address, or one network, was guessed at since a moment. What it is stands there as a digest."""

    key = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField()
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["since"], name="accounts_guesscount_since")]

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"
