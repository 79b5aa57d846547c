"""What the OpenAPI document says of every address: how to sign in, and every refusal that may come."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers


class ProblemSerializer(serializers.Serializer[Any]):
    """Why it was refused, in words."""

    detail = serializers.CharField()


class ConflictSerializer(serializers.Serializer[Any]):
    """Why it cannot be done as things stand: in words, and as a code for programs."""

    detail = serializers.CharField()
    code = serializers.CharField()


FIELD_PROBLEMS = {
    "type": "object",
    "description": "What is wrong with each field. What concerns no single field is under “non_field_errors”.",
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
}
INVALID = OpenApiResponse(FIELD_PROBLEMS, "Something in it cannot be so; the answer names it.")
UNAUTHENTICATED = OpenApiResponse(ProblemSerializer, "There is no API key, or not a good one.")
FORBIDDEN = OpenApiResponse(
    ProblemSerializer, "The key's scopes, or its owner's rights, do not reach this far."
)
NOT_FOUND = OpenApiResponse(ProblemSerializer, "It does not exist, or is not for you to see.")
TOO_LARGE = OpenApiResponse(ProblemSerializer, "The body is too large.")
NOT_JSON = OpenApiResponse(ProblemSerializer, "The body is declared as another type than this address takes.")
TOO_OFTEN = OpenApiResponse(
    ProblemSerializer, "Too many calls. Wait for the seconds in the header Retry-After."
)
UNAVAILABLE = OpenApiResponse(
    ProblemSerializer,
    "The database is busy, away or out of space. Try again after the seconds in Retry-After.",
)


class ApiSchema(AutoSchema):
    """Adds what holds for every address, so that no view has to say it."""

    def get_description(self) -> str:  # type: ignore[override]
        if getattr(self.view, "action", "") == "retrieve":
            return str(self.get_response_serializers().__class__.__doc__)
        return str(super().get_description())

    def get_summary(self) -> str:
        # The first clause of the first sentence.
        return re.split(r"[.;:](?:\s|$)", self.get_description(), maxsplit=1)[0]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if direction == "response":
            for code, response in self._refusals().items():
                if code not in bodies:
                    bodies[code] = self._get_response_for_code(response, code)
        return bodies

    def _refusals(self) -> dict[str, OpenApiResponse]:
        refusals = {
            "400": INVALID,
            "401": UNAUTHENTICATED,
            "403": FORBIDDEN,
            "429": TOO_OFTEN,
            "503": UNAVAILABLE,
        }
        if "{" in self.path:
            refusals["404"] = NOT_FOUND
        if self.method == "POST":
            refusals |= {"413": TOO_LARGE, "415": NOT_JSON}
        return refusals


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """The key in its header."""

    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "sl_…",
            "description": "An API key from Settings, API keys: `Authorization: Bearer sl_…`.",
        }
