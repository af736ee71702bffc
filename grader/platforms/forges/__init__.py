"""GitHub and GitLab: the course's own repository grades the students', or a student's repository practises.

In: a course; a checked-out repository. Out: the zip for the course's repository; in a run, what the forge shows to
students: points, annotations and feedback. Whatever a student wrote stands there as text and can't act.
"""

from __future__ import annotations

from grader.platforms.forges.package import github_zip, gitlab_zip

__all__ = [
    "github_zip",
    "gitlab_zip",
]
