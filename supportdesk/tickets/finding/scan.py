"""Finding tickets without an index: every one is opened, newest first, until there are enough.  Writes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from supportdesk.database import db
from supportdesk.exceptions import Sealed
from supportdesk.faq.search.forgetful import beginning, stems
from supportdesk.keys import keyring
from supportdesk.sealing import Keyring
from supportdesk.tickets.finding.queries import message_bodies
from supportdesk.tickets.models import Ticket

_AT_ONCE = 1000


def by_opening(wanted: frozenset[str], before: int | None, size: int) -> list[int]:
    """Ids of the newest tickets that hold every wanted stem."""
    beginnings = [beginning(stem) for stem in wanted]
    found: list[int] = []
    while rows := _tickets(before):
        ring, ids = keyring(), [row.id for row in rows]
        bodies: defaultdict[int, list[tuple[str, bytes]]] = defaultdict(list)
        for ticket_id, seal_id, sealed in message_bodies(ids):
            bodies[ticket_id].append((seal_id, sealed))
        for row in rows:
            text = "\n".join(_words(ring, row, bodies[row.id]))
            if _may_hold(text, beginnings) and wanted <= stems(text):
                found.append(row.id)
                if len(found) == size:
                    return found
        before = ids[-1]
    return found


def _tickets(before: int | None) -> Sequence[Any]:
    names = ("id", "reference", "key_id", "sealed_key", "sealed_name", "sealed_email", "sealed_subject")
    columns = [getattr(Ticket, name) for name in names]
    wanted = select(*columns).where(Ticket.sealed_key != b"").order_by(Ticket.id.desc()).limit(_AT_ONCE)
    return db.session.execute(wanted.where(Ticket.id < before) if before else wanted).all()


def _words(ring: Keyring, row: Any, bodies: Sequence[tuple[str, bytes]]) -> Iterator[str]:
    """Everything in a ticket that opens."""
    yield row.reference
    try:
        key = ring.open_key(row.sealed_key, row.key_id, Ticket.place_of("key", row.reference))
        for name in ("name", "email", "subject"):
            yield key.open(getattr(row, f"sealed_{name}"), Ticket.place_of(name, row.reference))
        for seal_id, sealed in bodies:
            yield key.open(sealed, f"message|body|{seal_id}")
    except Sealed:
        return


def _may_hold(text: str, beginnings: Sequence[str]) -> bool:
    """A quick look before the words are cut out one by one; accents are not worth one."""
    if not text.isascii():
        return True
    text = text.lower().replace("'", "")
    return all(beginning in text for beginning in beginnings)
