"""Makes a picture of a page small: 256 colors are enough for one, and a third of the bytes."""

import struct
import zlib
from collections import Counter

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {2: 3, 6: 4}  # By the kind of color that the header names: with or without an opacity, which pages have not.


def small(picture):
    """A PNG as a browser makes it, of eight bits and not interlaced, with a palette instead."""
    chunks = list(_chunks(picture))
    width, height, depth, kind, *_rest = struct.unpack(
        ">IIBBBBB", next(data for name, data in chunks if name == b"IHDR")
    )
    assert depth == 8, "pictures of pages have eight bits"
    step = CHANNELS[kind]
    raw = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT"))
    rows = [[row[at : at + 3] for at in range(0, len(row), step)] for row in _rows(raw, width * step, height, step)]
    often = Counter(color for row in rows for color in row)
    palette = [color for color, _times in often.most_common(256)]
    place = {color: _nearest(color, palette) for color in often}
    body = b"".join(b"\0" + bytes(place[color] for color in row) for row in rows)
    parts = {b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0), b"PLTE": b"".join(palette)}
    parts |= {b"IDAT": zlib.compress(body, 9), b"IEND": b""}
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in parts.items())


def _chunks(picture):
    at = len(SIGNATURE)
    while at < len(picture):
        length, name = struct.unpack(">I4s", picture[at : at + 8])
        yield name, picture[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _rows(raw, length, height, step):
    """The lines of the picture, of which each was stored as what differs from its neighbors."""
    above = bytes(length)
    for number in range(height):
        start = number * (length + 1)
        above = _line(raw[start], bytearray(raw[start + 1 : start + 1 + length]), above, step)
        yield above


def _line(way, line, above, step):
    for at in range(len(line)):
        left = line[at - step] if at >= step else 0
        corner = above[at - step] if at >= step else 0
        guess = (0, left, above[at], (left + above[at]) // 2, 0)[way] if way < 4 else _paeth(left, above[at], corner)
        line[at] = (line[at] + guess) & 255
    return bytes(line)


def _paeth(left, above, corner):
    guess = left + above - corner
    return min((abs(guess - left), 0, left), (abs(guess - above), 1, above), (abs(guess - corner), 2, corner))[2]


def _nearest(color, palette):
    return min(range(len(palette)), key=lambda n: sum((a - b) ** 2 for a, b in zip(color, palette[n], strict=True)))
