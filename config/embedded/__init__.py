"""The embedded mode: one command runs the web server, the worker, the scheduler and the broker as its children.

`python -m config.embedded demo|run`. The supervisor never sets up Django, so it starts at once and stays small.
"""
