"""One-time codes: the six digits of a phone (RFC 6238), the picture it learns them from, and recovery codes.  Pure."""

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

import segno

from supportdesk.agents.passwords import one_time
from supportdesk.sealing import time_code

EACH = 30  # Seconds that a code is shown.
RECOVERY_CODES = 10


def new_secret() -> str:
    """160 bits, in the letters that people type into a phone where its camera is broken."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, at: datetime) -> str:
    """What a phone that knows `secret` shows at `at`."""
    return time_code(base64.b32decode(secret), int(at.timestamp()), EACH)


def step_of(secret: str, typed: str, now: datetime, newest: int | None) -> int | None:
    """Which step the code belongs to: this one, or a neighbour's, for clocks that differ.

    None where it is wrong, or not newer than the `newest` that was taken: who looked over a shoulder comes too late.
    """
    code = "".join(typed.split())
    this = int(now.timestamp()) // EACH
    found = None
    for step in (this - 1, this, this + 1):
        right = time_code(base64.b32decode(secret), step * EACH, EACH)
        if hmac.compare_digest(code.encode(), right.encode()) and step > (newest or 0):
            found = step
    return found


def address_of(secret: str, email: str, issuer: str) -> str:
    """What the picture says to a phone."""
    label = quote(f"{issuer}:{email}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"


def drawn(address: str) -> tuple[int, str]:
    """A QR code as a square of so many units, its quiet zone among them, and the path of an SVG that fills the dark."""
    code = segno.make(address, error="m", micro=False)
    dark = [(x, y) for y, row in enumerate(code.matrix_iter(border=4)) for x, is_dark in enumerate(row) if is_dark]
    return int(code.symbol_size(border=4)[0]), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)


def new_recovery_codes() -> list[str]:
    return [one_time() for _ in range(RECOVERY_CODES)]


def as_written(typed: str) -> str:
    """A recovery code as it was given out, however it is typed."""
    letters = "".join(letter for letter in typed.lower() if letter.isalnum())
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
