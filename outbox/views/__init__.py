"""Pages of outbox."""
