"""Quizzes in Markdown: task lists, lettered lists with an answer below, and text2qti."""

from questions.formats.markdown.reader import read_markdown
from questions.formats.markdown.writer import write_markdown

__all__ = ["read_markdown", "write_markdown"]
