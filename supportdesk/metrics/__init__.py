"""Figures for the operator at /metrics, in Prometheus' form, for whoever knows the token of the setting.

Requests are counted by route, never by address; what the database knows is asked when the page is.  Without a token
there is no such page, nothing is counted, and the library is not even loaded.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, request

from supportdesk import answered
from supportdesk.access import ANYONE, may

metrics = may(ANYONE)(Blueprint("metrics", __name__))  # Who knows the token.


@dataclass(frozen=True)
class Gauge:
    """A figure as of now, for each value of its label; or without a label, under “”."""

    name: str
    help: str
    values: Mapping[str, float] | Mapping[Any, int]
    label: str = ""


def init_app(app: Flask) -> None:
    app.register_blueprint(metrics)
    if not app.config["METRICS_TOKEN"]:
        return
    from supportdesk.metrics.exposition import Exposition  # noqa: PLC0415  See above; and see gunicorn.conf.py.

    exposition = app.extensions["metrics"] = Exposition(app.config["PROMETHEUS_MULTIPROC_DIR"])
    answered.listen(app, exposition.count)


def add_gauges(app: Flask, read: Callable[[], Iterable[Gauge]]) -> None:
    """A part of the desk offers figures; asked only where there is a page to show them on."""
    app.extensions.setdefault("gauges", []).append(read)


@metrics.get("/metrics")
def show() -> Response:
    token = current_app.config["METRICS_TOKEN"]
    if not token:
        abort(404)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.encode()):
        abort(403)
    gauges = [gauge for read in current_app.extensions.get("gauges", ()) for gauge in read()]
    text, mimetype = current_app.extensions["metrics"].text(gauges)
    return Response(text, content_type=mimetype)
