"""The thank-you page's address: what it shows, sealed into the token, so that the page reads nothing back."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from supportdesk.exceptions import NotFound, Sealed
from supportdesk.sealing import derived_key

LIFE = timedelta(hours=24)
_PLACE = "receipt|sent|1"


@dataclass(frozen=True)
class Receipt:
    reference: str
    reply_due_at: datetime
    masked_email: str
    is_for_clinic: bool


def mask(email: str) -> str:
    """“j•••••@example.com”: enough to see a slip of the finger, too little to learn an address."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}•••••@{domain}"


def write_token(receipt: Receipt, secret: str, at: datetime) -> str:
    content = [
        receipt.reference,
        receipt.reply_due_at.isoformat(),
        receipt.masked_email,
        receipt.is_for_clinic,
        (at + LIFE).isoformat(),
    ]
    sealed = derived_key(secret, _PLACE).seal(json.dumps(content), _PLACE)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_token(token: str, secret: str, at: datetime) -> Receipt:
    """Raises NotFound where the token is not ours, or older than a day."""
    try:
        sealed = base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4))
        reference, due, email, clinic, until = json.loads(derived_key(secret, _PLACE).open(sealed, _PLACE))
    except (ValueError, Sealed):
        raise NotFound("There is no such receipt.") from None
    if at > datetime.fromisoformat(until):
        raise NotFound("This receipt has run out.")
    return Receipt(reference, datetime.fromisoformat(due), email, clinic)
