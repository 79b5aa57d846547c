"""Hiring's pages in the staff's shell: they find what the actor may see, call one operation, and show or redirect."""
