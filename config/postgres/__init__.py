"""Django's backend for PostgreSQL, but for how it looks whether a kept connection still lives; see `base`."""
