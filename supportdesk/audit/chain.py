"""The chain that holds the audit together: each row carries a keyed hash of itself and of the row before.  Pure.

The key stands in the keys folder, not in the database: who can write to the database alone can't mend what they broke.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from supportdesk.audit.models import AuditEvent

BEGINNING = bytes(32)  # What stands before the first row.


class KeyedHash(Protocol):
    def __call__(self, purpose: str, text: str, /) -> bytes: ...


@dataclass(frozen=True)
class Head:
    """The newest row as it was seen: if it is gone or another one later, the end of the chain was cut off."""

    number: int
    link: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.link.hex()}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """Raises ValueError where `text` is none."""
        number, _, link = text.strip().partition(":")
        return cls(int(number), bytes.fromhex(link))


def link_of(event: AuditEvent, before: bytes, keyed_hash: KeyedHash) -> bytes:
    row = [event.id, event.at.isoformat(), event.what, event.agent_id, event.place, event.reference, event.detail]
    return keyed_hash("audit", json.dumps([before.hex(), *row]))


def breaks(events: Iterable[AuditEvent], keyed_hash: KeyedHash, seen: Callable[[Head], None]) -> Iterable[str]:
    """A sentence for each place where the chain, from its first row on, does not hold; `seen` is told each row."""
    expected, before = 1, BEGINNING
    for event in events:
        if event.id != expected:
            missing = f"Event {expected} is" if event.id == expected + 1 else f"Events {expected} to {event.id - 1} are"
            yield f"{missing} missing."
        elif link_of(event, before, keyed_hash) != event.link:
            yield f"Event {event.id} was changed, or did not come from this desk."
        expected, before = event.id + 1, event.link
        seen(Head(event.id, event.link))
