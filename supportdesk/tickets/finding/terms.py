"""Keeping the hashed words of every ticket, in the transaction that writes its words.

There is one door for them all: the session itself.  Whatever adds, changes or erases words through a Ticket or a
Message, in whatever service, is noticed as it is written.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask import current_app
from sqlalchemy import delete, event, select, text
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import get_history

from supportdesk.database import db
from supportdesk.exceptions import Sealed
from supportdesk.faq.search.forgetful import stems
from supportdesk.keys import keyring
from supportdesk.sealing import sealed_texts
from supportdesk.tickets.finding.models import Term
from supportdesk.tickets.finding.queries import term_hashes
from supportdesk.tickets.models import Message, Ticket

AT_ONCE = 200  # Tickets, where all of them are gone through.


def listen() -> None:
    event.listen(db.session, "after_flush", _keep_up)


def index_every_ticket() -> int:
    """Hash the words of all tickets anew, or of none where the setting is off; returns how many tickets."""
    done = last = 0
    db.session.execute(delete(Term))
    while current_app.config["TICKET_WORD_INDEX"] and (tickets := _next_tickets(last)):
        for ticket in tickets:
            done += _index_again(db.session, ticket)
        last = tickets[-1].id
        db.session.expunge_all()  # Or every word of every ticket would stay in memory.
    db.session.commit()
    return done


def _next_tickets(after: int) -> list[Ticket]:
    wanted = select(Ticket).where(Ticket.id > after).order_by(Ticket.id).limit(AT_ONCE)
    return list(db.session.scalars(wanted.options(selectinload(Ticket.messages))))


def _index_again(session: Any, ticket: Ticket) -> bool:
    try:
        ticket.unlock(keyring())
        words = _all_words(ticket)
    except Sealed:
        return False
    _add(session, {ticket.id: words})
    return True


def _keep_up(session: Session, _context: object) -> None:
    """After a flush: the ids are known, and nothing is committed yet."""
    if not current_app.config["TICKET_WORD_INDEX"]:
        return
    new, changed = _written(session)
    for ticket in changed:
        session.connection().execute(delete(Term).where(Term.ticket_id == ticket.id))
        if not ticket.is_erased:
            new[ticket.id] = set(_all_words(ticket, session.deleted))
    _add(session, new)


def _written(session: Session) -> tuple[dict[int, set[str]], list[Ticket]]:
    """Words that came to each ticket, and the tickets where words were changed or taken away."""
    new: dict[int, set[str]] = {}
    changed = {}
    for row in session.new:
        if isinstance(row, Ticket):
            new.setdefault(row.id, set()).update(_own_words(row))
        elif isinstance(row, Message):
            new.setdefault(row.ticket_id, set()).update(stems(row.body))
    for row in session.dirty:
        if isinstance(row, Ticket | Message) and _words_changed(row):
            ticket = row if isinstance(row, Ticket) else row.ticket
            changed[ticket.id] = ticket
    for row in session.deleted:
        if isinstance(row, Message) and row.ticket not in session.deleted:
            changed[row.ticket_id] = row.ticket
    return new, list(changed.values())


def _words_changed(row: Ticket | Message) -> bool:
    return any(get_history(row, f"sealed_{name}").has_changes() for name in sealed_texts(type(row)))


def _own_words(ticket: Ticket) -> frozenset[str]:
    return stems(f"{ticket.reference}\n{ticket.name}\n{ticket.email}\n{ticket.subject}")


def _all_words(ticket: Ticket, gone: Collection[object] = ()) -> frozenset[str]:
    return _own_words(ticket).union(*(stems(one.body) for one in ticket.messages if one not in gone and one.opens))


def _add(session: Any, words: Mapping[int, Iterable[str]]) -> None:
    """Some may stand there already.  Names no column to compare, as the public role may insert and not look."""
    for ticket_id, found in words.items():
        hashes = sorted(term_hashes(found).values())
        for begin in range(0, len(hashes), 400):  # SQLite takes a thousand values in one statement.
            part = hashes[begin : begin + 400]
            values = ", ".join(f"(:h{number}, :ticket)" for number in range(len(part)))
            insert = text(f"insert into term (word_hash, ticket_id) values {values} on conflict do nothing")  # noqa: S608
            given = {f"h{number}": word_hash for number, word_hash in enumerate(part)}
            session.connection().execute(insert, given | {"ticket": ticket_id})
