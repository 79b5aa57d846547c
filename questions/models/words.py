"""The words by which questions are found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from questions.models.questions import Question
from shell.words import WordsBegin, WordsIndex


class QuestionWords(models.Model):
    """The words of a question as it is now: of its name and id, its newest version with the key, and its tags."""

    question = models.OneToOneField(
        Question, on_delete=models.CASCADE, related_name="words", primary_key=True
    )
    # As `shell.words.searched_words` gives them, a space around each: " which hook runs ".
    words = models.TextField(blank=True)

    class Meta:
        verbose_name = _("words of a question")
        verbose_name_plural = _("words of questions")
        indexes = [WordsIndex(fields=["words"], name="questions_question_words")]

    def __str__(self) -> str:
        return f"words of question {self.question_id}"


QuestionWords._meta.get_field("words").register_lookup(WordsBegin)
