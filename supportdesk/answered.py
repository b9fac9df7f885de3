"""Who wants to know of each answer that was given: the log, the operator's figures.

Told are the route, never the address, the method, the status and the seconds that it took.
"""

import time
from typing import Protocol

from flask import Flask, Response, current_app, g, request


class Listener(Protocol):
    """`route` is None where there is none; `seconds` where the request was refused before it began."""

    def __call__(self, route: str | None, method: str, status: int, seconds: float | None) -> None: ...


def init_app(app: Flask) -> None:
    app.extensions["answered"] = []
    app.before_request(_note_the_time)
    app.after_request(_tell)


def listen(app: Flask, listener: Listener) -> None:
    app.extensions["answered"].append(listener)


def tell(app: Flask, route: str | None, method: str, status: int, seconds: float | None) -> None:
    for listener in app.extensions["answered"]:
        listener(route, method, status, seconds)


def _note_the_time() -> None:
    g.began = time.perf_counter()


def _tell(response: Response) -> Response:
    began, route = g.get("began"), request.url_rule.rule if request.url_rule else None
    seconds = None if began is None else time.perf_counter() - began
    tell(current_app, route, request.method, response.status_code, seconds)
    return response
