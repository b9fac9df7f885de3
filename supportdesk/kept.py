"""Pages that are the same for everyone: rendered once a minute, packed once, and not sent to a browser that has them.

Any cache may hold them, as they hold nothing of anybody's and no secret; it has to ask us each time whether they are
still so.  Every other page of ours is kept by nobody, see web.py.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from flask import Flask, Response, current_app, request
from markupsafe import Markup

from supportdesk import clock, packing
from supportdesk.pages import page_language

_WORTH_PACKING = 1024  # Bytes.  Less fits into one packet anyway.
_MOST = 500  # Pages in the memory of one process: more than a desk has articles, and not all of a flood of them.


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Page:
    body: bytes
    packed: bytes | None
    tag: str  # Of what it says, so that it outlives the minute and is the same in every process.


@dataclass(frozen=True, slots=True)
class _Minute:
    """The pages of one minute, made from one source; those of the last are forgotten as a whole."""

    source: object = None
    number: int = 0
    made: dict[tuple[str, str], object] = field(default_factory=dict)


def init_app(app: Flask) -> None:
    app.extensions["kept"] = {}
    app.extensions["kept parts"] = {}
    app.jinja_env.globals["kept_part"] = kept_part


def kept(name: str, source: object, render: Callable[[], str], mimetype: str = "text/html") -> Response:
    """The page `name`, rendered anew each minute, or when `source` is another object.

    A minute, as pages say whether we are open right now.
    """
    page = remembered("pages", name, source, lambda: _made(render().encode()))
    headers = {"ETag": f'W/"{page.tag}"', "Cache-Control": "public, no-cache", "Vary": "Accept-Encoding"}
    if request.if_none_match.contains_weak(page.tag):
        return Response(status=304, headers=headers)
    if page.packed is not None and packing.is_taken("gzip"):
        return Response(page.packed, headers=headers | {"Content-Encoding": "gzip"}, mimetype=mimetype)
    return Response(page.body, headers=headers, mimetype=mimetype)


def kept_part(name: str, caller: Callable[[], Markup]) -> Markup:
    """A piece of a page, for Jinja’s call block: the same on every page of this minute."""
    parts: dict[tuple[str, str], tuple[int, Markup]] = current_app.extensions["kept parts"]
    key, number = (name, page_language()), _minute()
    kept_at, part = parts.get(key, (None, Markup()))
    if kept_at != number:
        part = caller()
        parts[key] = number, part
    return part


def remembered(kind: str, name: str, source: object, make: Callable[[], T]) -> T:
    """What `make` makes, anew each minute, in each language, and when `source` is another object.

    So many of a `kind` and no more: whoever asks for ever other names gets each made, and fills no memory.
    """
    minutes: dict[str, _Minute] = current_app.extensions["kept"]
    minute, number, key = minutes.get(kind), _minute(), (name, page_language())
    if minute is None or minute.source is not source or minute.number != number:
        minute = minutes[kind] = _Minute(source, number)
    if key in minute.made:
        return cast(T, minute.made[key])
    made = make()
    if len(minute.made) < _MOST:
        minute.made[key] = made
    return made


def _minute() -> int:
    return int(clock.now().timestamp() // 60)


def _made(body: bytes) -> _Page:
    packed = packing.pack(body) if len(body) >= _WORTH_PACKING else None
    return _Page(body, packed, hashlib.sha256(body).hexdigest()[:32])
