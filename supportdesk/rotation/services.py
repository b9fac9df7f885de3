"""Putting data keys under another key, batch by batch: each is one commit, so it can be cut off at any moment.

Words are never touched, nor is a ticket's version: whoever has its page open notices nothing.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, update

from supportdesk.database import db
from supportdesk.exceptions import Sealed
from supportdesk.keys import keyring
from supportdesk.rotation.queries import sealed_kinds, unsettled

AT_ONCE = 1000  # Rows; SQLite's other writers wait a twentieth of a second for them.


@dataclass(frozen=True)
class Batch:
    last: int  # The id to go on after.
    done: int
    lost: int  # Rows that did not open; they are left as they are.


def settle_what_came_in(reached: dict[str, int]) -> None:
    """Settle what the public role has stored, from the id on that was `reached` in each table the last time."""
    for kind in filter(lambda kind: kind.comes_in, sealed_kinds()):
        while batch := settle_batch(kind, reached.get(kind.__tablename__, 0)):
            reached[kind.__tablename__] = batch.last


def settle_batch(kind: Any, after: int) -> Batch | None:
    """Put the next data keys under the desk's own, newest key; None where there are no more.

    A row that was changed or erased meanwhile stays as it is.
    """
    ring = keyring()
    rows = db.session.execute(unsettled(kind, ring.key_id, after, AT_ONCE)).all()
    db.session.rollback()  # Let go of the database while we compute.
    if not rows:
        return None
    changes = []
    for row_id, name, key_id, sealed in rows:
        place = kind.place_of("key", name)
        try:
            settled = ring.settle_key(ring.open_key(sealed, key_id, place), place)
        except Sealed:
            continue
        changes.append({"row": row_id, "before": sealed, "key": ring.key_id, "settled": settled})
    if changes:
        table = kind.__table__
        same = (table.c.id == bindparam("row")) & (table.c.sealed_key == bindparam("before"))
        put = update(table).where(same).values(key_id=bindparam("key"), sealed_key=bindparam("settled"))
        db.session.connection().execute(put, changes)
    db.session.commit()
    return Batch(rows[-1][0], len(changes), len(rows) - len(changes))
