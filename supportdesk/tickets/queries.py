"""Reading tickets: the queue and its views, one ticket for an agent.  Writes nothing."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, exists, func, select, tuple_, union_all
from sqlalchemy.orm import joinedload, selectinload

from supportdesk.agents.models import Agent
from supportdesk.agents.teams.queries import teams_of
from supportdesk.database import db
from supportdesk.exceptions import NotFound, Sealed
from supportdesk.keys import keyring
from supportdesk.mail.queries import failed_mail_about
from supportdesk.tickets import ranks
from supportdesk.tickets.models import Event, Message, Status, Ticket
from supportdesk.tickets.narrowing.queries import VIEWS, Filters, column_order, in_view, matching
from supportdesk.tickets.references import read_reference

_SHOWN = (joinedload(Ticket.assignee), joinedload(Ticket.team))  # Beside a ticket, wherever it is listed.
_URGENT = Ticket.rank < ranks.ORDINARY
_REST = Ticket.rank + 0 >= ranks.ORDINARY  # With an addition, so that SQLite reads along the column, not the ranks.
MANY = 1000  # Nobody needs to know how many more there are, and counting them would take the longer the more.
FEW = 50  # Where several filters meet: one is read off an index, and each that it finds looked up for the rest.


@dataclass(frozen=True)
class QueuePage:
    tickets: Sequence[Ticket]
    most: int  # How far was counted: in `total` and `first` it stands for that many or more.
    total: int
    first: int  # Position of the first ticket shown, from 1.
    previous: str | None  # Where the pages beside this one begin, or end, as `queue_page` takes it.
    following: str | None
    is_cut: bool = False  # There are more in this order, and no page shows them.

    @property
    def last(self) -> int:
        return self.first + len(self.tickets) - 1


def email_hash(email: str) -> bytes:
    """By which a person's tickets are found, without their address standing anywhere."""
    return keyring().keyed_hash("requester’s e-mail", email.strip().lower())


def queue_page(filters: Filters, agent: Agent, beside: str, size: int, due: datetime | None) -> QueuePage:
    """One page, its tickets unlocked where they can be; `beside` is the `previous` or `following` of another page.

    It begins where the other one ended, however many tickets came or went before it meanwhile.
    """
    wanted, most = matching(filters, agent, due), MANY if filters.narrowings < 2 else FEW  # noqa: PLR2004
    if order := column_order(filters.sort):
        return _numbered_page(wanted, order, most, beside, size)
    backwards, edge = _read_edge(beside)
    teams = [team.id for team in teams_of(agent)] if filters.view == "teams" else []
    tickets = _stretch(wanted, teams, edge, size + 1, backwards=backwards)
    if edge and not tickets:  # What stood there is gone; the first page is better than none.
        backwards, edge, tickets = False, None, _stretch(wanted, teams, None, size + 1, backwards=False)
    more, tickets = len(tickets) > size, tickets[:size]
    if backwards:
        tickets.reverse()
    unlock_each(tickets)
    countable = wanted.order_by(None) if filters.view == "teams" else wanted  # See view_counts.
    total, before = _counted(countable, tickets[0] if edge and tickets else None, most)
    return QueuePage(
        tickets,
        most,
        total,
        first=before + 1 if total else 0,
        previous=f"-{_edge(tickets[0])}" if tickets and (more if backwards else edge) else None,
        following=_edge(tickets[-1]) if tickets and (backwards or more) else None,
    )


def _numbered_page(wanted: Select[Ticket], order: tuple[Any, ...], most: int, number: str, size: int) -> QueuePage:
    """A page of tickets in a column's order, emergencies first: by its number, and no further than MANY tickets."""
    pages = max(1, MANY // size)
    page = min(int(number), pages) if re.fullmatch(r"[1-9][0-9]{0,3}", number) else 1
    start = (page - 1) * size
    urgent = wanted.where(_URGENT).order_by(None)  # Each group is read along an index of its own.
    few = db.session.scalar(select(_count(urgent, most))) or 0
    first = select(Ticket).where(Ticket.id.in_(urgent.with_only_columns(Ticket.id).limit(most))).order_by(*order)
    rest = wanted.where(_REST).order_by(None).order_by(*order)
    tickets = _some(first, start, size + 1) if few > start else []
    tickets += _some(rest, max(0, start - few), size + 1 - len(tickets))
    more, tickets = len(tickets) > size, tickets[:size]
    unlock_each(tickets)
    total = db.session.scalar(select(_count(wanted.order_by(None), most))) or 0
    return QueuePage(
        tickets,
        most,
        total,
        first=start + 1 if tickets else 0,
        previous=str(page - 1) if page > 1 else None,
        following=str(page + 1) if more and page < pages else None,
        is_cut=more and page == pages,
    )


def _some(wanted: Select[Ticket], start: int, number: int) -> list[Ticket]:
    return list(db.session.scalars(wanted.options(*_SHOWN).offset(start).limit(number)))


def _edge(ticket: Ticket) -> str:
    return f"{ticket.rank}.{ticket.id}"


def _read_edge(beside: str) -> tuple[bool, tuple[int, int] | None]:
    """Whether it leads back, and the place and id next to which a page stands; nothing for what we did not write."""
    found = re.fullmatch(r"(-?)([0-9]{1,17})\.([0-9]{1,9})", beside)
    return (bool(found[1]), (int(found[2]), int(found[3]))) if found else (False, None)


def _stretch(
    wanted: Select[Ticket], teams: Sequence[int], edge: tuple[int, int] | None, size: int, *, backwards: bool
) -> list[Ticket]:
    """So many, next to the edge.  Of several `teams` each is read along its own index, and no further than that."""
    here = tuple_(Ticket.rank, Ticket.id)
    if edge:
        wanted = wanted.where(here < edge if backwards else here > edge)
    if backwards:
        wanted = wanted.order_by(None).order_by(Ticket.rank.desc(), Ticket.id.desc())
    if teams:
        each = (wanted.with_only_columns(Ticket.id).where(Ticket.team_id == team).limit(size) for team in teams)
        wanted = wanted.where(Ticket.id.in_(union_all(*(select(some.subquery().c.id) for some in each))))
    return list(db.session.scalars(wanted.options(*_SHOWN).limit(size)))


def _counted(wanted: Select[Ticket], first: Ticket | None, most: int) -> tuple[int, int]:
    """How many there are, and how many stand before the `first` shown, in one query; neither beyond `most`."""
    if first is None:  # Nothing stands before the first page; asking would look at everything that is not wanted.
        return db.session.scalar(select(_count(wanted, most))) or 0, 0
    before = wanted.where(tuple_(Ticket.rank, Ticket.id) < (first.rank, first.id))
    row = db.session.execute(select(_count(wanted, most), _count(before, most))).one()
    return row[0], row[1]


def _count(wanted: Select[Ticket], most: int = MANY) -> ScalarSelect[int]:
    some = wanted.with_only_columns(Ticket.id).limit(most)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def view_counts(agent: Agent) -> dict[str, int]:
    """How many tickets each view holds, MANY at most, in one query."""
    in_order = select(Ticket).order_by(Ticket.rank, Ticket.id)
    wanted = {view: in_order.where(in_view(view, agent)) for view in VIEWS}
    wanted["teams"] = wanted["teams"].order_by(None)  # Several stretches of an index; counting needs no order.
    counts = [_count(statement).label(view) for view, statement in wanted.items()]
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
            *_SHOWN,
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
