"""The product's own settings, and each request and task says how many statements it took."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "tests.load.counting.CountingConfig"]
MIDDLEWARE = ["tests.load.counting.CountingMiddleware", *MIDDLEWARE]
