"""Smaller on its way: gzip for whoever takes it.  Never for a page that holds a secret: its length would tell of it."""

import gzip
from functools import lru_cache

from flask import request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

_HARDEST = 9  # What is packed once may take its time.


def pack(body: bytes) -> bytes:
    return gzip.compress(body, _HARDEST, mtime=0)


def is_taken(coding: str) -> bool:
    """Whether whoever asks can unpack `coding`, such as gzip."""
    return _is_taken(request.headers.get("Accept-Encoding", ""), coding)


@lru_cache(maxsize=256)
def _is_taken(header: str, coding: str) -> bool:
    return parse_accept_header(header, Accept).quality(coding) > 0
