"""What a patient was shown before their message was sent, in names alone: “clinic:billing”, “article:sign-up”.

The form carries the names back to us sealed, so that a ticket records what was shown and nobody can make it up.
"""

import base64
import json

from supportdesk.exceptions import Sealed
from supportdesk.sealing import derived_key

Names = frozenset[str]

NOTHING: Names = frozenset()
CLINIC, EMERGENCY, ARTICLE, WARNING = "clinic:", "emergency:", "article:", "warning:"
PART = "part:"  # The clinic's notice, where only a part of the message is for the clinic.
_PLACE = "shown|names|1"


def weighty(names: Names) -> Names:
    """What a person should have seen before it is sent; articles, and a part for the clinic, may come afterwards."""
    return frozenset(name for name in names if not name.startswith((ARTICLE, PART)))


def of_kind(kind: str, names: Names) -> list[str]:
    """What follows `kind` in those of `names` that begin with it."""
    return sorted(name.removeprefix(kind) for name in names if name.startswith(kind))


def write_token(names: Names, secret: str) -> str:
    sealed = derived_key(secret, _PLACE).seal(json.dumps(sorted(names)), _PLACE)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_token(token: str, secret: str) -> Names | None:
    """None where the token is not ours."""
    try:
        sealed = base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4))
        return frozenset(json.loads(derived_key(secret, _PLACE).open(sealed, _PLACE)))
    except (ValueError, Sealed):
        return None
