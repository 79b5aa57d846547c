"""A made-up company that looks like a real one in the middle of its work."""
