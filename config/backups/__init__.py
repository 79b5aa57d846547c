"""One file that holds a whole installation: made while it runs, checked, and put into an empty one.

`making` and `restoring` are what the commands call; `nightly` is the look of the worker.
"""
