"""Adding to the audit, which is all that can be done to it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from supportdesk import clock
from supportdesk.audit.chain import BEGINNING, link_of
from supportdesk.audit.models import AuditEvent, What
from supportdesk.database import db, own_transaction, take_turn
from supportdesk.keys import keyring


class By(NamedTuple):
    """Who does something, and from where."""

    agent_id: int | None
    place: str | None


OPERATOR = By(None, None)  # By a command, on the machine itself.


def add(
    what: What,
    *,
    agent_id: int | None = None,
    place: str | None = None,
    reference: str | None = None,
    detail: str = "",
) -> None:
    """For another service: an event in its transaction, added last, as others wait from here to its commit."""
    event = AuditEvent(at=clock.now(), what=what, agent_id=agent_id, place=place, reference=reference, detail=detail)
    _append(db.session, [event])


def add_now(what: What, *, reference: str | None = None, detail: str = "") -> None:
    """For a command that writes nothing else: an event in a transaction of its own."""
    write([AuditEvent(at=clock.now(), what=what, reference=reference, detail=detail)])


def write(events: Sequence[AuditEvent]) -> None:
    """Events of a request that only read, in a short transaction of their own."""
    with own_transaction() as session:
        _append(session, events)


def _append(session: Session | scoped_session[Any], events: Sequence[AuditEvent]) -> None:
    """Link each event to the one before; one writer at a time, or two rows would claim to follow the same."""
    take_turn(session, "audit")
    newest = session.execute(select(AuditEvent.id, AuditEvent.link).order_by(AuditEvent.id.desc()).limit(1)).first()
    number, link = newest or (0, BEGINNING)
    for event in events:
        number += 1
        event.id = number
        link = event.link = link_of(event, link, keyring().keyed_hash)
        session.add(event)
    session.flush()
