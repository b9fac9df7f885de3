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

from supportdesk import packing
from supportdesk.front import hand_out_again, this_minute
from supportdesk.pages import page_language

HOLE = Markup("\0")  # Where something is put into a frame; no page holds one otherwise.

_WORTH_PACKING = 1024  # Bytes.  Less fits into one packet anyway.
_MOST = 500  # Of a kind in the memory of one process: more than a desk has articles, and not all of a flood of them.


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Page:
    body: bytes
    packed: bytes | None
    tag: str  # Of what it says, so that it outlives the minute and is the same in every process.


@dataclass(frozen=True, slots=True)
class _Batch:
    """What was made from one source, and where that matters within one minute; the last is forgotten as a whole."""

    source: object
    minute: int
    made: dict[tuple[str, str], object] = field(default_factory=dict)


def init_app(app: Flask) -> None:
    app.extensions["kept"] = {}
    app.extensions["kept parts"] = {}
    app.jinja_env.globals["kept_part"] = kept_part


def kept(
    name: str,
    source: object,
    render: Callable[[], str],
    mimetype: str = "text/html",
    *,
    is_current: Callable[[], bool] | None = None,
    each_time: Callable[[], None] | None = None,
) -> Response:
    """The page `name`, rendered anew each minute, or when `source` is another object.

    A minute, as pages say whether we are open right now.  Where `is_current` tells whether the source is still the
    same, the page is handed out again without asking for it here, and `each_time` is done then; see front.py.
    """
    if is_current:
        hand_out_again(is_current, each_time)
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
    key, number = (name, page_language()), this_minute()
    kept_at, part = parts.get(key, (None, Markup()))
    if kept_at != number:
        part = caller()
        parts[key] = number, part
    return part


def framed(name: str, source: object, render: Callable[[], str], *fillings: Markup) -> str:
    """A page whose frame is rendered once a minute, with a HOLE for each of the `fillings`, in their order."""
    beginning, *rest = remembered("frames", name, source, lambda: render().split(HOLE))
    return beginning + "".join(f"{filling}{piece}" for filling, piece in zip(fillings, rest, strict=True))


def remembered(
    kind: str,
    name: str,
    source: object,
    make: Callable[[], T],
    *,
    minutely: bool = True,
    most: int = _MOST,
    is_kept: Callable[[T], bool] = lambda _thing: True,
) -> T:
    """What `make` makes, anew in each language, when `source` is another object, and where `minutely` each minute.

    No more than `most` of a `kind`, then all are forgotten: whoever asks for ever other names fills no memory.
    """
    kinds: dict[str, _Batch] = current_app.extensions["kept"]
    batch, minute, key = kinds.get(kind), this_minute() if minutely else 0, (name, page_language())
    if batch is None or batch.source is not source or batch.minute != minute:
        batch = kinds[kind] = _Batch(source, minute)
    if key in batch.made:
        return cast(T, batch.made[key])
    thing = make()
    if is_kept(thing):
        if len(batch.made) >= most:
            batch = kinds[kind] = _Batch(source, minute)
        batch.made[key] = thing
    return thing


def _made(body: bytes) -> _Page:
    packed = packing.pack(body) if len(body) >= _WORTH_PACKING else None
    return _Page(body, packed, hashlib.sha256(body).hexdigest()[:32])
