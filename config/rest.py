"""How the API behaves: what REST framework and its document are told, in the shape that they ask for."""

from __future__ import annotations

from typing import Any

DOCUMENT_SETTINGS: dict[str, Any] = {
    "TITLE": "Shortlist API",
    "DESCRIPTION": "Jobs, candidates, applications, tests, questions, scores and reports of one organisation.",
    "VERSION": "1.0.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["accounts.authentication.HasScope"],
    "ENUM_NAME_OVERRIDES": {
        "ApplicationStatus": "hiring.enums.ApplicationStatus",
        "AttemptState": "assessments.enums.AttemptState",
        "InvitationState": "assessments.enums.InvitationState",
        "ImportState": "questions.enums.ImportState",
        "JobKind": "hiring.enums.JobKind",
        "JobStatus": "hiring.enums.JobStatus",
        "QuestionKind": "questions.enums.Kind",
        "QuestionLevel": "questions.enums.Level",
        "QuestionStatus": "questions.enums.Status",
        "RegradeState": "assessments.enums.RegradeState",
        "Result": "assessments.enums.Band",
        "SalaryPeriod": "hiring.enums.SalaryPeriod",
        "ScoreCause": "assessments.enums.ScoreCause",
        "ScoreRule": "hiring.enums.ScoreRule",
        "Source": "hiring.enums.Source",
        "StageKind": "hiring.enums.StageKind",
        "SubmittedBy": "assessments.enums.SubmittedBy",
        "WorkState": "outbox.enums.WorkState",
    },
}


def rest_settings(*, rate: str, proxies: int) -> dict[str, Any]:
    """Return the settings of REST framework; a key may make calls at `rate`, behind so many `proxies` of ours."""
    return {
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "accounts.authentication.ApiKeyAuthentication",
            "rest_framework.authentication.SessionAuthentication",
        ],
        "DEFAULT_PERMISSION_CLASSES": ["accounts.authentication.HasScope"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["shell.parsers.JSONParser"],
        "DEFAULT_PAGINATION_CLASS": "shell.lists.Pagination",
        "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
        "DEFAULT_SCHEMA_CLASS": "shell.schema.ApiSchema",
        # What an address takes is in the OpenAPI document, and nowhere else.
        "DEFAULT_METADATA_CLASS": None,
        "DEFAULT_THROTTLE_CLASSES": ["accounts.throttling.CallerThrottle"],
        "DEFAULT_THROTTLE_RATES": {"api": rate},
        "EXCEPTION_HANDLER": "shell.api.exception_handler",
        "NUM_PROXIES": proxies,
        "TEST_REQUEST_DEFAULT_FORMAT": "json",
        "URL_FORMAT_OVERRIDE": None,
    }
