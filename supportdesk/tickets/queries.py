"""Reading tickets: the queue and its views, one ticket for an agent.  Writes nothing."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, Select, exists, func, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.exceptions import NotFound, Sealed
from supportdesk.keys import keyring
from supportdesk.mail.queries import failed_mail_about
from supportdesk.tickets import ranks
from supportdesk.tickets.models import Event, Message, Status, Ticket
from supportdesk.tickets.narrowing.queries import ORDERS, VIEWS, Filters, in_view, matching
from supportdesk.tickets.references import read_reference

MANY = 1000  # Nobody needs to know how many more there are, and counting them would take the longer the more.


@dataclass(frozen=True)
class QueuePage:
    tickets: Sequence[Ticket]
    total: int  # MANY stands for that many or more, and so it does in `first`.
    first: int  # Position of the first ticket shown, from 1.
    previous: str | None  # Where the pages beside this one begin, or end, as `queue_page` takes it.
    following: str | None

    @property
    def last(self) -> int:
        return self.first + len(self.tickets) - 1


def email_hash(email: str) -> bytes:
    """By which a person's tickets are found, without their address standing anywhere."""
    return keyring().keyed_hash("requester’s e-mail", email.strip().lower())


def arrived_since(filters: Filters, agent: Agent, moment: datetime) -> int:
    """How many tickets came into what the agent looks at after that moment."""
    wanted = matching(filters, agent).where(Ticket.created_at > moment).order_by(None)
    return db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def queue_page(filters: Filters, agent: Agent, beside: str, size: int) -> QueuePage:
    """One page, its tickets unlocked where they can be; `beside` is the `previous` or `following` of another page.

    It begins where the other one ended, however many tickets came or went before it meanwhile.
    """
    wanted = matching(filters, agent)
    if filters.sort.removeprefix("-") in ORDERS:
        return _numbered_page(wanted, beside, size)
    backwards, edge = _read_edge(beside)
    tickets = _stretch(wanted, edge, size + 1, backwards=backwards)
    if edge and not tickets:  # What stood there is gone; the first page is better than none.
        backwards, edge, tickets = False, None, _stretch(wanted, None, size + 1, backwards=False)
    more, tickets = len(tickets) > size, tickets[:size]
    if backwards:
        tickets.reverse()
    unlock_each(tickets)
    total, before = _counted(wanted, tickets)
    return QueuePage(
        tickets,
        total,
        first=before + 1 if total else 0,
        previous=f"-{_edge(tickets[0])}" if tickets and (more if backwards else edge) else None,
        following=_edge(tickets[-1]) if tickets and (backwards or more) else None,
    )


