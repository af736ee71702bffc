"""An autograder for numerical Python exercises: student code never shares a process with the tests."""

__version__ = "0.1.0"
