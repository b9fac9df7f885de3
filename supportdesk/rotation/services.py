"""Putting data keys under another key, batch by batch: each is one commit, so it can be cut off at any moment.

Words are never touched, nor is a ticket's version: whoever has its page open notices nothing.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text, update

from supportdesk import clock
from supportdesk.audit.models import AuditEvent
from supportdesk.database import db, try_to_store
from supportdesk.exceptions import Sealed
from supportdesk.keys import keyring
from supportdesk.rotation.models import DroppedKey
from supportdesk.rotation.queries import rows_by_key, sealed_kinds, unsettled

AT_ONCE = 1000  # Rows; SQLite's other writers wait a twentieth of a second for them.


@dataclass(frozen=True)
class Batch:
    last: int  # The id to go on after.
    done: int
    lost: int  # Rows that did not open; they are left as they are.


def may_store_all() -> bool:
    """Whether all that changing keys writes to can be written: asked before a file is touched.

    Raises SQLAlchemyError where this database user may not, or somebody else holds the database.
    """
    written = [*sealed_kinds(), DroppedKey, AuditEvent]
    return all(try_to_store(kind.__tablename__) for kind in written)


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


def forbid_key(key_id: str) -> None:
    """From now on nobody can store what is sealed to this key: whoever does looks for this mark before they commit."""
    db.session.merge(DroppedKey(key_id=key_id, dropped_at=clock.now()))
    db.session.commit()


def rows_that_need(key_id: str) -> int:
    """How many rows need a forbidden key; where any do, it is allowed again.

    Whoever stored a row before they could see the mark is waited for, and counted.  Raises SQLAlchemyError where that
    takes too long.
    """
    if db.engine.dialect.name == "postgresql":  # SQLite has one writer at a time.
        tables = ", ".join(f'"{kind.__tablename__}"' for kind in sealed_kinds())
        db.session.execute(text(f"lock table {tables} in exclusive mode"))
    needed = rows_by_key()[key_id]
    if needed:
        db.session.delete(db.session.get_one(DroppedKey, key_id))
    db.session.commit()
    return needed
