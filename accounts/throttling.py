"""How often one key, or one colleague, may call the API. A courtesy among programs, not a defence."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import ApiKey

if TYPE_CHECKING:
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)


class CallerThrottle(SimpleRateThrottle):
    """Counts calls in the shared cache, for each key and for each signed-in colleague apart.

    The counts of calls at the same moment may miss one another. A cache that does not answer lets everybody pass: the
    API must not depend on it.
    """

    scope = "api"
    cache = cache

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        if isinstance(request.auth, ApiKey):
            return f"api-calls:key:{request.auth.pk}"
        return f"api-calls:user:{request.user.pk}" if request.user.is_authenticated else None

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return bool(super().allow_request(request, view))
        except Exception:
            logger.warning("the cache did not count a call of the API", exc_info=True)
            return True
