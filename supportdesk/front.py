"""The front: a page that everybody gets alike is handed out again as it left, before Flask makes ready for a request.

Only to who asks without a cookie or a condition, and only while the page holds, a minute at most.  What the rest of the
desk puts on each answer stands on it already; who wants to know of each answer is told.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from supportdesk import answered, clock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_MOST = 500  # Whoever asks in ever other ways fills no memory.
_KEY = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True, repr=False)
class _Ready:
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    route: str
    minute: int  # In which it was made.
    is_current: Callable[[], bool]
    each_time: Callable[[], None] | None

    def holds(self) -> bool:
        return self.minute == this_minute() and self.is_current()


def init_app(app: Flask) -> None:
    """The first of all parts, so that what it keeps of an answer is what all others have made of it."""
    front = app.extensions["front"] = Front(app)
    app.wsgi_app = front  # type: ignore[method-assign]
    app.after_request(front.keep)


def hand_out_again(is_current: Callable[[], bool], each_time: Callable[[], None] | None = None) -> None:
    """The answer to this request may be handed out again within this minute while it `is_current`.

    Both are called outside of a request: `is_current` needs no context, `each_time` has the application's.
    """
    g.again = this_minute(), is_current, each_time  # Of now: what is being made may be finished in the next minute.


def hidden(words: str) -> str:
    """A name for what somebody asked that does not tell it: a hash with a key that only this process has."""
    return hashlib.blake2b(words.encode(errors="surrogatepass"), key=_KEY, digest_size=16).hexdigest()


def this_minute() -> int:
    return int(clock.now().timestamp() // 60)


class Front:
    """What is ready in this process, by who asks for what as far as an answer differs; forgotten with its minute."""

    def __init__(self, app: Flask) -> None:
        self._app, self._inside = app, app.wsgi_app
        self._minute = 0  # Of what was made last; what is of another is forgotten with it.
        self.ready: dict[tuple[str, ...], _Ready] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began, ready = time.perf_counter(), self.ready.get(_asked(environ))
        if ready is None or not ready.holds():
            inside: WSGIApplication = self._inside
            return inside(environ, start_response)
        if ready.each_time:
            with self._app.app_context():
                ready.each_time()
        start_response(ready.status, list(ready.headers))
        answered.tell(self._app, ready.route, "GET", 200, time.perf_counter() - began)
        return [ready.body]

    def keep(self, response: Response) -> Response:
        if "again" not in g or response.status_code != 200 or not request.url_rule:  # noqa: PLR2004
            return response
        if asked := _asked(request.environ):
            headers = list(response.get_wsgi_headers(request.environ))
            made = _Ready(response.status, headers, response.get_data(), request.url_rule.rule, *g.again)
            if self._minute != made.minute or len(self.ready) >= _MOST:
                self._minute, self.ready = made.minute, {}
            self.ready[asked] = made
        return response


def _asked(environ: "WSGIEnvironment") -> tuple[str, ...]:
    """Empty where the answer could be for this one person only."""
    if environ["REQUEST_METHOD"] != "GET" or any(name in environ for name in ("HTTP_COOKIE", "HTTP_IF_NONE_MATCH")):
        return ()
    names = ("wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "HTTP_ACCEPT_ENCODING")
    query = environ.get("QUERY_STRING", "")
    return (*(environ.get(name, "") for name in names), hidden(query) if query else "")
