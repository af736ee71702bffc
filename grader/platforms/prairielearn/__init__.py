"""PrairieLearn: an external grader's image and a question, and what runs inside that image.

In: a course; or in the container, /grade as PrairieLearn lays it out. Out: a zip; or /grade/results/results.json.
"""

from grader.platforms.prairielearn.package import prairielearn_zip

__all__ = ["prairielearn_zip"]
