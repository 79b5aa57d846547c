from urllib.parse import urlsplit

import pytest

# This file is read before Django is set up, so what needs models is imported where it is used.


@pytest.fixture
def greeting(monkeypatch):
    """A kind of mail that no app has."""
    from outbox import registries
    from tests.factories.outbox import GREETING

    monkeypatch.setitem(registries._kinds, GREETING.kind, GREETING)
    return GREETING


@pytest.fixture
def register_work(monkeypatch):
    """`register_work(kind, handler)` for this test alone."""
    from outbox import registries

    def register(kind, handler, title="Test work"):
        monkeypatch.setitem(registries._work, kind, registries.WorkKind(kind, handler, title))

    return register


@pytest.fixture
def local_mail(settings):
    settings.EMAIL_URL = ""


@pytest.fixture
def real_mail(settings, smtp_server):
    """Mail goes to the test's own server."""
    address = urlsplit(smtp_server.url)
    settings.EMAIL_URL = smtp_server.url
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = address.hostname, address.port
    settings.EMAIL_TIMEOUT = 1
    return smtp_server
