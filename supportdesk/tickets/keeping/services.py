"""Erasing: the data key is destroyed, and with it every word; what the reports count stays.

What erasing needs to know is ids, never words, so that the delivery process can do it: its database user reads none.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import delete, insert, select, update

from supportdesk import clock
from supportdesk.agents.drafts import services as drafts
from supportdesk.audit import What
from supportdesk.audit import services as audit
from supportdesk.database import Base, db, forget_what_was_deleted
from supportdesk.exceptions import NotFound
from supportdesk.mail.services import erase_mail_about
from supportdesk.tickets import ranks
from supportdesk.tickets.keeping.queries import months_before, number_of_messages, old_tickets
from supportdesk.tickets.models import Act, Event, Message, Status, Ticket
from supportdesk.tickets.references import read_reference

AT_ONCE = 200  # Tickets in one commit.


@dataclass(frozen=True)
class Receipt:
    """What was erased, or would be, in a few words without any of the ticket's."""

    reference: str
    messages: int
    mails: int
    key_id: str
    already: datetime | None = None  # When it had been erased before.


def erase_ticket(reference: str, *, only_look: bool = False) -> Receipt:
    """Destroy the words of a ticket and of the mails about it.  Raises NotFound."""
    row = db.session.execute(
        select(Ticket.id, Ticket.reference, Ticket.key_id, Ticket.erased_at).where(
            Ticket.reference == (read_reference(reference) or "")
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such ticket.")
    mails = erase_mail_about(row.reference, only_look=only_look)
    receipt = Receipt(row.reference, number_of_messages(row.id), mails, row.key_id, row.erased_at)
    if only_look or row.erased_at:
        db.session.rollback()
        return receipt
    _erase([row.id], clock.now(), Act.ERASED)
    audit.add(What.ERASED, reference=row.reference)
    db.session.commit()
    forget_what_was_deleted()
    return receipt


def anonymise_old_tickets(now: datetime) -> int:
    """Erase what nobody touched for KEEP_MONTHS; returns how many tickets.  The rest is left for the next time."""
    months = current_app.config["KEEP_MONTHS"]
    if not months:
        return 0
    done = 0
    while ids := [row_id for row_id, _version in old_tickets(months_before(now, months), AT_ONCE)]:
        _erase_batch(ids, now)
        done += len(ids)
    if done:
        forget_what_was_deleted()
    return done


def _erase_batch(ids: Sequence[int], at: datetime) -> None:
    _erase(ids, at, Act.ANONYMISED)
    db.session.commit()


def _erase(ids: Sequence[int], at: datetime, act: Act) -> None:
    """By id alone.  The version goes up, so that nobody answers to what is gone."""
    for row_id in ids:
        gone: dict[str, Any] = {f"sealed_{name}": b"" for name in ("key", "name", "email", "subject")}
        gone |= {"sealed_receipt": None, "key_id": "", "email_hash": secrets.token_bytes(32)}
        gone |= {"submission_key": secrets.token_hex(32), "erased_at": at, "updated_at": at}
        gone |= {
            "status": Status.CLOSED,
            "reply_due_at": None,
            "reply_since": None,
            "held_because": None,
            "waits_until": None,
            "version": Ticket.version + 1,
        }
        gone |= {"rank": ranks.rank_when_over(at)}
        one = update(Ticket).where(Ticket.id == row_id).values(gone)
        db.session.execute(one.execution_options(synchronize_session=False))
        db.session.execute(insert(Event).values(ticket_id=row_id, act=act, created_at=at, detail={}))
    for reference in db.session.scalars(select(Ticket.reference).where(Ticket.id.in_(ids))):
        drafts.drop_below(f"/desk/tickets/{reference}")
    words = update(Message).where(Message.ticket_id.in_(ids)).values(sealed_body=b"")
    db.session.execute(words.execution_options(synchronize_session=False))
    for table in Base.metadata.sorted_tables:
        if table.info.get("erased_with") == "ticket":
            db.session.execute(delete(table).where(table.c.ticket_id.in_(ids)))
        if table.info.get("words_erased_with") == "ticket":
            wordless = {column: b"" for column in table.columns if column.name.startswith("sealed_")}
            db.session.execute(update(table).where(table.c.ticket_id.in_(ids)).values(wordless))
