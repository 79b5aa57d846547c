"""Candidates' pages: taking a test from a mailed link."""

app_name = "taking"

urlpatterns: list = []
