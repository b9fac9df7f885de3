"""The thank-you page's address: what it shows, sealed into the token, so that the page reads nothing back."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from supportdesk.exceptions import NotFound, Sealed
from supportdesk.sealing import DataKey, derived_key

LIFE = timedelta(hours=24)
_PLACE = "receipt|sent|2"


@dataclass(frozen=True)
class Receipt:
    reference: str
    reply_due_at: datetime
    masked_email: str
    clinic_topic: str | None  # Names only, as guided: what to repeat on the thank-you page.
    is_for_clinic: bool  # All of it, and not a part.
    emergency: str | None


def mask(email: str) -> str:
    """“j•••••@example.com”: enough to see a slip of the finger, too little to learn an address."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}•••••@{domain}"


def _content(receipt: Receipt) -> list[str | bool | None]:
    return [
        receipt.reference,
        receipt.reply_due_at.isoformat(),
        receipt.masked_email,
        receipt.clinic_topic,
        receipt.is_for_clinic,
        receipt.emergency,
    ]


def _receipt(content: list[Any]) -> Receipt:
    reference, due, *rest = content
    return Receipt(reference, datetime.fromisoformat(due), *rest)


def seal(receipt: Receipt, key: DataKey, place: str) -> bytes:
    """Kept beside the ticket, for whoever sends the same request again: `key` comes from the words themselves."""
    return key.seal(json.dumps(_content(receipt)), place)


def unseal(sealed: bytes, key: DataKey, place: str) -> Receipt:
    return _receipt(json.loads(key.open(sealed, place)))


def write_token(receipt: Receipt, secret: str, at: datetime) -> str:
    content = [*_content(receipt), (at + LIFE).isoformat()]
    sealed = derived_key(secret, _PLACE).seal(json.dumps(content), _PLACE)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_token(token: str, secret: str, at: datetime) -> Receipt:
    """Raises NotFound where the token is not ours, or older than a day."""
    try:
        sealed = base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4))
        *content, until = json.loads(derived_key(secret, _PLACE).open(sealed, _PLACE))
    except (ValueError, Sealed):
        raise NotFound("There is no such receipt.") from None
    if at > datetime.fromisoformat(until):
        raise NotFound("This receipt has run out.")
    return _receipt(content)
