"""`grader check --watch`: checks again on every save, what changed first.

One loop takes events (a save, a key, nothing) and does one thing at a time. machine.py says what a key means,
changes.py what a save touches, screen.py what is shown; keys.py and files.py bring the events.
"""

from grader.home.watch.loop import watch

__all__ = ["watch"]
