"""What load balancers and monitoring ask: does the process answer, can people be served, how much is there.

Nothing here says anything about a person. Strangers read the states of the parts; numbers and notes are for whoever
has METRICS_TOKEN, and for this machine itself where no proxy stands in front.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from time import monotonic
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound, JsonResponse
from django.urls import resolve
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from config import broker
from config.version import version
from shell.health import Health, HealthState, Measure, all_measures, health_checks, worst

PROBES = {"/healthz", "/readyz", "/metrics"}
# Strangers may ask as often as they like; the parts are asked once in this time by each process.
FRESH_SECONDS = 1.0
STATEMENT_TIMEOUT = "2s"

_last: dict[str, Any] = {}


class ProbesMiddleware:
    """Answers probes before anything asks which host was meant or whether it came by https.

    Load balancers ask by the address of the machine and in clear text; nothing in these answers depends on either.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in PROBES:
            return self.get_response(request)
        match = request.resolver_match = resolve(request.path_info)
        response: HttpResponseBase = match.func(request)
        response["X-Content-Type-Options"] = "nosniff"
        return response


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers. Asks nothing and nobody."""
    return JsonResponse({"state": HealthState.OK.value})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether people can be served: 503 without database or with migrations missing, else 200."""
    parts = fresh_parts()
    state = worst(parts.values())
    may_see = may_see_numbers(request)
    body = {
        "state": state.value,
        "parts": {
            name: shown(part) if may_see else {"state": part.state.value} for name, part in parts.items()
        },
    }
    return JsonResponse(body, status=503 if state is HealthState.DOWN else 200)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Say how much of everything there is, for Prometheus. For whoever may not see it the page is not there."""
    if not may_see_numbers(request):
        return HttpResponseNotFound(content_type="text/plain")
    try:
        with bounded():
            found = all_measures(now=timezone.now())
    except DatabaseError:
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain")
    registry = CollectorRegistry()
    registry.register(Measured(found))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Measured(Collector):
    """What the rooms measured, in the words of Prometheus."""

    def __init__(self, measures: list[Measure]) -> None:
        self.measures = measures

    def collect(self) -> Iterator[Metric]:
        build = GaugeMetricFamily("shortlist_build_info", "The version that runs.", labels=["version"])
        build.add_metric([version()], 1)
        yield build
        for measure in self.measures:
            values = list(measure.values)
            labels = list(values[0][0]) if values else []
            family = GaugeMetricFamily(f"shortlist_{measure.name}", measure.meaning, labels=labels)
            for named, value in values:
                family.add_metric([named[label] for label in labels], value)
            yield family


def may_see_numbers(request: HttpRequest) -> bool:
    """Whether the request has the token, or comes from this machine without any proxy in between.

    Behind a proxy on the same machine every stranger seems to come from it, so there the token is the only way.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme.lower() == "bearer":
        return hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    forwarded = {"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-IP"}
    if settings.TRUSTED_PROXIES or any(name in request.headers for name in forwarded):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def shown(part: Health) -> dict[str, Any]:
    return {"state": part.state.value, **({"note": part.note} if part.note else {}), **part.numbers}


def fresh_parts() -> dict[str, Health]:
    """Return how all parts are, as of the last second."""
    if not _last or monotonic() - _last["at"] > FRESH_SECONDS:
        _last.update(at=monotonic(), parts=parts(now=timezone.now()))
    found: dict[str, Health] = _last["parts"]
    return found


def parts(*, now: datetime) -> dict[str, Health]:
    """Ask every part how it is. Each question to the database is bounded, and none is asked once it is away."""
    found = {"database": database_health()}
    if found["database"].state is HealthState.OK:
        found["migrations"] = migrations_health()
    found["broker"] = broker_health()
    if worst(found.values()) is HealthState.DOWN:
        return found
    for room, check in health_checks().items():
        try:
            with bounded():
                found |= check(now)
        except DatabaseError:
            found[room] = Health(HealthState.DEGRADED, "could not be asked in time")
    return found


def database_health() -> Health:
    begun = monotonic()
    try:
        with bounded(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Health(HealthState.DOWN, "does not answer")
    return Health(numbers={"milliseconds": round((monotonic() - begun) * 1000, 1)})


def migrations_health() -> Health:
    """Compare what this code knows with what the database has; a newer database is for newer code to judge."""
    try:
        with bounded():
            has = set(MigrationRecorder.Migration.objects.values_list("app", "name"))
    except DatabaseError:
        has = set()
    missing = len(own_migrations() - has)
    if missing:
        return Health(HealthState.DOWN, "run manage.py migrate", {"missing": missing})
    return Health()


@cache
def own_migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations of this code. They are read once."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def broker_health() -> Health:
    if broker.answers():
        return Health()
    return Health(
        HealthState.DEGRADED, "does not answer; requests succeed and nothing is lost, work waits for it"
    )


@contextmanager
def bounded() -> Iterator[None]:
    """Read within a time that a probe can wait. SQLite has no such bound, and its readers wait for nobody."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
        yield
