"""The student's side of the wall.

Runs as the top-level package `_worker` in a process of its own, with numpy and the standard library, and imports
nothing else from `grader`: no test, no reference, no seed can be reached from here, because none is here.
"""
