"""The embedded mode: one command starts the web server, the worker, the scheduler and the broker as its children.

`python -m config.embedded demo|run`. The supervisor itself never imports Django, so it stays small and starts at once.
"""
