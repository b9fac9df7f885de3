"""What the desk writes about itself: one line for each thing, with an allow-list of fields and no words of anybody's.

JSON where a program reads it, plain text on a terminal.  A request is its route, never its address: an address holds
search words and tokens.  Lines of other libraries keep their template and lose what was filled in, and of a fault
stays what kind it is and where, as its text may quote a patient.
"""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from flask import Flask

from supportdesk import answered

OURS = "supportdesk"
FIELDS = ("route", "method", "status", "ms")  # What a line may hold beside its time, level, logger and message.
_MOST_STEPS = 6  # Of a fault's way through the code.

_requests = logging.getLogger(f"{OURS}.requests")


def init_app(app: Flask) -> None:
    """Warnings and worse are written from now on; `speak_up` adds what is merely worth knowing."""
    as_json = app.config["LOG_FORMAT"] == "json" or (app.config["LOG_FORMAT"] == "auto" and not sys.stderr.isatty())
    handler = ToStderr()
    handler.set_name(OURS)
    handler.setFormatter(JsonLine() if as_json else TextLine())
    logger = logging.getLogger(OURS)
    logger.handlers = [other for other in logger.handlers if other.get_name() != OURS] + [handler]
    if as_json:  # On a terminal nobody reads a line for each style sheet.
        answered.listen(app, _write_a_line)


def speak_up() -> None:
    """For a process that serves: write a line for each request, and for what is worth knowing."""
    logging.getLogger(OURS).setLevel(logging.INFO)


@contextmanager
def unsaid(name: str) -> Iterator[None]:
    """For a command that prints what the logger `name` would say."""
    logger = logging.getLogger(name)
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


class ToStderr(logging.Handler):
    """Writes each line in one go to what is the error output just then; gunicorn's own way takes twice as long."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except Exception:  # noqa: BLE001  Whatever it was, what is being done for somebody goes on.
            self.handleError(record)


class JsonLine(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        said |= {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}
        if fault := _fault(record):
            said["fault"] = fault
        return json.dumps(said, ensure_ascii=True)  # Nothing in it can end the line.


class TextLine(logging.Formatter):
    """A record for somebody who sits in front of it."""

    def format(self, record: logging.LogRecord) -> str:
        parts = [f"desk: {_message(record)}", _fault(record)]
        return " ".join(filter(None, parts))


def _message(record: logging.LogRecord) -> str:
    if record.name == OURS or record.name.startswith(f"{OURS}."):
        return record.getMessage()
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    filled_in = record.args if isinstance(record.args, tuple) else ()
    try:  # Numbers, such as a process's, tell nothing of anybody.
        return record.msg % tuple(value if isinstance(value, int) else "…" for value in filled_in)
    except (TypeError, ValueError):
        return record.msg


def _fault(record: logging.LogRecord) -> str:
    if not record.exc_info or record.exc_info[0] is None:
        return ""
    kind, _error, trace = record.exc_info
    return f"{kind.__name__}: {way_to(trace)}"


def way_to(trace: TracebackType | None) -> str:
    """“views.py:12 search < app.py:290 dispatch_request”: the last steps to a fault, without its text."""
    steps = []
    while trace is not None:
        code = trace.tb_frame.f_code
        steps.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return " < ".join(reversed(steps[-_MOST_STEPS:]))


def _write_a_line(route: str | None, method: str, status: int, seconds: float | None) -> None:
    if not _requests.isEnabledFor(logging.INFO):
        return
    ms = None if seconds is None else round(seconds * 1000, 1)
    fields = {"route": route, "method": method if method in _METHODS else "other", "status": status, "ms": ms}
    # Made by hand: `info` would look up from which line it was called, for each request.
    name, level = _requests.name, logging.INFO
    _requests.handle(_requests.makeRecord(name, level, __file__, 0, "request", (), None, extra=fields))


_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}

# For gunicorn, whose own lines can quote a request.
GUNICORN = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": JsonLine if not sys.stderr.isatty() else TextLine}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {
        "gunicorn.error": {"level": "ERROR", "handlers": ["stderr"], "propagate": False},
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        OURS: {"propagate": False},
    },
}
