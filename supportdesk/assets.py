"""The files of static/: small, few and ours, so each is packed once and kept in memory.

Their addresses change with them, see pages.py; web.py lets browsers keep them for a year.
"""

from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path

from flask import Flask, Response, current_app, request

from supportdesk import packing

_TEXTS = {".css", ".js", ".svg"}  # Pictures and the like are packed already.


def init_app(app: Flask) -> None:
    folder = Path(str(app.static_folder))
    texts = (path for path in folder.rglob("*") if path.suffix in _TEXTS)
    app.extensions["texts of static"] = {path.relative_to(folder).as_posix(): path for path in texts}
    app.view_functions["static"] = _send


def _send(filename: str) -> Response:
    path: Path | None = current_app.extensions["texts of static"].get(filename)
    if path is None or not path.is_file():
        return current_app.send_static_file(filename)
    changed = path.stat().st_mtime_ns
    coding, body = _smallest(path, changed)
    response = Response(body, mimetype=guess_type(path.name)[0])
    if coding:
        response.content_encoding = coding
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{changed:x}-{coding or 'plain'}")
    response.make_conditional(request)
    return response


def _smallest(path: Path, changed: int) -> tuple[str | None, bytes]:
    """What can be unpacked where it is asked for: brotli if somebody put a .br beside the file, gzip, or as it is."""
    if packing.is_taken("br") and (body := _brotli(path, changed)):
        return "br", body
    if packing.is_taken("gzip"):
        return "gzip", _gzip(path, changed)
    return None, path.read_bytes()


@lru_cache(maxsize=64)
def _gzip(path: Path, changed: int) -> bytes:  # noqa: ARG001  # Of a file that changed, it is another result.
    return packing.pack(path.read_bytes())


@lru_cache(maxsize=64)
def _brotli(path: Path, changed: int) -> bytes:
    """Nothing where there is no .br, or only one of an older file."""
    packed = path.with_name(f"{path.name}.br")
    return packed.read_bytes() if packed.is_file() and packed.stat().st_mtime_ns >= changed else b""
