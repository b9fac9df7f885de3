"""Whether a person sent a form: when it was opened, sealed into it, and a field that people do not see."""

import base64
from datetime import datetime, timedelta

from supportdesk.exceptions import Sealed
from supportdesk.sealing import derived_key
from supportdesk.tickets.models import Held

_PLACE = "opened|at|1"


def write_token(at: datetime, secret: str) -> str:
    sealed = derived_key(secret, _PLACE).seal(at.isoformat(timespec="milliseconds"), _PLACE)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_token(token: str, secret: str) -> datetime | None:
    """When the form was opened; None where the token is not ours."""
    try:
        sealed = base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4))
        return datetime.fromisoformat(derived_key(secret, _PLACE).open(sealed, _PLACE))
    except (ValueError, Sealed):
        return None


def looks_automatic(
    unseen: str | None, token: str | None, secret: str, now: datetime, too_fast: timedelta
) -> Held | None:
    """Why the form looks as if a program had filled it in; None where nothing says so.

    `unseen` is what stands in the field that people do not see.  Without a token nothing is said: other programs may
    post to the form, and a form that stayed open while our key was changed is as good as any.
    """
    if unseen:
        return Held.FILLED
    opened_at = read_token(token or "", secret)
    if opened_at and timedelta(0) <= now - opened_at < too_fast:  # A clock that was set back proves nothing.
        return Held.TOO_FAST
    return None
