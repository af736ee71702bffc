"""The student's side of the wall.

In: a chapter's source text, then calls. Out: values, as bytes of a frame. Nobody but grader.wall imports it.

Runs as the top-level package `_worker` in a process of its own, with numpy and the standard library, and imports
nothing else from `grader`: no test, no reference, no seed can be reached from here, because none is here.
"""
