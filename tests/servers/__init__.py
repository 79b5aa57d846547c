"""Real servers for tests: PostgreSQL, Valkey, SMTP, a proxy that breaks connections, and the product's own processes.

Nothing here is imported by the product.
"""
