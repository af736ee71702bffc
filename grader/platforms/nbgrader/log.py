"""nbgrader's log without what a student could do to the terminal: it prints the names of files as they are."""

from __future__ import annotations

import logging

from tornado.log import LogFormatter

from grader.text import visible

_MOST = 20_000


class VisibleLog(LogFormatter):
    """The formatter of nbgrader's commands; characters that act on a terminal are shown as escapes."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, in nbgrader's colours; at most 20,000 characters of the message and of a traceback."""
        record.msg, record.args = visible(record.getMessage(), _MOST, multiline=True), ()
        if record.exc_info:
            record.exc_text = visible(self.formatException(record.exc_info), _MOST, multiline=True)
        return super().format(record)