def _numbered_page(wanted: Select[Ticket], number: str, size: int) -> QueuePage:
    """A page of tickets in a column's order: by its number, and no further than MANY tickets."""
    page = min(int(number), MANY // size) if re.fullmatch(r"[1-9][0-9]{0,3}", number) else 1
    these = wanted.options(joinedload(Ticket.assignee)).offset((page - 1) * size).limit(size + 1)
    tickets = list(db.session.scalars(these))
    more, tickets = len(tickets) > size, tickets[:size]
    unlock_each(tickets)
    total = db.session.scalar(select(_count(wanted))) or 0
    return QueuePage(
        tickets,
        total,
        first=(page - 1) * size + 1 if tickets else 0,
        previous=str(page - 1) if page > 1 else None,
        following=str(page + 1) if more else None,
    )


def _edge(ticket: Ticket) -> str:
    return f"{ticket.rank}.{ticket.id}"


def _read_edge(beside: str) -> tuple[bool, tuple[int, int] | None]:
    """Whether it leads back, and the place and id next to which a page stands; nothing for what we did not write."""
    found = re.fullmatch(r"(-?)([0-9]{1,17})\.([0-9]{1,9})", beside)
    return (bool(found[1]), (int(found[2]), int(found[3]))) if found else (False, None)


def _stretch(wanted: Select[Ticket], edge: tuple[int, int] | None, size: int, *, backwards: bool) -> list[Ticket]:
    here = tuple_(Ticket.rank, Ticket.id)
    if edge:
        wanted = wanted.where(here < edge if backwards else here > edge)
    if backwards:
        wanted = wanted.order_by(None).order_by(Ticket.rank.desc(), Ticket.id.desc())
    return list(db.session.scalars(wanted.options(joinedload(Ticket.assignee)).limit(size)))


def _counted(wanted: Select[Ticket], shown: Sequence[Ticket]) -> tuple[int, int]:
    """How many there are, and how many stand before those that are shown, in one query; neither beyond MANY."""
    if not shown:
        return 0, 0
    before = wanted.where(tuple_(Ticket.rank, Ticket.id) < (shown[0].rank, shown[0].id))
    row = db.session.execute(select(_count(wanted), _count(before))).one()
    return row[0], row[1]


def _count(wanted: Select[Ticket]) -> ScalarSelect[int]:
    some = wanted.with_only_columns(Ticket.id).limit(MANY)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def view_counts(agent: Agent) -> dict[str, int]:
    """How many tickets each view holds, MANY at most, in one query."""
    in_order = select(Ticket).order_by(Ticket.rank, Ticket.id)
    counts = [_count(in_order.where(in_view(view, agent))).label(view) for view in VIEWS]
    row = db.session.execute(select(*counts)).one()
    return {view: row._mapping[view] for view in VIEWS}  # noqa: SLF001


def ticket_for_agent(reference: str) -> Ticket:
    """The one door to a ticket, unlocked, with its messages and history.  Raises NotFound."""
    ticket = db.session.scalar(
        select(Ticket)
        .where(Ticket.reference == (read_reference(reference) or ""))
        .options(
            selectinload(Ticket.messages).joinedload(Message.author),
            selectinload(Ticket.events).joinedload(Event.agent),
            joinedload(Ticket.assignee),
        )
    )
    if ticket is None:
        raise NotFound("There is no such ticket.")
    ticket.unlock(keyring())
    return ticket


def there_is_ticket(typed: str) -> bool:
    """Whether somebody typed a reference of ours."""
    reference = read_reference(typed)
    return reference is not None and db.session.scalar(select(exists().where(Ticket.reference == reference))) is True


def other_tickets_of(ticket: Ticket) -> Sequence[Ticket]:
    """The same person's other tickets, newest first, unlocked."""
    others = db.session.scalars(
        select(Ticket)
        .where(Ticket.email_hash == ticket.email_hash, Ticket.id != ticket.id)
        .order_by(Ticket.created_at.desc())
        .limit(10)
    ).all()
    unlock_each(others)
    return others


def unreached_at(ticket: Ticket) -> datetime | None:
    """Since when our mail has not reached the ticket's person, where it is so; nothing more is tried."""
    failed = failed_mail_about(ticket.reference)
    return min(mail.created_at for mail in failed) if failed else None


def unlock_each(tickets: Sequence[Ticket]) -> None:
    for ticket in tickets:
        with suppress(Sealed):  # Its `opens` says so.
            ticket.unlock(keyring())


def there_are_tickets() -> bool:
    return db.session.scalar(select(Ticket.id).limit(1)) is not None


def status_counts() -> dict[Status, int]:
    rows = db.session.execute(select(Ticket.status, func.count()).group_by(Ticket.status))
    found = {status: number for status, number in rows}  # noqa: C416  A row is not a pair to dict.
    return {status: found.get(status, 0) for status in Status}


def newest_event_at() -> datetime | None:
    newest = select(Event.created_at).order_by(Event.id.desc()).limit(1)
    return db.session.scalar(newest)


def overdue(at: datetime) -> int:
    late = select(func.count()).where(Ticket.rank < ranks.WAITING, Ticket.reply_due_at < at)
    return db.session.scalar(late) or 0
