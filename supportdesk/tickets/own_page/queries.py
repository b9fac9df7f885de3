"""Reading for a requester's page: who is visiting, what they may see, and how often somebody has guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import joinedload

from supportdesk.database import db
from supportdesk.exceptions import DatabaseDown, VisitOver
from supportdesk.keys import keyring
from supportdesk.tickets.merging.parts import together
from supportdesk.tickets.merging.queries import conversation_of, own_target, parts_of
from supportdesk.tickets.models import OUR_TURN, Kind, Message, Status, Ticket
from supportdesk.tickets.own_page.models import Link, Visit, token_hash
from supportdesk.tickets.undoing.queries import still_held_back

_AN_HOUR = timedelta(hours=1)
_SHOWN = (Kind.REQUEST, Kind.REPLY, Kind.UNKNOWN)  # Never a note; of what may be one, that it is there.


@dataclass(frozen=True, repr=False)
class Words:
    """One message, as the requester sees it."""

    author: str  # The first name of who answered; empty where they wrote it themselves.
    at: datetime
    body: str | None  # None: it can't be opened.
    is_known: bool = True  # Else whose words they are, and for whom, is not known either.


@dataclass(frozen=True, repr=False)
class Conversation:
    """All that a requester may see of their ticket, and nothing else of it."""

    reference: str
    subject: str
    status: Status
    was_sent_to_clinic: bool
    reply_due_at: datetime | None
    is_late: bool
    emergency: str | None  # The name of the card to show, as long as we owe them a reply.
    words: Sequence[Words]
    draft: str | None  # What they were typing when their time was over; None: it can't be opened.
    ends_at: datetime  # When they have to ask for a new code.


@dataclass(frozen=True)
class Guesses:
    """What was tried with one link, whether it is ours or not."""

    asked_lately: int
    tries: int


def link_with(link_hash: bytes) -> Link | None:
    return db.session.scalar(select(Link).where(Link.token_hash == link_hash).options(joinedload(Link.ticket)))


def ticket_with(reference: str) -> Ticket | None:
    """Still locked."""
    return db.session.scalar(select(Ticket).where(Ticket.reference == reference))


def visit_with(cookie: str, *, lock: bool = False) -> Visit | None:
    """The visit of this browser, whatever has become of it; with `lock`, nobody else counts its tries meanwhile."""
    wanted = select(Visit).where(Visit.cookie_hash == token_hash(cookie))
    return db.session.scalar(wanted.with_for_update() if lock else wanted)


def guesses_with(link_hash: bytes, at: datetime) -> Guesses:
    lately = func.sum(case((Visit.created_at > at - _AN_HOUR, 1), else_=0))
    row = db.session.execute(select(lately, func.sum(Visit.tries)).where(Visit.link_hash == link_hash)).one()
    return Guesses(row[0] or 0, row[1] or 0)


def links_asked_for(asked_with: bytes, at: datetime) -> int:
    """How many links were asked for within the hour with this address and reference."""
    counted = select(func.count()).where(Link.asked_with == asked_with, Link.created_at > at - _AN_HOUR)
    return db.session.scalar(counted) or 0


def link_works_until(ticket: Ticket, at: datetime) -> datetime | None:
    """Until when the newest link of a ticket works; None where none does."""
    return db.session.scalar(
        select(func.max(Link.ends_at)).where(Link.ticket_id.in_(together(ticket.id)), Link.ends_at > at)
    )


def visit_at(cookie: str, reference: str, at: datetime) -> Visit:
    """The visit of this browser at the page of this very ticket.  Raises VisitOver, or DatabaseDown."""
    try:
        visit = visit_with(cookie)
        if visit is None or not visit.is_open(at) or visit.ticket is None or visit.ticket.reference != reference:
            raise VisitOver(reference)
    except SQLAlchemyError:
        db.session.rollback()
        raise DatabaseDown from None
    return visit


def conversation(cookie: str, reference: str, at: datetime) -> Conversation:
    """Raises VisitOver where this browser is not, or no longer, visiting this page."""
    visit = visit_at(cookie, reference, at)
    assert visit.ticket is not None
    visit.ticket.unlock(keyring())
    ticket = own_target(visit.ticket)
    ticket.unlock(keyring())
    parts = parts_of(ticket)
    messages = conversation_of(ticket, [part for part in parts if part.email_hash == ticket.email_hash])
    held_back = set().union(*(still_held_back(one.id, at) for one in (ticket, *parts)))
    return Conversation(
        reference=reference,
        subject=ticket.subject,
        status=ticket.status,
        was_sent_to_clinic=ticket.was_sent_to_clinic,
        reply_due_at=ticket.reply_due_at,
        is_late=ticket.reply_due_at is not None and at > ticket.reply_due_at,
        emergency=ticket.emergency if ticket.may_be_emergency and ticket.status in OUR_TURN else None,
        words=[_words_of(message) for message in messages if message.kind in _SHOWN and message.id not in held_back],
        draft=visit.kept,
        ends_at=visit.ends_at,
    )


def _words_of(message: Message) -> Words:
    if message.kind is Kind.UNKNOWN:
        return Words("", message.created_at, None, is_known=False)
    author = message.author.first_name if message.author else ""
    return Words(author, message.created_at, message.body if message.opens else None)


def visits_with_draft(ticket: Ticket) -> Sequence[Visit]:
    """Those whose time was over while something was being typed, oldest first."""
    wanted = select(Visit).where(Visit.ticket_id == ticket.id, Visit.sealed_draft.is_not(None))
    return db.session.scalars(wanted.order_by(Visit.id)).all()
